// Values as Go's %#v prints them, for error texts that hold one.
#pragma once

#include <string>

#include "value/value.hh"

namespace taut::yaml {

// `string_maps`: print maps as map[string]interface {}, else as map[interface {}]interface {}.
std::string go_syntax(const Value& value, bool string_maps);

}  // namespace taut::yaml
