#include "value/go_text.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut {
namespace {

TEST(GoText, prints_as_fmt_does) {
  const Value value = parse_json(R"({"b":[1,"x",null],"a":{"c":true},"d":2.5,"e":1e-7,"f":1500000.5e3,"g":0.0001,"h":18446744073709551615})").value();
  EXPECT_EQ(go_text(value), "map[a:map[c:true] b:[1 x <nil>] d:2.5 e:1e-07 f:1.5000005e+09 g:0.0001 h:1.8446744073709552e+19]");
  EXPECT_EQ(go_syntax(value["b"]), R"([]interface {}{1, "x", interface {}(nil)})");
  EXPECT_EQ(go_syntax(value["a"]), R"(map[string]interface {}{"c":true})");
}

TEST(GoText, names_types) {
  const Value value = parse_json(R"([null,true,1,18446744073709551615,0.5,"s",[],{}])").value();
  constexpr std::string_view kNames[] = {"<nil>", "bool", "int64", "float64", "float64", "string", "[]interface {}", "map[string]interface {}"};
  for (size_t i = 0; i < std::size(kNames); ++i) EXPECT_EQ(go_type(value.items()[i]), kNames[i]);
}

}  // namespace
}  // namespace taut
