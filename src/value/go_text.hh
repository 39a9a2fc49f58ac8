// Values as Go's fmt prints them, because the API server's messages show them so.
#pragma once

#include <string>

#include "value/value.hh"

namespace taut::smd {

// %v of the decoded JSON: `map[a:1 b:[x y]]`, `x`, `<nil>`.
std::string go_plain(const Value& value);
// %#v: `map[string]interface {}{"a":1}`, `"x"`.
std::string go_syntax(const Value& value);
// %T: `string`, `int64`, `map[string]interface {}`.
std::string go_type(const Value& value);
// %v and %#v of structured-merge-diff's wrapper around a value: `&{map[a:1]}`, `&value.valueUnstructured{Value:1}`.
std::string go_wrapped(const Value& value);
std::string go_wrapped_syntax(const Value& value);

}  // namespace taut::smd
