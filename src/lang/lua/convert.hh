// Values to Lua's and back. Internal to the room.
#pragma once

#include <lua.hpp>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::lua {

// Pushes the value. Nulls in maps and lists are left out.
void push(lua_State* state, const Value& value);

// The value at an index, as gopher-json encodes it: tables with the keys 1 to n are lists, with strings maps. kInvalid
// in its words: "cannot encode sparse array".
Result<Value> to_value(lua_State* state, int index);

}  // namespace taut::lua
