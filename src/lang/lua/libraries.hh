// Which of Lua's libraries a script sees. Internal to the room.
#pragma once

#include <lua.hpp>

#include "base/time.hh"

namespace taut::lua {

// Opens them. `now` must outlive the state.
void open_libraries(lua_State* state, bool open, const Time* now);

}  // namespace taut::lua
