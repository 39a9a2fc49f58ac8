#include "value/patch.hh"

#include <gtest/gtest.h>

#include "value/diff.hh"
#include "value/json.hh"
#include "value/pointer.hh"

namespace taut {
namespace {

Value json(std::string_view text) { return *parse_json(text); }

std::string patched(std::string_view document, std::string_view patch) {
  auto out = apply_json_patch(json(document), json(patch));
  return out ? to_json(*out) : out.error().message();
}

TEST(Pointer, finds_escaped_steps_and_indices) {
  Value v = json(R"({"a/b":{"m~n":[1,{"c":2}]}})");
  ASSERT_NE(find_pointer(v, "/a~1b/m~0n/1/c"), nullptr);
  EXPECT_EQ(find_pointer(v, "/a~1b/m~0n/1/c")->as_int(), 2);
  EXPECT_EQ(find_pointer(v, ""), &v);
  EXPECT_EQ(find_pointer(v, "/a~1b/m~0n/01"), nullptr);
  EXPECT_EQ(find_pointer(v, "/x"), nullptr);
  EXPECT_FALSE(parse_pointer("x"));
  EXPECT_EQ(pointer_to_field_path(v, "/a~1b/m~0n/1/c"), R"(["a/b"]["m~n"][1].c)");
  EXPECT_EQ(make_pointer({"a/b", "~"}), "/a~1b/~0");
}

TEST(JsonPatch, adds_removes_replaces) {
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"add","path":"/b","value":{"c":[1]}},{"op":"add","path":"/b/c/-","value":2},)"
                                  R"({"op":"add","path":"/b/c/0","value":0},{"op":"remove","path":"/a"}])"),
            R"({"b":{"c":[0,1,2]}})");
  EXPECT_EQ(patched(R"({"a":[1,2,3]})", R"([{"op":"remove","path":"/a/-1"},{"op":"replace","path":"/a/0","value":9}])"),
            R"({"a":[9,2]})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"replace","path":"","value":[1]}])"), "[1]");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"replace","path":"/b","value":2},{"op":"add","path":"/c"}])"),
            R"({"a":1,"b":2,"c":null})");
}

TEST(JsonPatch, moves_copies_tests) {
  EXPECT_EQ(patched(R"({"a":{"x":1},"b":[]})", R"([{"op":"copy","from":"/a","path":"/b/0"},{"op":"move","from":"/a/x","path":"/y"}])"),
            R"({"a":{},"b":[{"x":1}],"y":1})");
  EXPECT_EQ(patched(R"({"a":[1,"2"]})", R"([{"op":"test","path":"/a","value":[1,"2"]},{"op":"test","path":"/none","value":null}])"),
            R"({"a":[1,"2"]})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"test","path":"/a","value":2}])"), "testing value /a failed: test failed");
}

TEST(JsonPatch, refuses_in_the_words_of_evanphx) {
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"remove","path":"/b"}])"),
            "error in remove for path: '/b': Unable to remove nonexistent key: b: missing value");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"add","path":"/b/c","value":1}])"),
            "add operation does not apply: doc is missing path: \"/b/c\": missing value");
  EXPECT_EQ(patched(R"({"a":[]})", R"([{"op":"add","path":"/a/2","value":1}])"),
            "error in add for path: '/a/2': Unable to access invalid index: 2: invalid index referenced");
  EXPECT_EQ(patched(R"({"a":[]})", R"([{"op":"add","path":"/a/x","value":1}])"),
            "error in add for path: '/a/x': value was not a proper array index: 'x': strconv.Atoi: parsing \"x\": invalid syntax");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"frob","path":"/a"}])"), "Unexpected kind: frob");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"replace","path":"/x/y","value":1}])"),
            "replace operation does not apply: doc is missing path: /x/y: missing value");
}

TEST(JsonPatch, a_failure_leaves_the_document_alone) {
  Value document = json(R"({"a":{"b":1}})");
  EXPECT_FALSE(apply_json_patch(document, json(R"([{"op":"add","path":"/a/c","value":1},{"op":"remove","path":"/x"}])")));
  EXPECT_EQ(to_json(document), R"({"a":{"b":1}})");
}

