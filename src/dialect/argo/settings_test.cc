#include "dialect/argo/settings.hh"

#include <gtest/gtest.h>

#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::argo {
namespace {

Value yaml(std::string_view text) { return parse_yaml_document(text)->root; }

Value config(std::vector<std::pair<std::string, std::string>> data) {
  Value map = Value::map({});
  for (auto& [key, value] : data) map.set(key, value);
  return Value::map({{"data", map}});
}

std::string health(const Settings& settings, std::string_view object) {
  if (!settings.customizations) return "none";
  auto judged = settings.customizations->judge(*parse_json(object), Time{});
  return judged && judged->health ? fmt::format("{} {}", health_name(judged->health->state), judged->health->message) : "none";
}

TEST(Settings, both_ways_to_write_customizations) {
  Settings split = read_settings(config({{"resource.customizations.health.example.com_Widget", "return {status='Degraded', message='split'}"}}));
  EXPECT_EQ(health(split, R"({"apiVersion":"example.com/v1","kind":"Widget"})"), "Degraded split");
  Settings whole = read_settings(config({{"resource.customizations", "example.com/Widget:\n  health.lua: |\n    return {status='Healthy', message='whole'}\n"}}));
  EXPECT_EQ(health(whole, R"({"apiVersion":"example.com/v1","kind":"Widget"})"), "Healthy whole");
  EXPECT_NE(split.fingerprint, whole.fingerprint);
}

TEST(Settings, open_libraries_only_when_asked_for) {
  std::vector<std::pair<std::string, std::string>> data = {
      {"resource.customizations.health.Thing", "return {status='Healthy', message=string.upper('x')}"}};
  EXPECT_EQ(health(read_settings(config(data)), R"({"apiVersion":"v1","kind":"Thing"})"),
            "Unknown <string>:1: attempt to index global 'string' (a nil value)");
  data.emplace_back("resource.customizations.useOpenLibs.Thing", "true");
  EXPECT_EQ(health(read_settings(config(data)), R"({"apiVersion":"v1","kind":"Thing"})"), "Healthy X");
}

TEST(Settings, ignored_differences_of_all_kinds) {
  Settings settings = read_settings(config({{"resource.customizations.ignoreDifferences.all", "jsonPointers: [/spec/replicas]\n"},
                                            {"resource.customizations.ignoreDifferences.apps_Deployment", "jqPathExpressions: ['.spec.paused', '.[']\n"}}));
  ASSERT_EQ(settings.errors.size(), 1u);
  EXPECT_TRUE(settings.errors[0].starts_with("ignoreDifferences of apps/Deployment.jqPathExpressions[1]: jq expression .[: ")) << settings.errors[0];
  Value left = plan::without_ignored(*parse_json(R"({"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":1,"paused":true,"x":1}})"), settings.ignore);
  EXPECT_EQ(to_json(left["spec"]), R"({"x":1})");
}

TEST(Settings, what_cannot_be_followed_is_told_by_its_key) {
  Settings settings = read_settings(config({{"resource.customizations.colour.Thing", "red"}, {"resource.customizations.health.a_b_c", "x"}}));
  EXPECT_EQ(settings.errors, (std::vector<std::string>{
                                 "resource.customizations.colour.Thing: resource customization type colour not supported",
                                 "resource.customizations.health.a_b_c: group kind should be in format <group>_<kind> or <kind>"}));
  EXPECT_EQ(read_settings(Value()).customizations, nullptr);
}

TEST(Settings, say_how_objects_are_marked_and_compared_and_what_is_left_out) {
  Settings settings = read_settings(config({{"application.resourceTrackingMethod", "annotation+label"},
                                            {"application.instanceLabelKey", "example.com/app"},
                                            {"kustomize.buildOptions", "--enable-helm"},
                                            {"kustomize.path.v4.5.7", "/bin/kustomize"},
                                            {"resource.compareoptions", "ignoreAggregatedRoles: true\n"},
                                            {"resource.exclusions", "- kinds: [Lease]\n"},
                                            {"resource.customizations.knownTypeFields.example.com_Widget",
                                             "- {field: spec.size, type: core/Quantity}\n- {field: x, type: z}\n"}}));
  EXPECT_TRUE(settings.tracking_label);
  EXPECT_EQ(settings.label_key, "example.com/app");
  EXPECT_EQ(settings.render_options["kustomize.buildOptions"].as_string(), "--enable-helm");
  ASSERT_TRUE(settings.filter);
  EXPECT_TRUE(settings.filter->excludes("coordination.k8s.io", "Lease", ""));
  EXPECT_EQ(settings.errors, (std::vector<std::string>{
                                 "knownTypeFields of example.com/Widget: type 'z' is not supported",
                                 "kustomize.path.v4.5.7: is not supported by taut, which builds kustomizations itself"}));
  auto seen = [&](std::string_view object) { return to_json(settings.normalizer->normalize(*parse_json(object))); };
  EXPECT_EQ(seen(R"({"apiVersion":"example.com/v1","kind":"Widget","spec":{"size":"1000m"}})"),
            R"({"apiVersion":"example.com/v1","kind":"Widget","spec":{"size":"1"}})");
  EXPECT_EQ(seen(R"({"aggregationRule":{},"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","rules":[]})"),
            R"({"aggregationRule":{},"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole"})");
}

TEST(GlobalProjects, give_what_they_allow_to_those_with_their_label) {
  Settings settings = read_settings(yaml(R"(
data:
  globalProjects: |
    - {projectName: global, labelSelector: {matchExpressions: [{key: heir, operator: In, values: [yes-please]}]}}
    - {labelSelector: {}}
)"));
  EXPECT_EQ(settings.errors, (std::vector<std::string>{"globalProjects[1]: projectName is missing"}));
  Value global = yaml("{metadata: {name: global}, spec: {namespaceResourceWhitelist: [{group: '', kind: ConfigMap}], sourceRepos: [b]}}");
  auto find = [&](const std::string& name) { return name == "global" ? global : Value(); };
  Value heir = yaml("{metadata: {name: heir, labels: {heir: yes-please}}, spec: {sourceRepos: [a]}}");
  Value made = with_inherited(heir, settings.global_projects, find);
  EXPECT_EQ(made["spec"]["sourceRepos"], yaml("[a, b]"));
  EXPECT_EQ(made["spec"]["namespaceResourceWhitelist"], global["spec"]["namespaceResourceWhitelist"]);
  Value other = yaml("{metadata: {name: other}, spec: {sourceRepos: [a]}}");
  EXPECT_EQ(with_inherited(other, settings.global_projects, find), other);
  EXPECT_EQ(with_inherited(global, settings.global_projects, find), global);
}

}  // namespace
}  // namespace taut::argo
