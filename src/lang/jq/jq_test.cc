#include "lang/jq/jq.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

#ifdef TAUT_SANITIZED
#include <sanitizer/lsan_interface.h>
#endif

namespace taut::jq {
namespace {

std::string removed(std::string_view expression, std::string_view document) {
  auto compiled = PathExpression::compile(expression);
  if (!compiled) return compiled.error().message();
  auto result = (*compiled)->remove(*parse_json(document));
  return result ? to_json(*result) : result.error().message();
}

TEST(Jq, what_an_expression_names_is_removed) {
  EXPECT_EQ(removed(".a.b", R"({"a":{"b":1,"c":2}})"), R"({"a":{"c":2}})");
  EXPECT_EQ(removed(".a[] | select(.n == 2)", R"({"a":[{"n":1},{"n":2},{"n":3},{"n":2}]})"), R"({"a":[{"n":1},{"n":3}]})");
  EXPECT_EQ(removed(".a[-1]", R"({"a":[1,2,3]})"), R"({"a":[1,2]})");
  EXPECT_EQ(removed(".a[0], .a[0], .a[2]", R"({"a":[1,2,3]})"), R"({"a":[2]})");
  EXPECT_EQ(removed(".a, .a.b", R"({"a":{"b":1},"c":2})"), R"({"c":2})");
  EXPECT_EQ(removed(".env[] | select(.name | test(\"^TLS_\")) | .value", R"({"env":[{"name":"TLS_KEY","value":"x"}]})"),
            R"({"env":[{"name":"TLS_KEY"}]})");
}

TEST(Jq, a_slice_is_each_of_its_items) {
  EXPECT_EQ(removed(".a[1:]", R"({"a":[1,2,3]})"), R"({"a":[1]})");
  EXPECT_EQ(removed(".a[:-1]", R"({"a":[1,2,3]})"), R"({"a":[3]})");
  EXPECT_EQ(removed(".a[5:], .b[0:1]", R"({"a":[1],"b":"x"})"), R"({"a":[1],"b":"x"})");
}

TEST(Jq, there_is_no_input_but_the_document) {
  EXPECT_EQ(removed(".a, input", R"({"a":1})"), "JQ patch returned error: break");
}

TEST(Jq, what_jq_asserts_does_not_end_the_process) {
#ifdef TAUT_SANITIZED
  __lsan::ScopedDisabler what_is_given_up_is_not_freed;
#endif
  for (const char* text : {".a[nan:]", ".a[:(infinite-infinite)]", ".a | select((1e18|todate) == 1)"}) {
    auto expression = PathExpression::compile(text);
    if (!expression) continue;  // a later libjq may refuse it
    for (int i = 0; i < 2; ++i) {
      auto found = (*expression)->paths(*parse_json(R"({"a":[1,2,3]})"));
      EXPECT_TRUE(found || found.error().message().starts_with("JQ patch returned error: ")) << text;
    }
  }
  EXPECT_EQ(removed(".a[1:]", R"({"a":[1,2,3]})"), R"({"a":[1]})");
}

TEST(Jq, the_environment_is_not_told) {
  ::setenv("TAUT_JQ_TEST", "secret", 1);
  EXPECT_EQ(removed("if $ENV.TAUT_JQ_TEST == null and env.TAUT_JQ_TEST == null then .a else .b end", R"({"a":1,"b":2})"), R"({"b":2})");
}

TEST(Jq, what_is_not_there_is_no_error) {
  EXPECT_EQ(removed(".a.b.c", R"({"x":1})"), R"({"x":1})");
  EXPECT_EQ(removed(".a[5]", R"({"a":[1]})"), R"({"a":[1]})");
}

TEST(Jq, numbers_that_jq_would_round_stay) {
  EXPECT_EQ(removed(".a", R"({"a":1,"big":9007199254740993})"), R"({"big":9007199254740993})");
}

TEST(Jq, faults_are_told) {
  EXPECT_EQ(removed(".a[]", R"({"x":1})"), "JQ patch returned error: Cannot iterate over null (null)");
  EXPECT_NE(removed(".a[", "{}").find("jq expression .a[: "), std::string::npos);
  EXPECT_EQ(PathExpression::compile(".spec.x").value(), PathExpression::compile(".spec.x").value());
}

TEST(Jq, an_expression_without_end_is_ended) {
  auto endless = PathExpression::compile("def f: f; f").value();
  auto result = endless->paths(Value::map({}), std::chrono::milliseconds(20));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Code::kTimeout);
  // The program can be used again.
  EXPECT_FALSE(endless->paths(Value::map({}), std::chrono::milliseconds(5)));
}

}  // namespace
}  // namespace taut::jq
