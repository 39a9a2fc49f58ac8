#include <gtest/gtest.h>

#include "dialect/argo/appset/applications.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::argo::appset {
namespace {

class FixedWorld : public World {
 public:
  Result<std::vector<std::string>> folders(const std::string&, const std::string&) override {
    return std::vector<std::string>{"apps/api", "apps/old", "apps/web", "docs"};
  }
  Result<std::map<std::string, std::string>> files(const std::string&, const std::string&, const std::string&) override {
    return std::map<std::string, std::string>{{"env/dev/config.yaml", "cluster: {name: dev}\n"}, {"env/prod/config.yaml", "cluster: {name: prod}\n"}};
  }
  Result<std::vector<Value>> cluster_secrets() override { return std::vector<Value>(); }
  Status project(const std::string& name) override {
    return name == "missing" ? Status(fail(Code::kNotFound, "appprojects.argoproj.io \"missing\" not found")) : Status();
  }
};

Applications run(std::string_view yaml) {
  FixedWorld world;
  auto document = parse_yaml_document(yaml);
  return applications_of(document->root, world);
}

std::string names(const Applications& made) {
  std::string out = made.error ? made.reason + ": " + made.error->message() : "";
  for (const Value& application : made.list) out += (out.empty() ? "" : " ") + application["metadata"]["name"].str();
  return out;
}

TEST(ApplicationSet, folders_that_are_named_and_not_excluded) {
  auto made = run(R"(
metadata: {name: set, namespace: argocd}
spec:
  goTemplate: true
  generators:
  - git:
      repoURL: https://git.example.com/shop.git
      directories: [{path: apps/*}, {path: apps/old, exclude: true}]
  template:
    metadata: {name: '{{ .path.basename }}-{{ index .path.segments 0 }}', labels: {'{{ .path.basename }}': 'yes'}}
    spec: {project: default, source: {path: '{{ .path.path }}'}}
)");
  EXPECT_EQ(names(made), "api-apps web-apps");
  EXPECT_EQ(to_json(made.list[0]),
            R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Application","metadata":{"finalizers":["resources-finalizer.argocd.argoproj.io"],)"
            R"("labels":{"api":"yes"},"name":"api-apps","namespace":"argocd"},"spec":{"project":"default","source":{"path":"apps/api"}}})");
}

TEST(ApplicationSet, a_matrix_fills_in_its_second_child) {
  EXPECT_EQ(names(run(R"(
metadata: {name: set, namespace: argocd}
spec:
  generators:
  - matrix:
      generators:
      - git: {repoURL: r, files: [{path: 'env/*/config.yaml'}]}
      - list: {elements: [{app: web, host: 'web.{{cluster.name}}.example.com'}]}
  template:
    metadata: {name: '{{app}}-{{cluster.name}}'}
    spec: {project: default}
)")), "web-dev web-prod");
}

TEST(ApplicationSet, a_selector_sees_the_parameters_flattened) {
  EXPECT_EQ(names(run(R"(
metadata: {name: set, namespace: argocd}
spec:
  goTemplate: true
  generators:
  - git: {repoURL: r, files: [{path: 'env/*/config.yaml'}]}
    selector: {matchExpressions: [{key: cluster.name, operator: NotIn, values: [dev]}]}
  template:
    metadata: {name: '{{ .cluster.name }}'}
    spec: {project: default}
)")), "prod");
}

TEST(ApplicationSet, a_template_patch_changes_all_but_the_project) {
  auto made = run(R"(
metadata: {name: set, namespace: argocd}
spec:
  goTemplate: true
  generators:
  - list: {elements: [{name: web, auto: true}, {name: api, auto: false}]}
  template:
    metadata: {name: '{{ .name }}'}
    spec: {project: team, source: {path: a, helm: {valueFiles: [x]}}}
  templatePatch: |
    {{- if .auto }}
    spec:
      project: other
      source: {helm: {valueFiles: [b, c]}}
      syncPolicy: {automated: {prune: true}}
    {{- end }}
)");
  EXPECT_EQ(names(made), "web api");
  EXPECT_EQ(to_json(made.list[0]["spec"]),
            R"({"project":"team","source":{"helm":{"valueFiles":["b","c"]},"path":"a"},"syncPolicy":{"automated":{"prune":true}}})");
  EXPECT_EQ(to_json(made.list[1]["spec"]), R"({"project":"team","source":{"helm":{"valueFiles":["x"]},"path":"a"}})");
}

TEST(ApplicationSet, what_goes_wrong_is_told_and_the_others_are_made) {
  EXPECT_EQ(names(run(R"(
metadata: {name: set, namespace: argocd}
spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  generators:
  - plugin: {}
  - list: {elements: [{name: web}, {other: x}]}
  template:
    metadata: {name: '{{ .name }}'}
    spec: {project: default}
)")), "ApplicationGenerationFromParamsError: plugin generators cannot be run here web");
  EXPECT_EQ(names(run(R"(
metadata: {name: set, namespace: argocd}
spec:
  generators: [{git: {repoURL: r, directories: [{path: '*'}]}}]
  template: {metadata: {name: x}, spec: {project: missing}}
)")), R"(ApplicationGenerationFromParamsError: error getting project missing: appprojects.argoproj.io "missing" not found)");
}

TEST(ApplicationSet, a_tag_without_an_end_is_told) {
  auto text = fill("{{name}}-{{ name", Value::map({{"name", "a"}}), {});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message(), "invalid template: Cannot find end tag=\"}}\" in the template=\"{{name}}-{{ name\" starting from \" name\"");
  EXPECT_EQ(*fill("{{ name", Value::map({{"name", "a"}}), {}), "{{ name");
}

TEST(ApplicationSet, names_are_normalized) {
  EXPECT_EQ(normalized_name("Team_A/West.é"), "team-a-west");
  EXPECT_EQ(normalized_name("-.x.-"), "x");
  EXPECT_EQ(normalized_name("..."), "");
}

}  // namespace
}  // namespace taut::argo::appset
