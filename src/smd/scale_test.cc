#include "smd/scale.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut::smd {
namespace {

Value json(std::string_view text) { return parse_json(text).value_or(Value()); }

Value entry(std::string_view manager, std::string_view operation, std::string_view version, std::string_view fields) {
  Value out = Value::map({{"manager", manager}, {"operation", operation}, {"apiVersion", version}});
  out.set("fieldsType", "FieldsV1");
  out.set("fieldsV1", json(fields));
  return out;
}

const ReplicasPaths kPaths = builtin_replicas_paths("apps/v1");

TEST(Scale, shows_the_owners_of_replicas) {
  Value parent = Value::list({entry("a", "Apply", "apps/v1", R"({"f:spec":{"f:replicas":{},"f:selector":{}}})"),
                              entry("b", "Apply", "apps/v1", R"({"f:metadata":{"f:labels":{}}})")});
  auto scale = scale_managed_fields(parent, kPaths);
  ASSERT_TRUE(scale);
  ASSERT_EQ(scale->size(), 1u);
  EXPECT_EQ((*scale)[0]["manager"].as_string(), "a");
  EXPECT_EQ((*scale)[0]["apiVersion"].as_string(), "autoscaling/v1");
  EXPECT_EQ(to_json((*scale)[0]["fieldsV1"]), R"({"f:spec":{"f:replicas":{}}})");
}

TEST(Scale, hands_replicas_over_to_who_scaled) {
  Value parent = Value::list({entry("a", "Apply", "apps/v1", R"({"f:spec":{"f:replicas":{},"f:selector":{}}})")});
  Value hpa = entry("hpa", "Update", "autoscaling/v1", R"({"f:spec":{"f:replicas":{}}})");
  hpa.set("subresource", "scale");
  auto after = parent_managed_fields(parent, Value::list({hpa}), "apps/v1", kPaths);
  ASSERT_TRUE(after);
  ASSERT_EQ(after->size(), 2u);
  EXPECT_EQ(to_json((*after)[0]["fieldsV1"]), R"({"f:spec":{"f:selector":{}}})");
  EXPECT_EQ((*after)[1]["manager"].as_string(), "hpa");
  EXPECT_EQ((*after)[1]["apiVersion"].as_string(), "apps/v1");
  EXPECT_EQ((*after)[1]["subresource"].as_string(), "scale");
}

TEST(Scale, an_applier_that_scaled_by_its_own_value_keeps_its_entry) {
  Value parent = Value::list({entry("a", "Apply", "apps/v1", R"({"f:spec":{"f:replicas":{},"f:selector":{}}})")});
  auto scale = scale_managed_fields(parent, kPaths);
  auto after = parent_managed_fields(parent, *scale, "apps/v1", kPaths);
  ASSERT_TRUE(after);
  EXPECT_EQ(*after, parent);
}

}  // namespace
}  // namespace taut::smd
