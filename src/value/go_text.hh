// Values as Go's fmt prints and names them once they were decoded from JSON into `interface{}`: so they stand in the
// messages of the API server, of kubectl and of Argo CD.
#pragma once

#include <string>
#include <string_view>

#include "value/value.hh"

namespace taut {

// %v: `map[a:1 b:[x y]]`, `x`, `<nil>`, `1e-07`.
std::string go_text(const Value& value);
// %#v: `map[string]interface {}{"a":1}`, `"x"`.
std::string go_syntax(const Value& value);
// %T: `string`, `int64`, `map[string]interface {}`. What int64 does not hold is a float64, as Kubernetes decodes it.
std::string_view go_type(const Value& value);
// What encoding/json calls it when it does not fit: "cannot unmarshal object into Go value of type ...".
std::string_view go_json_kind(const Value& value);

}  // namespace taut
