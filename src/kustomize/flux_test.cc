#include "kustomize/flux.hh"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

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
  if (Status plain = out ? check_decrypted(*out) : Status(); !plain) return plain.error().message();
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
  for (std::string_view path : {"/c", "file:///c", "https://x/c", "git@host:c", "GitHub.com/o/r", "gh:o/r"})
    EXPECT_EQ(generated(tree, "", fmt::format("{{components: ['{}']}}", path)), fmt::format("component path '{}' must be local and relative", path));
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

TEST(Flux, variables_cannot_make_two_objects_one) {
  constexpr std::string_view kOne = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: '${a}'}\n---\n"
                                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: two}\n";
  auto tree = memory_tree({{"a.yaml", kOne}});
  EXPECT_EQ(built(tree, "{postBuild: {substitute: {a: two}}}"), "in Replace: id matched 2 resources");
  EXPECT_NE(built(tree, "{postBuild: {substitute: {a: one}}}").find("namespace: one"), std::string::npos);
  EXPECT_NE(built(tree, "{postBuild: {substitute: {a: 'false'}}}").find("namespace: false"), std::string::npos);
}

TEST(Flux, common_metadata_is_set_last) {
  auto tree = memory_tree({{"a.yaml", kMap}});
  EXPECT_NE(built(tree, "{commonMetadata: {labels: {team: x}}}").find("  labels:\n    team: x\n"), std::string::npos);
}

// Files of the real sops, with the keys that open them.
std::string fixture(std::string_view name) {
  std::ifstream in(std::string(TAUT_SOURCE_DIR "/tests/sops/") + std::string(name), std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

FluxOptions with_key(const char* name) {
  FluxOptions out;
  EXPECT_TRUE(out.keys.import(name, fixture(name)));
  return out;
}

constexpr std::string_view kSops = "{decryption: {provider: sops}}";

TEST(Flux, encrypted_secrets_are_decrypted_after_the_build) {
  auto tree = memory_tree({{"login.yaml", fixture("regex-login.yaml")}});
  for (std::string_view spec : {kSops, std::string_view("{decryption: {provider: sops}, namePrefix: my-, targetNamespace: apps}")}) {
    std::string out = built(tree, spec, with_key("one.agekey"));
    EXPECT_NE(out.find("  password: correct horse\n  user: admin\n"), std::string::npos) << out;
    EXPECT_EQ(out.find("sops"), std::string::npos);
  }
  std::string refused = built(tree, kSops, with_key("two.agekey"));
  EXPECT_TRUE(refused.starts_with("decryption failed for 'Secret.v1.[noGrp]/login': failed to decrypt and format '/login' Secret data: "
                                  "cannot get sops data key: Failed to get the data key")) << refused;
  EXPECT_EQ(built(tree, "{targetNamespace: apps}"), "Secret/apps/login is SOPS encrypted, configuring decryption is required for this secret to be reconciled");
}

TEST(Flux, files_of_generators_and_patches_are_decrypted_before_it) {
  std::string base = "resources: [settings.yaml]\npatches: [{path: patch.yaml}]\n"
                     "secretGenerator: [{name: s, envs: [app.env], files: [app=settings.yml, blob.bin]}]\n";
  auto tree = memory_tree({{"base/kustomization.yaml", base},
                           {"base/settings.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n"},
                           {"base/settings.yml", "plain: text\n"},
                           {"base/patch.yaml", fixture("regex-patch.yaml")},
                           {"base/app.env", fixture("age-app.env")},
                           {"base/blob.bin", fixture("age-blob.bin")}});
  auto options = with_key("one.agekey");
  auto out = build_flux(tree, "base", parse_yaml_document(kSops)->root, options);
  ASSERT_TRUE(out) << out.error().message();
  std::string text = to_text(*out);
  EXPECT_NE(text.find("mode: patched in secret"), std::string::npos) << text;
  EXPECT_NE(text.find("  A: MQ=="), std::string::npos) << text;
  EXPECT_NE(text.find("blob.bin: YW55AWJ5dGVzCndpdGggbGluZXMK"), std::string::npos) << text;
  std::string refused = built(memory_tree({{"kustomization.yaml", "secretGenerator: [{name: s, envs: [app.env]}]"}, {"app.env", fixture("age-app.env")}}), kSops);
  EXPECT_TRUE(refused.starts_with("error decrypting sources: cannot get sops data key: ")) << refused;
  EXPECT_EQ(built(memory_tree({{"kustomization.yaml", "secretGenerator: [{name: s, envs: [gone.env]}]"}}), kSops),
            "error decrypting sources: lstat gone.env: no such file or directory");
}

TEST(Flux, an_annotation_keeps_a_secret_encrypted) {
  std::string text = fixture("regex-login.yaml");
  text.insert(text.find("    name: login\n"), "    annotations: {kustomize.toolkit.fluxcd.io/decrypt: Disabled}\n");
  std::string out = built(memory_tree({{"login.yaml", text}}), kSops, with_key("one.agekey"));
  EXPECT_NE(out.find("ENC[AES256_GCM"), std::string::npos) << out;
}

// A Secret's field that a generator of somebody else's filled.
TEST(Flux, data_in_base64_is_decrypted_too) {
  auto tree = memory_tree({{"kustomization.yaml", "secretGenerator: [{name: s, files: [app.txt=blob]}]\ngeneratorOptions: {disableNameSuffixHash: true}"},
                           {"blob", fixture("regex-login.yaml")}});
  std::string out = built(tree, kSops, with_key("one.agekey"));
  EXPECT_TRUE(out.starts_with("decryption failed for 'Secret.v1.[noGrp]/s': failed to decrypt and format '/s' Secret field 'app.txt': "
                              "failed to emit encrypted YAML file as decrypted binary: ")) << out;
}

}  // namespace
}  // namespace taut::kustomize
