#include "plan/field_owners.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut::plan {
namespace {

TEST(FieldOwners, follow_maps_keyed_items_values_and_whole_lists) {
  auto object = parse_json(R"({"metadata":{"name":"web","labels":{"a/b":"1"},"finalizers":["x"],"managedFields":[
      {"manager":"taut","operation":"Apply","time":"2026-11-20T10:00:00Z","fieldsV1":{"f:metadata":{"f:labels":{"f:a/b":{}},"f:finalizers":{"v:\"x\"":{}}},
        "f:spec":{"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}},"f:args":{}}}},
      {"manager":"hpa","operation":"Update","subresource":"scale","fieldsV1":{"f:spec":{"f:replicas":{}}}}]},
      "spec":{"replicas":3,"ports":[{"port":81},{"port":80}],"args":["-v","-q"],"paused":false}})").value();
  auto owners = field_owners(object);
  EXPECT_EQ(owners["/metadata/labels/a~1b"], (std::vector<FieldOwner>{{"taut", "Apply", "", "2026-11-20T10:00:00Z"}}));
  EXPECT_EQ(owners["/metadata/finalizers/0"].size(), 1U);
  EXPECT_EQ(owners["/spec/ports/1/port"].size(), 1U);
  EXPECT_FALSE(owners.contains("/spec/ports/0/port"));
  EXPECT_EQ(owners["/spec/args/1"].front().manager, "taut");
  EXPECT_EQ(owners["/spec/replicas"], (std::vector<FieldOwner>{{"hpa", "Update", "scale", ""}}));
  EXPECT_FALSE(owners.contains("/spec/paused"));
}

}  // namespace
}  // namespace taut::plan
