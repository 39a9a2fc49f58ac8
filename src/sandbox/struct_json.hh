// What depends on the order of text or of Go's structs, which a Value does not keep.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sandbox/kinds/shapes.hh"
#include "value/value.hh"

namespace taut::sandbox {

// What strict decoding has against JSON text, in the order of the text: `duplicate field "spec.replicas"`,
// `unknown field "spec.bogus"`. The text is known to be valid JSON.
std::vector<std::string> strict_problems(const GoType& type, std::string_view json);
// The duplicates only, for kinds without a struct.
std::vector<std::string> duplicate_fields(std::string_view json);

// JSON with the fields in the order of the structs, as the real server prints objects in its messages.
std::string to_struct_json(const GoType& type, const Value& value);
// The same of an object that a JSON patch made of `old`: maps on the way to a change come sorted by key, as the
// patch library writes them; what was not touched keeps the order of the structs.
std::string to_patched_json(const GoType& type, const Value& value, const Value& old);

// Which of the faults encoding/json reports: the first in the text, but one that ends decoding before all others.
std::string first_fault(const std::vector<kinds::DecodeFault>& faults, std::string_view json);

}  // namespace taut::sandbox
