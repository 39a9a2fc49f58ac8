// Go's package fmt on template values, and what else shows a Value's type.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lang/gotmpl/value.hh"

namespace taut::gotmpl {

// Appends the Value as %v prints it: fmt.Sprint of one value, sprig's toString. nil is "<nil>".
void append_value(std::string& out, const Value& value);
std::string to_text(const Value& value);

// fmt.Sprintf with all verbs and flags; mistakes are told in the text, as Go does: "%!d(string=x)".
std::string sprintf(std::string_view format, std::span<const Value> args);
// fmt.Sprint: spaces between operands when neither is a string.
std::string sprint(std::span<const Value> args);
// fmt.Sprintln.
std::string sprintln(std::span<const Value> args);

// %T: "<nil>", "float64", "map[string]interface {}".
std::string_view type_text(const Value& value);
// Go's name of the value's kind: "invalid", "slice", "ptr", "float64".
std::string_view kind_text(const Value& value);

// The truth of a value: false for nothing, 0, "", false and what is empty.
bool truth(const Value& value);
// reflect.DeepEqual: types must be the same too.
bool deep_equal(const Value& a, const Value& b);

}  // namespace taut::gotmpl
