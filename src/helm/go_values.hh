// What Go's types add to a Value: which numbers are float64, and what a type is called.
#pragma once

#include <string>
#include <string_view>

#include "value/value.hh"

namespace taut::helm {

// The value with every number a double, as Go reads JSON and YAML into interface{}. What holds no integer is shared.
Value with_float_numbers(const Value& value);

// As go_type, but "nil" for null, as a failed conversion calls it.
std::string_view go_type_name(const Value& value);

// As fmt prints it with %v: "map[a:1 b:[x]]", within the limits of templates: values of templates may be large.
std::string go_text(const Value& value);
// As fmt prints it with %t, a verb for booleans that helm uses for all: "%!t(string=x)".
std::string go_bad_bool(const Value& value);

}  // namespace taut::helm
