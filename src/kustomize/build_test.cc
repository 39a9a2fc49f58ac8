#include "kustomize/build.hh"

#include <gtest/gtest.h>

#include "base/strings.hh"
#include "tree/memory.hh"
#include "tree/recorder.hh"

namespace taut::kustomize {
namespace {

using FileList = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// What a build prints, or its error.
std::string run(const TreePtr& tree, std::string_view folder = "app", const BuildOptions& options = {}) {
  auto built = build(*tree, folder, options);
  return built ? to_text(*built) : built.error().message();
}
std::string run(FileList files, std::string_view folder = "app", const BuildOptions& options = {}) {
  return run(memory_tree(files), folder, options);
}

std::string config_map(std::string_view name, std::string_view more = "") {
  return fmt::format("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\n{}", name, more);
}

TEST(KustomizeBuild, prints_resources_in_legacy_order) {
  std::string files = config_map("b") + "---\n" + config_map("a") +
                      "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n";
  EXPECT_EQ(run({{"app/kustomization.yaml", "resources: [x.yaml]"}, {"app/x.yaml", files}}),
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n---\n" + config_map("a") + "---\n" + config_map("b"));
  EXPECT_EQ(run({{"app/kustomization.yaml", "resources: [x.yaml]\nsortOptions: {order: fifo}"}, {"app/x.yaml", files}})
                .substr(0, config_map("b").size()),
            config_map("b"));
}

TEST(KustomizeBuild, scalars_keep_their_spelling_until_they_are_printed) {
  std::string got = run({{"app/kustomization.yaml", "resources: [x.yaml]\nnamePrefix: v"},
                         {"app/x.yaml",
                          "apiVersion: v1\nkind: X\nmetadata:\n  name: 1.10\n  annotations: {a: 0644, b: 2024-01-01}\n"
                          "spec: {a: 0644, b: 2024-01-01, c: 1.0, d: yes}\n"}});
  EXPECT_EQ(got,
            "apiVersion: v1\nkind: X\nmetadata:\n  annotations:\n    a: \"0644\"\n    b: \"2024-01-01\"\n  name: v1.10\n"
            "spec:\n  a: 420\n  b: \"2024-01-01T00:00:00Z\"\n  c: 1\n  d: \"yes\"\n");
}

TEST(KustomizeBuild, folded_text_is_printed_as_go_yaml_reads_its_own_output) {
  std::string got = run({{"app/kustomization.yaml", "resources: [x.yaml]"},
                         {"app/x.yaml", config_map("a", "data:\n  k: >-\n    f(\n      x\n    )\n")}});
  EXPECT_NE(got.find("k: |-\n    f(\n\n      x\n    )\n"), std::string::npos) << got;
}

TEST(KustomizeBuild, references_follow_names) {
  std::string got = run({{"app/kustomization.yaml",
                          "resources: [x.yaml]\nnamePrefix: p-\n"
                          "configMapGenerator: [{name: c, literals: [a=b]}]\n"},
                         {"app/x.yaml",
                          "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  volumes:\n"
                          "  - configMap: {name: c}\n  - configMap: {name: other}\n"}});
  EXPECT_NE(got.find("name: p-c-"), got.rfind("name: p-c-")) << got;
  EXPECT_NE(got.find("name: other"), std::string::npos);
}

TEST(KustomizeBuild, errors_tell_the_chain_of_folders) {
  EXPECT_EQ(run({{"a/kustomization.yaml", "resources: [../b]"}, {"b/kustomization.yaml", "resources: [../a]"}}, "a"),
            "accumulating resources: accumulation err='accumulating resources from '../b': 'b' must resolve to a "
            "file': recursed accumulation of path 'b': accumulating resources: accumulation err='accumulating "
            "resources from '../a': 'a' must resolve to a file': cycle detected: candidate root 'a' contains visited "
            "root 'a'");
  EXPECT_EQ(run({{"app/kustomization.yaml", "resources: [none.yaml]"}}),
            "accumulating resources: accumulation err='accumulating resources from 'none.yaml': evalsymlink failure on "
            "'app/none.yaml' : lstat app/none.yaml: no such file or directory': must build at directory: not a valid "
            "directory: evalsymlink failure on 'app/none.yaml' : lstat app/none.yaml: no such file or directory");
  EXPECT_EQ(run({{"app/kustomization.yaml", "resources: [../x.yaml]"}, {"x.yaml", config_map("a")}}).find("security;"),
            std::string("accumulating resources: accumulation err='accumulating resources from '../x.yaml': ").size());
}

TEST(KustomizeBuild, an_error_in_a_file_has_its_place) {
  auto built = build(*memory_tree({{"app/kustomization.yaml", "resources: [x.yaml]"},
                                   {"app/x.yaml", config_map("a") + "---\na: b: c\n"}}),
                     "app");
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().position().to_string().substr(0, 12), "app/x.yaml:6");
}

TEST(KustomizeBuild, symlinks_are_followed_inside_and_refused_outside_of_the_folder) {
  MemoryTreeBuilder files;
  ASSERT_TRUE(files.file("app/kustomization.yaml", "resources: [in.yaml]"));
  ASSERT_TRUE(files.file("app/sub/x.yaml", config_map("a")));
  ASSERT_TRUE(files.symlink("app/in.yaml", "sub/x.yaml"));
  ASSERT_TRUE(files.file("out/kustomization.yaml", "resources: [x.yaml]"));
  ASSERT_TRUE(files.symlink("out/x.yaml", "../app/sub/x.yaml"));
  ASSERT_TRUE(files.file("loop/kustomization.yaml", "resources: [x.yaml]"));
  ASSERT_TRUE(files.symlink("loop/x.yaml", "y.yaml"));
  ASSERT_TRUE(files.symlink("loop/y.yaml", "x.yaml"));
  TreePtr tree = files.build();
  EXPECT_EQ(run(tree, "app"), config_map("a"));
  EXPECT_NE(run(tree, "out").find("security; file 'out/x.yaml' is not in or below 'out'"), std::string::npos);
  EXPECT_EQ(run(tree, "out", {.restriction = LoadRestriction::kNone}), config_map("a"));
  EXPECT_NE(run(tree, "loop").find("EvalSymlinks: too many links"), std::string::npos);
}

TEST(KustomizeBuild, a_base_that_several_overlays_share_is_read_once) {
  TreePtr tree = memory_tree({{"app/kustomization.yaml", "resources: [a, b]"},
                              {"app/a/kustomization.yaml", "resources: [../../base]\nnamePrefix: a-"},
                              {"app/b/kustomization.yaml", "resources: [../../base]\nnamePrefix: b-"},
                              {"base/kustomization.yaml", "resources: [x.yaml]\nbases: []\n"},
                              {"base/x.yaml", config_map("x")}});
  auto built = build(*tree, "app");
  ASSERT_TRUE(built);
  EXPECT_EQ(to_text(*built), config_map("a-x") + "---\n" + config_map("b-x"));
  EXPECT_EQ(built->warnings.size(), 2u) << "a warning for each time that the base is named";
}

TEST(KustomizeBuild, what_it_read_tells_when_it_must_be_built_again) {
  auto files = [](std::string_view text) {
    return memory_tree({{"app/kustomization.yaml", "resources: [x.yaml]"}, {"app/x.yaml", text}, {"other", text}});
  };
  Recorder recorder(files(config_map("a")));
  ASSERT_TRUE(build(recorder, "app"));
  EXPECT_TRUE(recorder.seen().still_true(*files(config_map("a"))));
  EXPECT_FALSE(recorder.seen().still_true(*files(config_map("b"))));
  EXPECT_FALSE(recorder.seen().contains("other"));
}

TEST(KustomizeBuild, versions_differ_where_it_shows) {
  FileList files = {{"app/kustomization.yaml", "resources: [x.yaml]\npatches: [{path: p.yaml}]"},
                            {"app/p.yaml", ""},
                    {"app/x.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"}};
  EXPECT_EQ(run(files), config_map("a"));
  EXPECT_NE(run(files, "app", {.compat = Compat::k57}), config_map("a"));
}

TEST(KustomizeBuild, charts_need_an_engine_and_leave) {
  FileList files = {{"app/kustomization.yaml", "helmCharts: [{name: c}]"}};
  EXPECT_EQ(run(files),
            "trouble configuring builtin HelmChartInflationGenerator with config: `\nname: c\n`: must specify "
            "--enable-helm");
  BuildOptions options{.enable_helm = true};
  options.helm = [](const HelmRequest& request) -> Result<std::string> {
    return config_map(request.chart["name"].as_string());
  };
  EXPECT_EQ(run(files, "app", options), config_map("c"));
}

TEST(KustomizeBuild, of_a_key_twice_in_a_patch_the_first_counts) {
  auto files = memory_tree({{"app/kustomization.yaml", "resources: [x.yaml]\npatches: [{path: p.yaml}]"},
                            {"app/x.yaml", config_map("a")},
                            {"app/p.yaml", config_map("a", "data: {k: one, k: two}\ndata: {l: three}\n")}});
  EXPECT_EQ(run(files), "apiVersion: v1\ndata:\n  k: one\nkind: ConfigMap\nmetadata:\n  name: a\n");
}

TEST(KustomizeBuild, keys_of_labels_must_read_as_text) {
  auto files = memory_tree({{"app/kustomization.yaml", "resources: [x.yaml]\nlabels: [{pairs: {'12': a}}]"}, {"app/x.yaml", config_map("a")}});
  EXPECT_NE(run(files).find("json: unsupported type: map[interface {}]interface {}"), std::string::npos);
}

TEST(KustomizeBuild, vars_that_stand_nowhere_are_told) {
  auto files = memory_tree({{"app/kustomization.yaml", "resources: [x.yaml]\nvars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: a}}]"},
                            {"app/x.yaml", config_map("a")}});
  auto built = build(*files, "app", {});
  ASSERT_TRUE(built);
  EXPECT_EQ(built->warnings.back(), "well-defined vars that were never replaced: V");
}

TEST(KustomizeBuild, a_subject_takes_the_namespace_as_it_stands_there) {
  FileList files = {{"app/kustomization.yaml", "resources: [x.yaml]\nnamespace: '12'"},
                    {"app/x.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: s, namespace: default}\n---\n"
                                   "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\n"
                                   "subjects: [{kind: ServiceAccount, name: s, namespace: default}]\n"}};
  EXPECT_NE(run(files).find("  namespace: 12\n"), std::string::npos) << run(files);
}

TEST(KustomizeBuild, subjects_of_another_shape_are_refused_where_a_namespace_is_set) {
  auto bound = [](std::string subjects) {
    return run({{"app/kustomization.yaml", "namespace: team\nresources: [r.yaml]"},
                {"app/r.yaml", "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: a}\nsubjects: " + subjects}});
  };
  const std::string where = "setting namespace on (cluster)role binding subjects: ";
  EXPECT_EQ(bound("x"), where + "wrong node kind: expected SequenceNode but got ScalarNode: node contents:\nx\n");
  EXPECT_EQ(bound("[x]"), where + "looking up name on (cluster)role binding subject: wrong node kind: expected MappingNode but got ScalarNode: node contents:\nx\n");
  EXPECT_NE(bound("[null, {name: default}]").find("namespace: team"), std::string::npos);
}

TEST(KustomizeBuild, patches_see_the_annotations_of_a_build) {
  auto patched = [](const std::string& patch) {
    return run({{"base/kustomization.yaml", "namePrefix: b-\nresources: [x.yaml]"},
                {"base/x.yaml", config_map("cm") + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {volumes: [{name: v, configMap: {name: cm}}]}\n"},
                {"app/kustomization.yaml", "resources: [../base]\nnameSuffix: -o\nbuildMetadata: [originAnnotations]\npatches:\n- target: {kind: ConfigMap}\n  patch: '" + patch + "'"}});
  };
  // There are some as soon as a JSON patch comes, so that one may be added.
  EXPECT_NE(patched(R"([{"op":"add","path":"/metadata/annotations/x","value":"y"}])").find("x: \"y\""), std::string::npos);
  // Where the object comes from is forgotten with them, what it was called is not.
  std::string got = patched(R"([{"op":"replace","path":"/metadata/annotations","value":{"z":"1"}}])");
  EXPECT_NE(got.find("kind: PatchTransformer"), std::string::npos) << got;
  EXPECT_NE(got.find("      name: b-cm-o\n"), std::string::npos) << got;
  // A strategic merge patch takes all of it.
  got = patched(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b-cm","annotations":{"$patch":"replace","z":"1"}}})");
  EXPECT_NE(got.find("      name: cm\n"), std::string::npos) << got;
}

TEST(KustomizeBuild, a_patch_cannot_give_two_the_same_name) {
  EXPECT_EQ(run({{"app/kustomization.yaml", "resources: [x.yaml]\npatches:\n- {patch: '[{\"op\": \"replace\", \"path\": \"/metadata/name\", \"value\": \"c\"}]', target: {kind: ConfigMap}}"},
                 {"app/x.yaml", config_map("a") + "---\n" + config_map("b")}}),
            "may not add resource with an already registered id: ConfigMap.v1.[noGrp]/c.[noNs]");
}

TEST(KustomizeBuild, many_items_are_no_trouble) {
  std::string list = config_map("a", "items:\n");
  for (int i = 0; i < 100'000; ++i) list += "- x\n";
  std::string got = run({{"app/kustomization.yaml", "resources: [x.yaml]\nnamePrefix: p-"}, {"app/x.yaml", list}});
  EXPECT_EQ(std::count(got.begin(), got.end(), '\n'), 100'005);
}

TEST(KustomizeBuild, expressions_that_do_not_compile_are_errors) {
  std::string base = "resources: [x.yaml]\n";
  auto with = [&](std::string_view more) {
    std::string text = base + std::string(more);
    return run({{"app/kustomization.yaml", text}, {"app/x.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"}});
  };
  EXPECT_EQ(with("patches: [{target: {name: 'a('}, patch: '[{\"op\":\"remove\",\"path\":\"/x\"}]'}]"),
            "error parsing regexp: missing closing ): `^(?:a()$`");
  EXPECT_NE(with("images: [{name: 'a(', newTag: x}]").find("missing closing )"), std::string::npos);
}

// The image that `image` becomes where `name` gets the tag "new".
std::string tagged(const std::string& name, const std::string& image) {
  std::string got = run({{"app/kustomization.yaml", "resources: [x.yaml]\nimages: [{name: '" + name + "', newTag: new}]"},
                         {"app/x.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{image: '" + image + "'}]}\n"}});
  size_t at = got.find("image: ");
  return at == got.npos ? got : got.substr(at + 7, got.find('\n', at) - at - 7);
}

TEST(KustomizeBuild, names_of_images_match_whole_with_any_tag_and_digest) {
  EXPECT_EQ(tagged("r/web", "r/web"), "r/web:new");
  EXPECT_EQ(tagged("r/web", "r/web:v1@sha256:ab_c"), "r/web:new");
  EXPECT_EQ(tagged("r/web", "r/web@sha256:"), "r/web:new");
  EXPECT_EQ(tagged("r/web", "r/web:a:b"), "r/web:a:b");
  EXPECT_EQ(tagged("r/web", "r/web@sha512:ab"), "r/web@sha512:ab");
  EXPECT_EQ(tagged("r/web", "r/webs"), "r/webs");
  EXPECT_EQ(tagged("r/web", "x/r/web"), "x/r/web");
  EXPECT_EQ(tagged("r/web:5000", "r/web:5000:v1"), "r/web:new");
}

TEST(KustomizeBuild, names_of_images_are_pieces_of_an_expression) {
  EXPECT_EQ(tagged("a.b", "a-b:v1"), "a-b:new");
  EXPECT_EQ(tagged("a.b", "aüb"), "aüb:new");
  EXPECT_EQ(tagged("a.b", "ab"), "ab");
  EXPECT_EQ(tagged("we[bx]", "wex:v1"), "wex:new");
}

}  // namespace
}  // namespace taut::kustomize
