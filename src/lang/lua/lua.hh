// Lua scripts in a sandbox, as Argo CD's custom health checks and actions are written: `obj` in, a value out.
//
// LuaJIT's interpreter (no machine code, no bytecode in), a fresh state for each run, with limits on time and memory.
// Scripts see Lua's base and table libraries, `require("os")` with date and time; with `open_libraries` string and math
// too. Nothing reaches files, processes or the environment.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hh"
#include "base/time.hh"
#include "value/value.hh"

namespace taut::lua {

struct Options {
  bool open_libraries = false;
  Duration time_limit = std::chrono::seconds(1);
  size_t memory_limit = 64 << 20;  // bytes
  Time now{};                      // what os.date and os.time say
};

// What a script returned.
struct Output {
  std::string type;  // Lua's name for it: "table", "nil", "number", ...
  Value value;       // of a table: an empty one is an empty list, as nothing tells it from an empty map
};

// Runs a script with the globals `obj` (nulls left out) and `actionParams`. Errors in Lua's words, "<string>:3: ...":
// kInvalid, kTimeout or kLimit when it goes on too long or takes too much memory.
Result<Output> run(std::string_view script, const Value& object, const Value& parameters, const Options& options);

}  // namespace taut::lua
