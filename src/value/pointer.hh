// JSON pointers (RFC 6901): "/spec/containers/0/image"; "~1" stands for "/", "~0" for "~"; "" is the whole.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut {

// The decoded steps. An error when the text is neither empty nor starts with "/".
Result<std::vector<std::string>> parse_pointer(std::string_view pointer);
// One step as it is written in a pointer.
std::string escape_pointer_step(std::string_view step);
std::string make_pointer(const std::vector<std::string>& steps);

// A list index as RFC 6901 has it: digits without leading zeros. Nothing if it is not one.
std::optional<size_t> pointer_index(std::string_view step);

// The value there, or nullptr.
const Value* find_pointer(const Value& root, std::string_view pointer);

// As a field path: "/spec/containers/0/image" gives ".spec.containers[0].image"; keys that are no plain names
// are quoted: `.metadata.annotations["a/b"]`. The root is ".".
std::string pointer_to_field_path(const Value& root, std::string_view pointer);

}  // namespace taut
