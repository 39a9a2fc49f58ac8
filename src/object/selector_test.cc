#include "object/selector.hh"

#include <gtest/gtest.h>

namespace taut {
namespace {

const Value kLabels = Value::map({{"app", "web"}, {"tier", "front"}, {"n", "7"}, {"none", ""}});

bool label(std::string_view text) {
  auto selector = LabelSelector::parse(text);
  EXPECT_TRUE(selector) << text << ": " << selector.error().message();
  return selector && selector->matches(kLabels);
}

TEST(LabelSelector, every_operator_of_the_api) {
  EXPECT_TRUE(label(""));
  EXPECT_TRUE(label("app"));
  EXPECT_FALSE(label("!app"));
  EXPECT_TRUE(label("app=web, tier==front"));
  EXPECT_FALSE(label("app=web,tier=back"));
  EXPECT_TRUE(label("app!=api"));
  EXPECT_TRUE(label("missing!=api"));
  EXPECT_TRUE(label("app in (api, web)"));
  EXPECT_FALSE(label("app notin (api,web)"));
  EXPECT_TRUE(label("missing notin (api,web),app"));
  EXPECT_TRUE(label("n>6,n<8"));
  EXPECT_FALSE(label("n>7"));
  EXPECT_TRUE(label("none="));
  EXPECT_TRUE(label("none in (,x)"));
}

TEST(LabelSelector, refuses_what_it_cannot_read) {
  for (const char* text : {"a b", "app in web", "app in (web", "=x", ",", "n>x"}) {
    auto selector = LabelSelector::parse(text);
    ASSERT_FALSE(selector) << text;
    EXPECT_EQ(selector.error().code(), Code::kInvalid);
  }
}

TEST(LabelSelector, reads_the_structured_form) {
  auto selector = LabelSelector::of(Value::map(
      {{"matchLabels", Value::map({{"app", "web"}})},
       {"matchExpressions",
        Value::list({Value::map({{"key", "tier"}, {"operator", "In"}, {"values", Value::list({"front"})}}),
                     Value::map({{"key", "old"}, {"operator", "DoesNotExist"}})})}}));
  ASSERT_TRUE(selector);
  EXPECT_TRUE(selector->matches(kLabels));
  EXPECT_FALSE(selector->matches(Value::map({{"app", "web"}})));
  EXPECT_FALSE(LabelSelector::of(
      Value::map({{"matchExpressions", Value::list({Value::map({{"key", "a"}, {"operator", "Near"}})})}})));
}

TEST(FieldSelector, compares_fields_as_text) {
  Value pod = Value::map({{"metadata", Value::map({{"name", "a,b"}})},
                          {"status", Value::map({{"phase", "Running"}, {"ready", true}})}});
  auto matches = [&](std::string_view text) { return FieldSelector::parse(text)->matches(pod); };
  EXPECT_TRUE(matches("status.phase=Running,metadata.name=a\\,b"));
  EXPECT_TRUE(matches("status.phase!=Failed"));
  EXPECT_TRUE(matches("status.ready==true"));
  EXPECT_TRUE(matches("spec.nodeName="));
  EXPECT_FALSE(matches("spec.nodeName!="));
  EXPECT_FALSE(FieldSelector::parse("status.phase"));
}

}  // namespace
}  // namespace taut
