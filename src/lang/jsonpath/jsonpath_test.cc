#include "lang/jsonpath/jsonpath.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut::jsonpath {
namespace {

// What kubectl prints, or the error.
std::string print(std::string_view path, const Value& data, const Options& options = {}) {
  auto parsed = Template::parse(path);
  if (!parsed) return parsed.error().message();
  auto out = parsed->print(data, options);
  return out ? *out : out.error().message();
}

std::string of(std::string_view path, std::string_view json) { return print(path, *parse_json(json)); }

constexpr std::string_view kNodes = R"({
  "kind": "List",
  "items": [
    {"metadata": {"name": "a", "labels": {"kubernetes.io/hostname": "h1"}}, "status": {"capacity": {"cpu": "4"}, "ready": true,
     "addresses": [{"type": "Legacy", "address": "10.0.0.1"}]}},
    {"metadata": {"name": "b", "labels": {"kubernetes.io/hostname": "h2"}}, "status": {"capacity": {"cpu": "8"}, "ready": false,
     "addresses": [{"type": "Legacy", "address": "10.0.0.2"}, {"type": "another", "address": "10.0.0.3"}]}}
  ],
  "users": [{"name": "myself", "user": {}}, {"name": "e2e", "user": {"username": "admin", "password": "secret"}}]
})";

TEST(JsonPath, text_fields_and_keys) {
  EXPECT_EQ(of("hello {.kind}!", kNodes), "hello List!");
  EXPECT_EQ(of("{$.kind} {@.kind}{\"\\t\"}{'x'}", kNodes), "List List\tx");
  EXPECT_EQ(of("{.items[0].metadata.labels.kubernetes\\.io/hostname}", kNodes), "h1");
  EXPECT_EQ(of("{.items[0]['metadata.name']}", kNodes), "a");
  EXPECT_EQ(of("{.items[0].status}", kNodes),
            R"({"addresses":[{"address":"10.0.0.1","type":"Legacy"}],"capacity":{"cpu":"4"},"ready":true})");
}

TEST(JsonPath, indexes_and_slices) {
  constexpr std::string_view kList = R"(["a","b","c","d"])";
  EXPECT_EQ(of("{[0]} {[-1]} {[1:3]} {[:2]} {[::2]} {[1::2]} {[-2:]} {[*]} {[]}", kList), "a d b c a b a c b d c d a b c d a");
  EXPECT_EQ(of("{[0,-1,'x']}", R"(["a"])"), "x is not found");
  EXPECT_EQ(of("{[2:2]}|", kList), "|");
  EXPECT_EQ(of("{[4]}", kList), "array index out of bounds: index 4, length 4");
  EXPECT_EQ(of("{[-5]}", kList), "array index out of bounds: index -1, length 4");
  EXPECT_EQ(of("{[0:5]}", kList), "array index out of bounds: index 4, length 4");
  EXPECT_EQ(of("{[3:1]}", kList), "starting index 3 is greater than ending index 1");
  EXPECT_EQ(of("{[0:2:0]}", kList), "step must be > 0");
  EXPECT_EQ(of("{.a[0]}", R"({"a":{"b":1}})"), "map[string]interface {} is not array or slice");
}

TEST(JsonPath, unions_wildcards_and_descent) {
  EXPECT_EQ(of("{.items[*]['metadata.name', 'status.capacity']}", kNodes), R"(a b {"cpu":"4"} {"cpu":"8"})");
  EXPECT_EQ(of("{.items[*].status.addresses[*].address}", kNodes), "10.0.0.1 10.0.0.2 10.0.0.3");
  EXPECT_EQ(of("{.users[1].user.*}", kNodes), "secret admin");
  EXPECT_EQ(of("{..name}", kNodes), "a b myself e2e");
  EXPECT_EQ(of("{..}", "[1,2,3]"), "[1,2,3]");
  EXPECT_EQ(of("{...cpu}", kNodes), "4 8");
}

