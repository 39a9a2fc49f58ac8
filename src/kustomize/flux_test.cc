#include "kustomize/flux.hh"

#include <gtest/gtest.h>

#include "tree/memory.hh"
#include "yaml/reader.hh"

namespace taut::kustomize {
namespace {

constexpr std::string_view kMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\ndata:\n  a: ${a}\n  b: \"${b:-5}\"\n";

std::string generated(const TreePtr& tree, std::string_view folder, std::string_view spec = "{}") {
  auto out = flux_kustomization(*tree, folder, parse_yaml_document(spec)->root, "/");
  return out ? out->file + ":\n" + out->text : out.error().message();
}

std::string built(const TreePtr& tree, std::string_view spec, FluxOptions options = {}) {
  auto out = build_flux(tree, "", parse_yaml_document(spec)->root, options);
  return out ? to_text(*out) : out.error().message();
}

TEST(Flux, a_folder_without_a_kustomization_gets_one) {
  auto tree = memory_tree({{"app/a.yaml", kMap}, {"app/readme.md", "x"}, {"app/sub/kustomization.yml", "resources: [x.yaml]"},
                           {"app/sub/x.yaml", kMap}, {"app/other/b.yml", kMap}});
  EXPECT_EQ(generated(tree, "app"),
            "app/kustomization.yaml:\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n"
            "- ./a.yaml\n- ./other/b.yml\n- ./sub\n");
  EXPECT_EQ(generated(tree, "nope"), "lstat /nope: no such file or directory");
  EXPECT_EQ(generated(memory_tree({{"a.yaml", "a: ["}}), "").substr(0, 54), "failed to decode Kubernetes YAML from /a.yaml: Malform");
}

TEST(Flux, fields_of_the_object_go_on_top) {
  auto tree = memory_tree({{"kustomization.yaml", "resources: [a.yaml]\nimages: [{name: x, newTag: '1'}]"}, {"a.yaml", kMap}});
  EXPECT_EQ(generated(tree, "", "{targetNamespace: t, components: [../c], images: [{name: x, digest: 'sha256:1'}, {name: w, newName: z}]}"),
            "kustomization.yaml:\napiVersion: kustomize.config.k8s.io/v1beta1\ncomponents:\n- ../c\nimages:\n"
            "- digest: sha256:1\n  name: x\n- name: w\n  newName: z\nkind: Kustomization\nnamespace: t\nresources:\n- a.yaml\n");
  EXPECT_EQ(generated(tree, "", "{components: [/c]}"), "component path '/c' must be local and relative");
  EXPECT_EQ(generated(tree, "", "{components: [gone], ignoreMissingComponents: true}").find("components"), std::string::npos);
}

TEST(Flux, variables_are_replaced_in_the_printed_object) {
  auto tree = memory_tree({{"a.yaml", kMap}});
  EXPECT_EQ(built(tree, "{postBuild: {substitute: {a: \"x\\ny\"}}}"),
            "apiVersion: v1\ndata:\n  a: xy\n  b: 5\nkind: ConfigMap\nmetadata:\n  name: m\n");
  EXPECT_EQ(built(tree, "{postBuild: {substitute: {c: x}}}"),
            "post build failed for 'ConfigMap.v1.[noGrp]/m': envsubst error: variable substitution failed: "
            "variable not set (strict mode): \"a\"");
  EXPECT_NE(built(tree, "{}").find("a: ${a}"), std::string::npos);
  FluxOptions options;
  options.variables = {Value::map({{"a", "first"}}), Value::map({{"a", "second"}})};
  EXPECT_NE(built(tree, "{}", options).find("a: second"), std::string::npos);
}

TEST(Flux, common_metadata_is_set_last) {
  auto tree = memory_tree({{"a.yaml", kMap}});
  EXPECT_NE(built(tree, "{commonMetadata: {labels: {team: x}}}").find("  labels:\n    team: x\n"), std::string::npos);
}

}  // namespace
}  // namespace taut::kustomize
