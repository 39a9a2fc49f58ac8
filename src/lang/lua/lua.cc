#include "lang/lua/lua.hh"

#include <chrono>
#include <lua.hpp>
#include <memory>

#include "lang/lua/convert.hh"
#include "lang/lua/libraries.hh"

namespace taut::lua {
namespace {

using Clock = std::chrono::steady_clock;

// What one run may use, and which limit it ran into. The state's registry points to it.
struct Budget {
  Clock::time_point deadline;
  size_t memory;
  const char* exceeded = nullptr;
};

char budget_key;

Budget& budget_of(lua_State* state) {
  lua_pushlightuserdata(state, &budget_key);
  lua_rawget(state, LUA_REGISTRYINDEX);
  auto* budget = static_cast<Budget*>(lua_touserdata(state, -1));
  lua_pop(state, 1);
  return *budget;
}

void check(lua_State* state, lua_Debug*) {
  Budget& budget = budget_of(state);
  if (Clock::now() > budget.deadline)
    budget.exceeded = "context deadline exceeded";
  else if (static_cast<size_t>(lua_gc(state, LUA_GCCOUNT, 0)) * 1024 > budget.memory)
    budget.exceeded = "not enough memory";
  if (!budget.exceeded) return;
  // A script that catches this meets it again at its next step.
  lua_sethook(state, check, LUA_MASKCOUNT, 1);
  luaL_error(state, "%s", budget.exceeded);
}

// All that may raise a Lua error happens in here: obj and actionParams are set, the script is run.
struct Task {
  std::string_view script;
  const Value& object;
  const Value& parameters;
  const Options& options;
};

int perform(lua_State* state) {
  const auto& task = *static_cast<const Task*>(lua_touserdata(state, 1));
  lua_settop(state, 0);
  open_libraries(state, task.options.open_libraries, &task.options.now);
  push(state, task.object);
  lua_setglobal(state, "obj");
  push(state, task.parameters.is_map() ? task.parameters : Value::map({}));
  lua_setglobal(state, "actionParams");
  if (luaL_loadbufferx(state, task.script.data(), task.script.size(), "=<string>", "t") != 0) return lua_error(state);
  lua_call(state, 0, LUA_MULTRET);
  return lua_gettop(state);
}

}  // namespace

Result<Output> run(std::string_view script, const Value& object, const Value& parameters, const Options& options) {
  std::unique_ptr<lua_State, decltype(&lua_close)> owner(luaL_newstate(), lua_close);
  lua_State* state = owner.get();
  if (!state) return fail(Code::kLimit, "not enough memory");
  luaJIT_setmode(state, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
  Budget budget{Clock::now() + options.time_limit, options.memory_limit};
  lua_pushlightuserdata(state, &budget_key);
  lua_pushlightuserdata(state, &budget);
  lua_rawset(state, LUA_REGISTRYINDEX);
  lua_sethook(state, check, LUA_MASKCOUNT, 1000);
  Task task{script, object, parameters, options};
  lua_pushcfunction(state, perform);
  lua_pushlightuserdata(state, &task);
  int status = lua_pcall(state, 1, LUA_MULTRET, 0);
  if (status != 0) {
    Code code = !budget.exceeded                ? status == LUA_ERRMEM ? Code::kLimit : Code::kInvalid
                : Clock::now() > budget.deadline ? Code::kTimeout
                                                 : Code::kLimit;
    const char* message = lua_tostring(state, -1);
    return fail(code, "{}", message ? message : luaL_typename(state, -1));
  }
  if (lua_gettop(state) == 0) lua_pushnil(state);
  Output output{luaL_typename(state, -1), {}};
  if (lua_type(state, -1) != LUA_TTABLE) return output;
  TAUT_ASSIGN(output.value, to_value(state, lua_gettop(state)));
  return output;
}

}  // namespace taut::lua