TEST(JsonPath, filters) {
  EXPECT_EQ(of("{.users[?(@.name==\"e2e\")].user.password}", kNodes), "secret");
  EXPECT_EQ(of("{.users[?(@.name != 'e2e')].name}", kNodes), "myself");
  EXPECT_EQ(of("{.users[?(@.user.username)].name}", kNodes), "e2e");
  EXPECT_EQ(of("{.items[?(@..ready==true)].metadata.name}", kNodes), "a");
  EXPECT_EQ(of("{.items[?(@.metadata.labels.kubernetes\\.io/hostname==\"h2\")].metadata.name}", kNodes), "b");
  EXPECT_EQ(of("{[?(@<5)]} {[?(@>=6)]}", "[2,6,3,7]"), "2 3 6 7");
  EXPECT_EQ(of("{[?(@==\"())(\")]}", R"(["())(", "x"])"), "())(");
  EXPECT_EQ(of("{[?(@<>1)]}", "[2]"), "unrecognized filter operator <>");
  EXPECT_EQ(of("{[?(@<1.5)]}", "[2]"), "incompatible types for comparison");
  EXPECT_EQ(of("{[?(@==1)]}", "[null]"), "invalid type for comparison");
  EXPECT_EQ(of("{.a[?(@.b)]}", R"({"a":{"b":[1]}})"), "map[b:[1]] is not array or slice and cannot be filtered");
}

TEST(JsonPath, ranges) {
  EXPECT_EQ(of("{range .items[*]}{.metadata.name}, {end}{.kind}", kNodes), "a, b, List");
  EXPECT_EQ(of("{range .items[*]}{range .status.addresses[*]}{.address}, {end}{end}|", kNodes), "10.0.0.1, 10.0.0.2, 10.0.0.3, |");
  EXPECT_EQ(print("{range .items[*]}{.metadata.name}{\":\"}{range @.spec.containers[*]}{.name}{\",\"}{end}{\"+\"}{end}|",
                  *parse_json(R"({"items":[]})"), {.allow_missing_keys = true}),
            "|");
  EXPECT_EQ(of("{range .items[*]}{.kind}{end}{end}", R"({"items":[]})"), "kind is not found");
  EXPECT_EQ(of("{end}", kNodes), "not in range, nothing to end");
}

TEST(JsonPath, what_is_printed) {
  EXPECT_EQ(of("{.a} {.b} {.c} {.d}", R"({"a":null,"b":true,"c":1.5,"d":"<"})"), "null true 1.5 <");
  EXPECT_EQ(of("{.a}", R"({"a":["<",1]})"), "[\"\\u003c\",1]");
  EXPECT_EQ(print("{.a}", *parse_json("{\"a\":1000000}", {.only_doubles = true})), "1e+06");
  EXPECT_EQ(print("before-{.hello}after", Value::map(), {.allow_missing_keys = true}), "before-after");
}

TEST(JsonPath, errors) {
  EXPECT_EQ(of("{.hello", "{}"), "unclosed action");
  EXPECT_EQ(of("{*}", "{}"), "unrecognized character in action: U+002A '*'");
  EXPECT_EQ(of("{+12.3.0}", "{}"), "cannot parse number +12.3.0");
  EXPECT_EQ(of("{[1}", "{}"), "unterminated array");
  EXPECT_EQ(of("{[a]}", "{}"), "invalid array index a");
  EXPECT_EQ(of("{[-]}", "{}"), "array index - is not a number");
  EXPECT_EQ(of("{[?(.price]}", "{}"), "unterminated filter");
  EXPECT_EQ(of("{[?(.price)x", "{}"), "unclosed array expect ]");
  EXPECT_EQ(of("{........}", "{}"), "invalid multiple recursive descent");
  EXPECT_EQ(of("{\"a}", "{}"), "unterminated quoted string");
  EXPECT_EQ(of("{\"\\q\"}", "{}"), "unquote string \"\\q\" error invalid syntax");
  EXPECT_EQ(of("{hello}", "{}"), "unrecognized identifier hello");
  EXPECT_EQ(of("{.hello}", "{}"), "hello is not found");
}

TEST(JsonPath, templates_that_ask_for_endlessly_much_end) {
  constexpr std::string_view kLimit = "the limit on the number of values was passed";
  std::string ranges;
  for (int i = 0; i < 60; ++i) ranges += "{range $}";
  EXPECT_EQ(of(ranges, "[1,2]"), kLimit);
  std::string pairs = "[[1,1],[1,1]]";
  for (int i = 0; i < 10; ++i) pairs = "[" + pairs + "," + pairs + "]";
  EXPECT_EQ(of("{...*...*...*...*...*...*}", pairs), kLimit);
}

}  // namespace
}  // namespace taut::jsonpath
