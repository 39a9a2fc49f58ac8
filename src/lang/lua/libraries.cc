#include "lang/lua/libraries.hh"

#include <algorithm>
#include <ctime>
#include <string>
#include <string_view>

namespace taut::lua {
namespace {

constexpr lua_Number kLongestString = 16 << 20;

time_t seconds_of(Time time) { return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count(); }

const Time& now_of(lua_State* state) { return *static_cast<const Time*>(lua_touserdata(state, lua_upvalueindex(1))); }

int field(lua_State* state, const char* name, int fallback) {
  lua_getfield(state, 1, name);
  int value = lua_type(state, -1) == LUA_TNUMBER ? static_cast<int>(lua_tonumber(state, -1)) : fallback;
  lua_pop(state, 1);
  return value;
}

// os.time([table]), in UTC.
int os_time(lua_State* state) {
  if (lua_gettop(state) == 0) {
    lua_pushnumber(state, static_cast<lua_Number>(seconds_of(now_of(state))));
    return 1;
  }
  luaL_checktype(state, 1, LUA_TTABLE);
  std::tm tm{};
  tm.tm_sec = field(state, "sec", 0);
  tm.tm_min = field(state, "min", 0);
  tm.tm_hour = field(state, "hour", 12);
  tm.tm_mday = field(state, "day", -1);
  tm.tm_mon = field(state, "month", -1) - 1;
  tm.tm_year = field(state, "year", -1) - 1900;
  lua_pushnumber(state, static_cast<lua_Number>(timegm(&tm)));
  return 1;
}

void set_field(lua_State* state, const char* name, int value) {
  lua_pushinteger(state, value);
  lua_setfield(state, -2, name);
}

void push_date_table(lua_State* state, const std::tm& tm) {
  lua_createtable(state, 0, 9);
  set_field(state, "year", tm.tm_year + 1900);
  set_field(state, "month", tm.tm_mon + 1);
  set_field(state, "day", tm.tm_mday);
  set_field(state, "hour", tm.tm_hour);
  set_field(state, "min", tm.tm_min);
  set_field(state, "sec", tm.tm_sec);
  set_field(state, "wday", tm.tm_wday + 1);
  set_field(state, "yday", tm.tm_yday + 1);
  lua_pushboolean(state, 0);
  lua_setfield(state, -2, "isdst");
}

// os.date([format [, time]]), in UTC whether it asks for it or not.
int os_date(lua_State* state) {
  const char* format = luaL_optstring(state, 1, "%c");
  time_t time = lua_gettop(state) >= 2 ? static_cast<time_t>(luaL_checknumber(state, 2)) : seconds_of(now_of(state));
  while (*format == '!') ++format;
  std::tm tm{};
  gmtime_r(&time, &tm);
  if (std::string_view(format).starts_with("*t")) {
    push_date_table(state, tm);
    return 1;
  }
  char text[512];
  size_t size = std::strftime(text, sizeof text, format, &tm);
  lua_pushlstring(state, text, size);
  return 1;
}

int nothing(lua_State*) { return 0; }

// string.rep, which could otherwise ask for any amount of memory at once.
int string_rep(lua_State* state) {
  size_t size = 0;
  const char* text = luaL_checklstring(state, 1, &size);
  lua_Number times = std::max<lua_Number>(0, luaL_checknumber(state, 2));
  if (static_cast<lua_Number>(size) * times > kLongestString) return luaL_error(state, "resulting string too large");
  luaL_Buffer buffer;
  luaL_buffinit(state, &buffer);
  for (auto left = static_cast<int64_t>(times); left > 0; --left) luaL_addlstring(&buffer, text, size);
  luaL_pushresult(&buffer);
  return 1;
}

// require: the one module there is.
int require_os(lua_State* state) {
  const char* name = luaL_checkstring(state, 1);
  if (std::string_view(name) != "os") return luaL_error(state, "module %s not found", name);
  lua_pushvalue(state, lua_upvalueindex(1));
  return 1;
}

void open(lua_State* state, lua_CFunction library, const char* name) {
  lua_pushcfunction(state, library);
  lua_pushstring(state, name);
  lua_call(state, 1, 0);
}

void set_os_functions(lua_State* state, const Time* now) {
  constexpr luaL_Reg kFunctions[] = {{"time", os_time}, {"date", os_date}};
  for (const luaL_Reg& function : kFunctions) {
    lua_pushlightuserdata(state, const_cast<Time*>(now));
    lua_pushcclosure(state, function.func, 1);
    lua_setfield(state, -2, function.name);
  }
}

}  // namespace

void open_libraries(lua_State* state, bool open_all, const Time* now) {
  open(state, luaopen_base, "");
  open(state, luaopen_table, LUA_TABLIBNAME);
  if (open_all) {
    open(state, luaopen_string, LUA_STRLIBNAME);
    open(state, luaopen_math, LUA_MATHLIBNAME);
    lua_getglobal(state, LUA_STRLIBNAME);
    lua_pushcfunction(state, string_rep);
    lua_setfield(state, -2, "rep");
    lua_pushnil(state);
    lua_setfield(state, -2, "dump");
    lua_pop(state, 1);
  }
  // What loads code or looks into the interpreter is not for scripts.
  for (const char* name : {"dofile", "loadfile", "load", "loadstring", "collectgarbage", "newproxy", "gcinfo", "coroutine"}) {
    lua_pushnil(state);
    lua_setglobal(state, name);
  }
  lua_pushcfunction(state, nothing);
  lua_setglobal(state, "print");
  // Argo CD registers the functions of os in table as well, and scripts may have come to use them there.
  lua_getglobal(state, LUA_TABLIBNAME);
  set_os_functions(state, now);
  lua_pop(state, 1);
  lua_newtable(state);
  set_os_functions(state, now);
  if (open_all) {
    lua_pushvalue(state, -1);
    lua_setglobal(state, LUA_OSLIBNAME);
  }
  lua_pushcclosure(state, require_os, 1);
  lua_setglobal(state, "require");
}

}  // namespace taut::lua
