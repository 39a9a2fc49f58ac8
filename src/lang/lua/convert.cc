#include "lang/lua/convert.hh"

#include <cmath>
#include <map>
#include <string>

namespace taut::lua {
namespace {

constexpr int kDeepest = 200;

Value number(double value) {
  if (value == std::floor(value) && std::abs(value) < 9007199254740992.0) return Value(static_cast<int64_t>(value));
  return Value(value);
}

std::string_view text_at(lua_State* state, int index) {
  size_t size = 0;
  const char* text = lua_tolstring(state, index, &size);
  return {text, size};
}

Result<Value> convert(lua_State* state, int index, int depth);

Result<Value> list_from(std::map<double, Value>& items) {
  Value list = Value::list();
  double expected = 1;
  for (auto& [key, item] : items) {
    if (key != expected) return fail(Code::kInvalid, "cannot encode sparse array");
    list.push_back(std::move(item));
    ++expected;
  }
  return list;
}

Result<Value> table(lua_State* state, int index, int depth) {
  if (depth > kDeepest) return fail(Code::kInvalid, "cannot encode recursively nested tables to JSON");
  if (!lua_checkstack(state, 4)) return fail(Code::kLimit, "stack overflow");
  std::map<double, Value> items;
  std::map<std::string, Value, std::less<>> entries;
  lua_pushnil(state);
  while (lua_next(state, index) != 0) {
    int kind = lua_type(state, -2);
    if (kind != LUA_TNUMBER && kind != LUA_TSTRING)
      return fail(Code::kInvalid, "cannot encode mixed or invalid key types");
    TAUT_ASSIGN(Value item, convert(state, lua_gettop(state), depth + 1));
    if (kind == LUA_TNUMBER)
      items.emplace(lua_tonumber(state, -2), std::move(item));
    else
      entries.emplace(text_at(state, -2), std::move(item));
    lua_pop(state, 1);
  }
  if (!items.empty() && !entries.empty()) return fail(Code::kInvalid, "cannot encode mixed or invalid key types");
  if (entries.empty()) return list_from(items);
  Value map = Value::map({});
  for (auto& [key, value] : entries) map.set(key, std::move(value));
  return map;
}

Result<Value> convert(lua_State* state, int index, int depth) {
  switch (lua_type(state, index)) {
    case LUA_TNIL: return Value();
    case LUA_TBOOLEAN: return Value(lua_toboolean(state, index) != 0);
    case LUA_TNUMBER: return number(lua_tonumber(state, index));
    case LUA_TSTRING: return Value(text_at(state, index));
    case LUA_TTABLE: return table(state, index, depth);
    default: return fail(Code::kInvalid, "cannot encode {} to JSON", luaL_typename(state, index));
  }
}

}  // namespace

void push(lua_State* state, const Value& value) {
  luaL_checkstack(state, 4, "object too deep");
  if (value.is_map()) {
    lua_createtable(state, 0, static_cast<int>(value.size()));
    for (const auto& [key, item] : value.entries()) {
      if (item.is_null()) continue;
      std::string_view name = key.as_string();
      lua_pushlstring(state, name.data(), name.size());
      push(state, item);
      lua_rawset(state, -3);
    }
  } else if (value.is_list()) {
    lua_createtable(state, static_cast<int>(value.size()), 0);
    int at = 0;
    for (const Value& item : value.items()) {
      if (item.is_null()) continue;
      push(state, item);
      lua_rawseti(state, -2, ++at);
    }
  } else if (value.is_string()) {
    lua_pushlstring(state, value.as_string().data(), value.as_string().size());
  } else if (value.is_bool()) {
    lua_pushboolean(state, value.as_bool());
  } else if (value.is_number()) {
    lua_pushnumber(state, value.as_double());
  } else {
    lua_pushnil(state);
  }
}

Result<Value> to_value(lua_State* state, int index) { return convert(state, index, 0); }

}  // namespace taut::lua
