#include "lang/lua/lua.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut::lua {
namespace {

std::string ran(std::string_view script, std::string_view object = "{}", Options options = {}) {
  options.now = *parse_rfc3339("2026-11-23T07:00:00Z");
  auto output = run(script, *parse_json(object), Value(), options);
  if (!output) return output.error().message();
  return output->type == "table" ? to_json(output->value) : output->type;
}

const Options kOpen{.open_libraries = true};

TEST(Lua, objects_go_in_and_tables_come_out) {
  EXPECT_EQ(ran("return {status = obj.kind, n = obj.n + 1}", R"({"kind":"Widget","n":2})"), R"({"n":3,"status":"Widget"})");
  EXPECT_EQ(ran("obj.spec.replicas = 0; return obj", R"({"spec":{"replicas":3,"x":null},"l":[1,2.5,true]})"),
            R"({"l":[1,2.5,true],"spec":{"replicas":0}})");
  EXPECT_EQ(ran("return {}"), "[]");
  EXPECT_EQ(ran("return nil"), "nil");
  EXPECT_EQ(ran("local x = 1"), "nil");
  EXPECT_EQ(ran("return 1"), "number");
}

TEST(Lua, tables_that_are_neither_list_nor_map_are_refused) {
  EXPECT_EQ(ran("return {1, nil, 3}"), "cannot encode sparse array");
  EXPECT_EQ(ran("return {1, a = 2}"), "cannot encode mixed or invalid key types");
  EXPECT_EQ(ran("return {f = function() end}"), "cannot encode function to JSON");
  EXPECT_EQ(ran("local t = {}; t.t = t; return t"), "cannot encode recursively nested tables to JSON");
}

TEST(Lua, errors_name_the_line) {
  EXPECT_EQ(ran("local x = nil\nreturn x.y"), "<string>:2: attempt to index local 'x' (a nil value)");
  EXPECT_EQ(ran("error('no such field')"), "<string>:1: no such field");
  EXPECT_NE(ran("return {").find("<string>:1: "), std::string::npos);
}

TEST(Lua, nothing_leads_out_of_the_sandbox) {
  for (const char* name : {"io", "debug", "package", "jit", "ffi", "load", "loadstring", "dofile", "loadfile", "collectgarbage"})
    EXPECT_EQ(ran(fmt::format("return {{present = {} ~= nil}}", name), "{}", kOpen), R"({"present":false})") << name;
  EXPECT_EQ(ran("return require('io')", "{}", kOpen), "module io not found");
  EXPECT_EQ(ran("local os = require('os'); return {none = os.execute == nil and os.getenv == nil}", "{}", kOpen), R"({"none":true})");
  EXPECT_EQ(ran("return {present = string ~= nil}"), R"({"present":false})");
  EXPECT_NE(ran("\x1bLJ\x02"), "nil");  // bytecode
}

TEST(Lua, time_is_told_from_outside) {
  EXPECT_EQ(ran("local os = require('os'); return {at = os.date('!%Y-%m-%dT%XZ'), s = os.time{year=1970, month=1, day=2, hour=0}}"),
            R"({"at":"2026-11-23T07:00:00Z","s":86400})");
}

TEST(Lua, limits_end_a_script) {
  Options quick{.open_libraries = true, .time_limit = std::chrono::milliseconds(20)};
  auto endless = run("while true do pcall(function() while true do end end) end", {}, {}, quick);
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code(), Code::kTimeout);
  Options small{.open_libraries = true, .time_limit = std::chrono::seconds(10), .memory_limit = 4 << 20};
  auto greedy = run("local t = {} for i = 1, 1e9 do t[i] = {i} end", {}, {}, small);
  ASSERT_FALSE(greedy);
  EXPECT_EQ(greedy.error().code(), Code::kLimit);
  EXPECT_EQ(ran("return {('x'):rep(1e9)}", "{}", kOpen), "<string>:1: resulting string too large");
}

}  // namespace
}  // namespace taut::lua
