#include "dialect/argo/diff.hh"

#include <gtest/gtest.h>

#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::argo {
namespace {

Value yaml(std::string_view text) { return parse_yaml_document(text)->root; }

bool modified(std::string_view desired, std::string_view live, DiffOptions options = {}) {
  auto result = diff(yaml(desired), yaml(live), options);
  EXPECT_TRUE(result) << result.error().message();
  return result && result->modified;
}

TEST(Diff, defaults_are_no_difference) {
  std::string desired = "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}]}}";
  EXPECT_FALSE(modified(desired, "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: n}, spec: {type: ClusterIP, ports: [{port: 80, protocol: TCP, targetPort: 80}]}}"));
  EXPECT_TRUE(modified(desired, "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {type: NodePort, ports: [{port: 81}]}}"));
}

TEST(Diff, text_of_a_secret_is_its_data) {
  EXPECT_FALSE(modified("{apiVersion: v1, kind: Secret, stringData: {a: b}}", "{apiVersion: v1, kind: Secret, type: Opaque, data: {a: Yg==}}"));
}

TEST(Diff, what_was_applied_last_and_is_not_wanted_any_more_differs) {
  std::string live = R"({apiVersion: example.com/v1, kind: Widget, metadata: {name: a, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":1,"old":2}}'}}, spec: {size: 1, old: 2, other: 3}})";
  auto result = diff(yaml("{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 1}}"), yaml(live), {});
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->modified);
  EXPECT_EQ(to_json(result->predicted["spec"]), R"({"other":3,"size":1})");
}

TEST(Diff, rules_of_an_aggregated_role_are_the_server_s) {
  DiffOptions options;
  options.ignore_aggregated_roles = true;
  std::string desired = "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, aggregationRule: {clusterRoleSelectors: []}, rules: []}";
  std::string live = "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, aggregationRule: {clusterRoleSelectors: []}, rules: [{verbs: [get]}]}";
  EXPECT_FALSE(modified(desired, live, options));
  EXPECT_TRUE(modified(desired, live));
}

TEST(Diff, nothing_can_be_said_of_nothing) {
  EXPECT_EQ(diff(nullptr, nullptr, {}).error().message(), "both live and config are null objects");
  EXPECT_TRUE(diff(yaml("{kind: A}"), nullptr, {})->modified);
  EXPECT_FALSE(diff(nullptr, yaml("{kind: A}"), {})->modified);
}

// The order is that of Argo CD 3.5.1 on the same object.
TEST(Diff, endpoints_are_in_the_order_of_their_hashes) {
  Value object = *parse_json(R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"w"},"subsets":[
      {"addresses":[{"ip":"10.0.0.2"},{"ip":"10.0.0.10"}],"ports":[{"port":80},{"port":443}]}]})");
  normalize(object, {});
  EXPECT_EQ(to_json(object["subsets"]), R"([{"addresses":[{"ip":"10.0.0.10"},{"ip":"10.0.0.2"}],"ports":[{"port":443,"protocol":"TCP"},{"port":80,"protocol":"TCP"}]}])");
}

}  // namespace
}  // namespace taut::argo
