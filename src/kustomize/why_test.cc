#include "kustomize/why.hh"

#include <gtest/gtest.h>

#include "tree/memory.hh"
#include "value/json.hh"

namespace taut::kustomize {
namespace {

constexpr std::string_view kBase =
    "# the web\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n"
    "  template:\n    spec:\n      containers:\n      - name: app\n        image: nginx:1\n        env: []\n";
constexpr std::string_view kOverlay =
    "resources:\n- ../base\nnamePrefix: p-\nreplicas:\n- name: web\n  count: 3\nimages:\n- name: nginx\n  newTag: \"2\"\n"
    "patches:\n- path: p.yaml\n- target: {kind: Deployment}\n  patch: |\n    - op: replace\n      path: /spec/replicas\n"
    "      value: 2\n";
constexpr std::string_view kPatch =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n"
    "      - name: app\n        image: nginx:1.5\n";

TreePtr tree() {
  return memory_tree({{"base/kustomization.yaml", "resources: [web.yaml]\nconfigMapGenerator:\n- name: c\n  literals: [a=b]"},
                      {"base/web.yaml", kBase}, {"prod/kustomization.yaml", kOverlay}, {"prod/p.yaml", kPatch}});
}

std::string text(const std::optional<Value>& value) { return value ? to_json(*value) : "-"; }

// One line a step: "file:line what before after".
std::string explained(std::string_view query) {
  TreePtr files = tree();
  BuildOptions options;
  options.trace = true;
  auto built = build(*files, "prod", options);
  if (!built) return built.error().message();
  auto found = why(*built, *files, query);
  if (!found) return found.error().message();
  std::string out = fmt::format("{} {} {}\n", found->object, found->field, text(found->value));
  for (const WhyStep& step : found->steps)
    out += fmt::format("{}:{} {} {} {}\n", step.file, step.line, step.what, text(step.before), text(step.after));
  return out;
}

TEST(Why, follows_a_field_through_files_and_transformers) {
  EXPECT_EQ(explained("Deployment/web:spec.replicas"),
            "Deployment/p-web .spec.replicas 3\n"
            "base/web.yaml:7 as written - 1\n"
            "prod/kustomization.yaml:14 patches[1] 1 2\n"
            "prod/kustomization.yaml:5 replicas[0] 2 3\n");
  EXPECT_EQ(explained("p-web:.spec.template.spec.containers[0].image"),
            "Deployment/p-web .spec.template.spec.containers[0].image \"nginx:2\"\n"
            "base/web.yaml:12 as written - \"nginx:1\"\n"
            "prod/p.yaml:10 patches[0] \"nginx:1\" \"nginx:1.5\"\n"
            "prod/kustomization.yaml:8 images[0] \"nginx:1.5\" \"nginx:2\"\n");
}

TEST(Why, tells_what_a_generator_made) {
  std::string out = explained("ConfigMap/c:metadata.name");
  EXPECT_NE(out.find("base/kustomization.yaml:3 configMapGenerator[0] - \"c\"\n"), std::string::npos) << out;
  EXPECT_NE(out.find("prod/kustomization.yaml:3 namePrefix \"c\" \"p-c\"\n"), std::string::npos) << out;
  EXPECT_NE(out.find(":0 hash of the content \"p-c\" \"p-c-"), std::string::npos) << out;
}

TEST(Why, needs_one_object_that_has_the_field) {
  EXPECT_EQ(explained("spec.replicas").substr(0, 24), "Deployment/p-web .spec.r");
  EXPECT_EQ(explained("metadata.name"), "2 objects have the field .metadata.name");
  EXPECT_EQ(explained("nope:spec.replicas"), "no object that is built is called nope");
  EXPECT_EQ(explained("web:spec.nope"), "Deployment/p-web has no field .spec.nope, and had none on the way");
  EXPECT_EQ(explained("web:/spec/replicas").substr(0, 16), "Deployment/p-web");
}

TEST(Why, nothing_is_kept_when_nobody_asks) {
  auto built = build(*tree(), "prod");
  ASSERT_TRUE(built);
  for (const BuiltResource& resource : built->resources) EXPECT_EQ(resource.trail, nullptr);
}

}  // namespace
}  // namespace taut::kustomize
