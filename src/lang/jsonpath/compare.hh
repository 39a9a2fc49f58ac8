// Values as Go compares and prints them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::jsonpath {

// text/template's comparisons by the sign that stands for each: == != < > <= >=. kInvalid: "incompatible types for
// comparison", "invalid type for comparison", "unrecognized filter operator <>".
Result<bool> compare(const Value& left, std::string_view sign, const Value& right);

// Lists and maps as JSON, all else as %v prints it; "null" for null.
std::string printed_text(const Value& value);

}  // namespace taut::jsonpath
