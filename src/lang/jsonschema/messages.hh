// How messages show texts and numbers, as the library's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "value/value.hh"

namespace taut::jsonschema {

// 'text', with Go's escapes.
std::string single_quoted(std::string_view text);
std::string quoted_list(const std::vector<std::string>& items);
// A value within a message: 'x', 1, true, <nil>.
std::string shown(const Value& value);
// 12,345.5
std::string grouped(double number);

}  // namespace taut::jsonschema
