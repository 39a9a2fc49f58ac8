// Decoding into the Go structs of the built-in kinds and back, in one step: a Value comes out as the real server
// would encode it after having read it. Unknown fields go, quantities and times become canonical, zero values
// stand or vanish as Go's encoder has them.
#pragma once

#include <string>
#include <vector>

#include "sandbox/go_types.hh"
#include "value/value.hh"

namespace taut::sandbox {

struct Decoded {
  Value value;
  // The first type that does not fit, in the words of encoding/json ("json: cannot unmarshal string into Go
  // struct field DeploymentSpec.spec.replicas of type int32"); empty when all fit. `value` is then incomplete.
  std::string error;
  // Paths of fields that the struct does not have ("spec.template.spec.containers[0].imagee"), in key order.
  std::vector<std::string> unknown;
};

Decoded decode_as(const GoType& type, const Value& value);

// The names under which strict decoding reports what is wrong with JSON text, in the order of the text:
// `duplicate field "spec.replicas"`, `unknown field "spec.bogus"`. The text is known to be valid JSON.
std::vector<std::string> strict_problems(const GoType& type, std::string_view json);
// The duplicates only, for kinds without a struct.
std::vector<std::string> duplicate_fields(std::string_view json);

// JSON with the fields in the order of the structs, as the real server writes its answers.
std::string to_struct_json(const GoType& type, const Value& value);

}  // namespace taut::sandbox
