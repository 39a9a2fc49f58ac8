#include "yaml/writer.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut {
namespace {

std::string yaml(std::string_view json) { return to_yaml(*parse_json(json)); }

TEST(YamlWriter, writes_as_go_yaml_v2) {
  EXPECT_EQ(yaml(R"({"b":[1,{"x":null,"y":[]},[2,3]],"a":{},"c":true})"),
            "a: {}\nb:\n- 1\n- x: null\n  \"y\": []\n- - 2\n  - 3\nc: true\n");
  EXPECT_EQ(yaml("[]"), "[]\n");
  EXPECT_EQ(yaml("null"), "null\n");
  EXPECT_EQ(yaml(R"("x")"), "x\n");
}

TEST(YamlWriter, quotes_what_would_read_as_something_else) {
  EXPECT_EQ(yaml(R"(["yes","1","1.5","","~","2001-01-01","1:30","- x","a: b","a #b","x ","*a","@b","it's","'q'"])"),
            "- \"yes\"\n- \"1\"\n- \"1.5\"\n- \"\"\n- \"~\"\n- \"2001-01-01\"\n- \"1:30\"\n- '- x'\n- 'a: b'\n"
            "- 'a #b'\n- 'x '\n- '*a'\n- '@b'\n- it's\n- '''q'''\n");
  EXPECT_EQ(yaml(R"(["tab\t","\u0001","😀","é"])"), "- \"tab\\t\"\n- \"\\x01\"\n- \"\\U0001F600\"\n- é\n");
}

TEST(YamlWriter, literal_blocks_keep_their_ends) {
  EXPECT_EQ(yaml(R"({"a":"x\ny\n","b":"x\ny","c":"x\n\n","d":"\n x\n","e":"x \ny"})"),
            "a: |\n  x\n  y\nb: |-\n  x\n  y\nc: |+\n  x\n\nd: |2\n\n   x\ne: \"x \\ny\"\n");
}

TEST(YamlWriter, folds_long_text_at_column_80) {
  std::string words;
  for (int i = 0; i < 20; ++i) words += (i ? " word" : "word") + std::to_string(i);
  EXPECT_EQ(to_yaml(Value::map({{"a", words}})),
            "a: word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12\n"
            "  word13 word14 word15 word16 word17 word18 word19\n");
}

TEST(YamlWriter, keys_stand_in_natural_order) {
  EXPECT_EQ(yaml(R"({"a10":1,"a2":1,"a":1,"B":1,"_":1,"a-b":1,"ab":1,"1":1})"),
            "_: 1\n\"1\": 1\nB: 1\na: 1\na-b: 1\na2: 1\na10: 1\nab: 1\n");
}

TEST(YamlWriter, numbers_pass_through_json) {
  EXPECT_EQ(yaml("[1.0,1e6,1.5e6,1e21,123456789.25,18446744073709551615,1e-7,-0.0]"),
            "- 1\n- 1000000\n- 1500000\n- 1e+21\n- 1.2345678925e+08\n- 18446744073709551615\n- 1e-07\n- 0\n");
}

TEST(YamlWriter, go_yaml_v3_indents_lists_and_folds_nothing) {
  Value value = Value::map({
      {"list", Value::list({1, Value::list({2.0}), Value::map({{"a", 1}, {"b", nullptr}})})},
      {"long", std::string(50, 'x') + " " + std::string(50, 'y')},
      {"number", 1e6},
      {"tab", "a\tb\n"},
      {"word", "yes"},
      {"merge", "<<"},
      {"bytes", "\xff\xfe"},
  });
  EXPECT_EQ(to_yaml(value, YamlForm::kGoV3),
            "bytes: !!binary //4=\n"
            "list:\n  - 1\n  - - 2\n  - a: 1\n    b: null\n"
            "long: " + std::string(50, 'x') + " " + std::string(50, 'y') + "\n"
            "merge: <<\nnumber: 1e+06\ntab: |\n  a\tb\nword: \"yes\"\n");
}

TEST(YamlWriter, long_keys_take_the_explicit_form) {
  std::string key(129, 'k');
  EXPECT_EQ(to_yaml(Value::map({{key, Value::list({1})}})), "? " + key + "\n: - 1\n");
}

}  // namespace
}  // namespace taut
