#include "helm/strvals.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut::helm {
namespace {

std::string set(std::string_view argument, SetMode mode = SetMode::kTyped, std::string_view base = "{}") {
  Value values = *parse_json(base);
  Status status = apply_set(argument, mode, values,
                            [](std::string_view path) -> Result<std::string> { return "file:" + std::string(path); });
  return status ? to_json(values) : status.error().message();
}

TEST(HelmSet, types_booleans_null_and_decimal_integers_only) {
  EXPECT_EQ(set("a=1,b=true,c=null,d=1.5,e=007,f=,g=-3,h=TRUE"),
            R"({"a":1,"b":true,"c":null,"d":"1.5","e":"007","f":"","g":-3,"h":true})");
  EXPECT_EQ(set("a=1,b=true", SetMode::kString), R"({"a":"1","b":"true"})");
}

TEST(HelmSet, writes_lists_and_nested_keys) {
  EXPECT_EQ(set("a.b={x,1},a.c[1].d=y"), R"({"a":{"b":["x",1],"c":[null,{"d":"y"}]}})");
  EXPECT_EQ(set("a[0][1]=x"), R"({"a":[[null,"x"]]})");
  EXPECT_EQ(set("l[1]=z", SetMode::kTyped, R"({"l":["a","b"]})"), R"({"l":["a","z"]})");
  EXPECT_EQ(set("a={}"), R"({"a":[""]})");
}

TEST(HelmSet, takes_the_character_behind_a_backslash_as_it_is) {
  EXPECT_EQ(set(R"(a\.b=x\,y)"), R"({"a.b":"x,y"})");
  EXPECT_EQ(set(R"(a\.b=x\,y)", SetMode::kLiteral), R"({"a\\":{"b":"x\\,y"}})");
}

TEST(HelmSet, reads_json_values_one_after_the_other) {
  EXPECT_EQ(set(R"(a={"x":[1,"}"]} ,b=2,c=,d=null)", SetMode::kJson), R"({"a":{"x":[1,"}"]},"b":2,"c":null,"d":null})");
  EXPECT_EQ(set("a=bc", SetMode::kJson), "invalid character 'b' looking for beginning of value");
  EXPECT_EQ(set(R"(a={"b":)", SetMode::kJson), "unexpected EOF");
}

TEST(HelmSet, reads_files) { EXPECT_EQ(set("a=x.txt,b=y", SetMode::kFile), R"({"a":"file:x.txt","b":"file:y"})"); }

TEST(HelmSet, refuses_in_helms_words) {
  EXPECT_EQ(set("a"), R"(key "a" has no value)");
  EXPECT_EQ(set("a,b=1"), R"(key "a" has no value (cannot end with ,))");
  EXPECT_EQ(set("a.=x"), R"(key map "a" has no value)");
  EXPECT_EQ(set("a={x"), "list must terminate with '}'");
  EXPECT_EQ(set("a[x]=1"), R"(error parsing index: strconv.Atoi: parsing "x": invalid syntax)");
  EXPECT_EQ(set("a[99999999999999999999]=1"),
            R"(error parsing index: strconv.Atoi: parsing "99999999999999999999": value out of range)");
  EXPECT_EQ(set("a[-1]=1"), "negative -1 index not allowed");
  EXPECT_EQ(set("a[65537]=1"), "index of 65537 is greater than maximum supported index of 65536");
  EXPECT_EQ(set("a[0]bc=1"), "unexpected data at end of array index: ['b' 'c']");
  EXPECT_EQ(set("a=1,a.b=2"),
            "unable to parse key: interface conversion: interface {} is int64, not map[string]interface {}");
}

TEST(HelmSet, an_argument_that_ends_within_an_index_says_nothing) {
  EXPECT_EQ(set("a[0"), "{}");
  EXPECT_EQ(set("a[0]"), R"({"a":[]})");
}

}  // namespace
}  // namespace taut::helm
