// Files of values: values.yaml of a chart and those of -f.
#pragma once

#include <string_view>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::helm {

// All documents of the text, merged; every number a double, as Go reads YAML into interface{}. An empty text gives an
// empty map. kInvalid in helm's words: "cannot unmarshal yaml document: ...".
Result<Value> read_values(std::string_view text);

// The first document alone, as helm's common.ReadValues. kInvalid in its words: "error converting YAML to JSON: ...".
Result<Value> read_first_values(std::string_view text);

// The maps merged, deep: what `over` has wins; lists are replaced; null stays. As helm's loader.MergeMaps.
Value merge_maps(const Value& under, const Value& over);

}  // namespace taut::helm