TEST(MergePatch, follows_rfc_7386) {
  auto merged = [](std::string_view a, std::string_view b) { return to_json(apply_merge_patch(json(a), json(b))); };
  EXPECT_EQ(merged(R"({"a":"b","c":{"d":"e","f":"g"}})", R"({"a":"z","c":{"f":null}})"), R"({"a":"z","c":{"d":"e"}})");
  EXPECT_EQ(merged(R"({"a":[1]})", R"({"a":[2,null]})"), R"({"a":[2,null]})");
  EXPECT_EQ(merged(R"({})", R"({"a":{"b":null,"c":1}})"), R"({"a":{"c":1}})");
  EXPECT_EQ(merged(R"({"a":{"b":1}})", R"({"a":"x"})"), R"({"a":"x"})");
  EXPECT_EQ(merged(R"([1])", R"({"a":null,"b":2})"), R"({"b":2})");
}

TEST(MergePatch, made_of_two_values_turns_one_into_the_other) {
  Value before = json(R"({"a":1,"b":{"c":2,"d":[1]},"e":{}})"), after = json(R"({"b":{"c":2,"d":[2]},"e":{},"f":{"g":1}})");
  Value patch = make_merge_patch(before, after);
  EXPECT_EQ(to_json(patch), R"({"a":null,"b":{"d":[2]},"f":{"g":1}})");
  EXPECT_EQ(apply_merge_patch(before, patch), after);
}

TEST(Diff, names_fields_and_list_items) {
  Value before = json(R"({"metadata":{"labels":{"app.io/x":"1"}},"spec":{"replicas":2,"containers":[{"name":"a","image":"x:1"},{"name":"b"}],"args":["1","2","3"]}})");
  Value after = json(R"({"metadata":{"labels":{}},"spec":{"replicas":3,"containers":[{"name":"a","image":"x:2"},{"name":"c"}],"args":["1","3"]}})");
  EXPECT_EQ(print_diff(diff(before, after)),
            ".metadata.labels[\"app.io/x\"]: - \"1\"\n"
            ".spec.args[1]: - \"2\"\n"
            ".spec.containers[name=a].image: \"x:1\" -> \"x:2\"\n"
            ".spec.containers[name=b]: - {\"name\":\"b\"}\n"
            ".spec.containers[name=c]: + {\"name\":\"c\"}\n"
            ".spec.replicas: 2 -> 3\n");
  EXPECT_TRUE(diff(before, before).empty());
}

TEST(Diff, tells_a_change_of_order) {
  auto changes = diff(json(R"([{"name":"a"},{"name":"b"}])"), json(R"([{"name":"b"},{"name":"a"}])"));
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].path, ".");
}

TEST(Json, numbers_are_written_as_go_writes_them) {
  for (std::string_view text : {"0.000001", "1e-7", "123456789012345680000", "1e+21", "-1.5", "5e-324", "0.1",
                                "1.7976931348623157e+308", "36893488147419103000", "0.30000000000000004"})
    EXPECT_EQ(to_json(*parse_json(text)), text);
  EXPECT_EQ(to_json(Value(9223372036854775808.0 * 4)), "36893488147419103000");
  EXPECT_EQ(to_json(*parse_json("-0")), "0");
  EXPECT_EQ(to_json(Value(-0.0)), "-0");
}

TEST(Json, refuses_as_go_does) {
  auto error = [](std::string_view text) { return parse_json(text).error().message(); };
  EXPECT_EQ(error("[1,]"), "invalid character ']' looking for beginning of value");
  EXPECT_EQ(error("{a:1}"), "invalid character 'a' looking for beginning of object key string");
  EXPECT_EQ(error("01"), "invalid character '1' after top-level value");
  EXPECT_EQ(error("1."), "invalid character ' ' after decimal point in numeric literal");
  EXPECT_EQ(error("tru"), "invalid character ' ' in literal true (expecting 'e')");
  EXPECT_EQ(error("[1"), "unexpected end of JSON input");
  EXPECT_EQ(error("\"\\x\""), "invalid character 'x' in string escape code");
  EXPECT_EQ(error("\"a\nb\""), "invalid character '\\n' in string literal");
  EXPECT_EQ(error(std::string(1001, '[')), "exceeded max depth");
}

}  // namespace
}  // namespace taut
