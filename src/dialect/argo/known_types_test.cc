#include "dialect/argo/known_types.hh"

#include <gtest/gtest.h>

#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::argo {
namespace {

std::string applied(const KnownTypes& types, std::string_view text) {
  Value object = parse_yaml_document(text)->root;
  auto done = types.apply(object);
  return done ? to_json(object["spec"]) : done.error().message();
}

TEST(KnownTypes, a_rollout_s_pods_are_known_without_being_named) {
  EXPECT_EQ(applied({}, R"(
apiVersion: argoproj.io/v1alpha1
kind: Rollout
spec: {template: {spec: {containers: [{name: web, resources: {limits: {cpu: 2000m}}, stdin: false}]}}})"),
            R"({"template":{"spec":{"containers":[{"name":"web","resources":{"limits":{"cpu":"2"}}}]}}})");
}

TEST(KnownTypes, paths_go_into_lists) {
  KnownTypes types;
  ASSERT_TRUE(types.add("example.com", "Set", "spec.parts.memory", "core/Quantity"));
  ASSERT_TRUE(types.add("example.com", "Set", "spec.wait", "meta/v1/Duration"));
  ASSERT_TRUE(types.add("example.com", "Set", "spec.requests", "core/v1/ResourceList"));
  ASSERT_TRUE(types.add("example.com", "Set", "spec.absent.deep", "core/v1/PodSpec"));
  EXPECT_EQ(applied(types, "apiVersion: example.com/v1\nkind: Set\nspec: {wait: 90s, requests: {cpu: 0.5}, parts: [{memory: 1024Mi}, {memory: 1}, x]}"),
            R"({"parts":[{"memory":"1Gi"},{"memory":"1"},"x"],"requests":{"cpu":"500m"},"wait":"1m30s"})");
  EXPECT_NE(applied(types, "apiVersion: example.com/v1\nkind: Set\nspec: {wait: soon}").find("invalid duration"), std::string::npos);
}

TEST(KnownTypes, other_types_are_refused_by_name) {
  KnownTypes types;
  EXPECT_EQ(types.add("", "A", "spec", "core/v1/Nothing").error().message(), "type 'core/v1/Nothing' is not supported");
  EXPECT_EQ(types.add("", "A", "spec", "apps/v1/Deployment").error().message(), "type 'apps/v1/Deployment' is not supported");
}

}  // namespace
}  // namespace taut::argo
