// JSON patches (RFC 6902) of a kustomization, written as JSON or as YAML.
//
// The operations are those of value/patch.hh; here is how kustomize 5.8.1 reads them and what they are applied to.
#pragma once

#include <string_view>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::kustomize {

// The operations: a text that starts with "[" is JSON, any other YAML 1.1 of which the first document counts; null
// gives an empty list. The errors are encoding/json's and go-yaml's, and
// "json: cannot unmarshal object into Go value of type jsonpatch.Patch" for what is no list of maps.
Result<Value> parse_patch6902(std::string_view text);

// `target` with the operations applied one after the other; nothing in the result is spelled, and large
// integers are rounded, since it went through JSON. The errors are evanphx/json-patch's.
Result<Value> apply_patch6902(const Value& target, const Value& operations);

}  // namespace taut::kustomize
