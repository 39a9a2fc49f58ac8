#include "render/render.hh"

#include <gtest/gtest.h>

#include "object/id.hh"
#include "tree/memory.hh"
#include "value/json.hh"

namespace taut::render {
namespace {

using Files = std::initializer_list<std::pair<std::string_view, std::string_view>>;

std::string config(std::string_view name) {
  return fmt::format("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\n", name);
}

Result<Rendered> render_files(Files files, std::string path = "app", std::string_view source = "{}") {
  return render({.tree = memory_tree(files), .path = std::move(path), .source = *parse_json(source)});
}

// "one two": the names in order, or the error in one line.
std::string names(const Result<Rendered>& rendered) {
  if (!rendered) return rendered.error().to_string();
  std::string out;
  for (auto& item : rendered->objects) out += fmt::format("{}{}", out.empty() ? "" : " ", name_of(item.object));
  return out;
}

TEST(Render, takes_manifests_in_the_order_of_their_names) {
  std::string b = config("b"), a = config("a"), c = config("c"),
              d = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"d"}})";
  auto rendered = render_files({{"app/b.yml", b},
                                {"app/a.yaml", a},
                                {"app/d.json", d},
                                {"app/README.md", "x"},
                                {"app/sub/c.yaml", c},
                                {"x.yaml", c}});
  EXPECT_EQ(names(rendered), "a b d");
  EXPECT_EQ(rendered->type, SourceType::kDirectory);
  EXPECT_EQ(names(render_files({{"a/x/y.yaml", a}, {"a/x.yaml", b}, {"a/x-.yaml", c}}, "a",
                               R"({"directory":{"recurse":true}})")),
            "a c b");
  EXPECT_EQ(names(render_files({{"a.yaml", a}}, ".")), "a");
}

TEST(Render, include_and_exclude_see_the_path_below_the_source) {
  std::string a = config("a"), b = config("b"), c = config("c");
  Files files = {{"app/a.yaml", a}, {"app/env/b.yaml", b}, {"app/env/deep/c.yaml", c}};
  auto with = [&](std::string_view directory) {
    return names(render_files(files, "app", fmt::format(R"({{"directory":{}}})", directory)));
  };
  EXPECT_EQ(with(R"({"recurse":true})"), "a b c");
  EXPECT_EQ(with(R"({"recurse":true,"exclude":"env/*"})"), "a") << "a star crosses slashes here";
  EXPECT_EQ(with(R"({"recurse":true,"include":"{env/b.yaml,a.*}"})"), "a b");
  EXPECT_EQ(with(R"({"recurse":true,"include":"env/*","exclude":"*c.yaml"})"), "b");
  EXPECT_EQ(with(R"({"include":"[","recurse":true})"), "") << "a glob that cannot be compiled matches nothing";
}

TEST(Render, tells_file_line_and_document_of_each_object) {
  std::string two = "# head\n---\n\n" + config("one") + "---\n# only a comment\n---\n" + config("two");
  std::string list =
      "apiVersion: v1\nkind: List\nitems:\n- "
      "apiVersion: v1\n  kind: Secret\n  metadata: {name: three}\n";
  auto rendered = render_files({{"app/list.yaml", list}, {"app/two.yaml", two}});
  ASSERT_EQ(names(rendered), "three one two");
  EXPECT_EQ(rendered->objects[0].origin.to_string(), "app/list.yaml:4/items/0");
  EXPECT_EQ(rendered->objects[1].origin.to_string(), "app/two.yaml:4");
  EXPECT_EQ(rendered->objects[2].origin.to_string(), "app/two.yaml:11");
  EXPECT_GT(rendered->objects[2].origin.document, rendered->objects[1].origin.document);
}

TEST(Render, refuses_what_is_no_object_with_its_place) {
  EXPECT_EQ(
      names(render_files({{"app/a.yaml", "apiVersion: v1\nmetadata:\n  name: x\n#kind:\n"}})),
      "app/a.yaml:1:1: Failed to unmarshal \"a.yaml\": failed to unmarshal manifest: Object 'Kind' is missing");
  EXPECT_EQ(
      names(render_files({{"app/a.yaml", config("ok") + "---\n\nhello: world\n"}})),
      "app/a.yaml:7:1: Failed to unmarshal \"a.yaml\": failed to unmarshal manifest: Object 'Kind' is missing");
  EXPECT_EQ(names(render_files({{"app/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels: {}\n"}})),
            "app/a.yaml:3:1: Failed to unmarshal \"a.yaml\": failed to unmarshal manifest: ConfigMap: resource "
            "name may not be empty");
  EXPECT_EQ(names(render_files({{"app/a.yaml", "kind: ConfigMap\nmetadata:\n  name: x # apiVersion:\n"}})),
            "app/a.yaml:1:1: Failed to unmarshal \"a.yaml\": failed to unmarshal manifest: ConfigMap: Object "
            "'apiVersion' is missing");
  EXPECT_EQ(names(render_files({{"app/a.yaml", config("yes")}})),
            "app/a.yaml:4:3: Failed to unmarshal \"a.yaml\": failed to unmarshal manifest: ConfigMap: "
            "metadata.name is a bool, not a string");
  auto broken = render_files({{"app/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n bad: [\n"}});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().position().file, "app/a.yaml");
  EXPECT_NE(broken.error().position().line, 0u);
  EXPECT_TRUE(broken.error().message().starts_with(
      "Failed to unmarshal \"a.yaml\": failed to unmarshal manifest: error converting YAML to JSON: yaml: "))
      << broken.error().message();
}

TEST(Render, other_yaml_and_json_is_left_out_with_a_warning) {
  auto rendered = render_files({{"app/a.yaml", config("a")},
                                {"app/values.yaml", "replicas: 3\n"},
                                {"app/broken.yaml", "{{ template }}\n: ["},
                                {"app/package.json", R"({"name":"x"})"}});
  EXPECT_EQ(names(rendered), "a");
  ASSERT_EQ(rendered->warnings.size(), 3u);
  EXPECT_EQ(rendered->warnings[2].message,
            "skipped app/values.yaml: it is no Kubernetes manifest: Object 'Kind' is missing");
  EXPECT_EQ(names(render_files(
                {{"app/a.yaml", "# +argocd:skip-file-rendering\nkind: X\napiVersion: v1\nmetadata: [\n"}})),
            "");
}

TEST(Render, json_files_hold_one_object) {
  EXPECT_EQ(
      names(render_files({{"app/a.json", "{\"kind\":\"A\"} {}"}})),
      "app/a.json:1:14: Found multiple objects in \"a.json\". Only single objects are allowed in JSON files.");
  auto broken = render_files({{"app/a.json", "{\"kind\": nope}"}});
  ASSERT_FALSE(broken);
  EXPECT_TRUE(broken.error().message().starts_with("Failed to unmarshal \"a.json\": invalid character"))
      << broken.error().message();
  auto list = render_files({{"app/a.json",
                             "{\"kind\":\"List\",\"apiVersion\":\"v1\",\n\t\"items\":[\n{\"kind\":\"A\","
                             "\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"x\"}}]}"}});
  EXPECT_EQ(names(list), "x");
}

TEST(Render, a_byte_order_mark_is_no_content) {
  std::string mark = "\xEF\xBB\xBF",
              json = mark + R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"j"}})";
  EXPECT_EQ(names(render_files({{"app/j.json", json}, {"app/x.yaml", mark + config("x")}})), "j x");
}

TEST(Render, lists_are_taken_apart) {
  EXPECT_EQ(names(render_files({{"app/a.yaml", "apiVersion: v1\nkind: ConfigMapList\nitems: null\n"}})), "");
  EXPECT_EQ(names(render_files({{"app/a.yaml", "apiVersion: v1\nkind: List\nitems: []\n"}})), "");
  auto bad = render_files({{"app/a.yaml", "apiVersion: v1\nkind: List\nitems:\n- 1\n"}});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().position().line, 4u);
}

TEST(Render, objects_named_twice_are_told_with_both_places) {
  auto rendered = render_files({{"app/a.yaml", config("x")}, {"app/b.yaml", config("z") + "---\n" + config("x")}});
  EXPECT_EQ(names(rendered), "x z x");
  ASSERT_EQ(rendered->warnings.size(), 1u);
  EXPECT_EQ(rendered->warnings[0].kind, Warning::Kind::kDuplicate);
  EXPECT_EQ(rendered->warnings[0].message,
            "Resource /ConfigMap//x appeared 2 times among application resources: app/a.yaml:1, app/b.yaml:6");
}

TEST(Render, follows_links_to_files_inside_only) {
  MemoryTreeBuilder files;
  ASSERT_TRUE(files.file("base/x.yaml", config("x")));
  ASSERT_TRUE(files.symlink("app/in.yaml", "../base/x.yaml"));
  ASSERT_TRUE(files.symlink("app/gone.yaml", "nowhere.yaml"));
  ASSERT_TRUE(files.symlink("app/folder", "../base"));
  ASSERT_TRUE(files.symlink("app/folder.yaml", "../base"));
  auto tree = files.build();
  auto rendered = render({.tree = tree, .path = "app", .source = *parse_json(R"({"directory":{"recurse":true}})")});
  EXPECT_EQ(names(rendered), "x");
  EXPECT_EQ(rendered->warnings.size(), 2u);
  ASSERT_TRUE(files.symlink("app/out.yaml", "../../etc/passwd"));
  auto out = render({.tree = files.build(), .path = "app"});
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code(), Code::kForbidden);
  EXPECT_EQ(out.error().message(),
            "failed to get potentially valid manifests: invalid manifest file \"app/out.yaml\": illegal filepath "
            "in symlink at "
            "\"app/out.yaml\": \"../../etc/passwd\" leads out of the repository");
}

TEST(Render, says_when_the_path_is_wrong) {
  EXPECT_EQ(names(render_files({{"app/a.yaml", ""}}, "nope")), "nope: app path does not exist");
  EXPECT_EQ(names(render_files({{"app/a.yaml", ""}}, "app/a.yaml")), "app/a.yaml: app path is not a directory");
  EXPECT_EQ(names(render_files({{"app/a.yaml", ""}}, "../x")), "../x: app path outside root");
  EXPECT_EQ(names(render_files({{"app/a.yaml", ""}}, "/app")), "/app: app path is absolute");
}

TEST(Render, limits_the_size_of_all_manifests) {
  std::string big = config("x") + "data:\n  x: " + std::string(6'000'000, 'x') + "\n";
  auto rendered = render_files({{"app/a.yaml", big}, {"app/b.yaml", big}});
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().code(), Code::kLimit);
  EXPECT_EQ(rendered.error().message(),
            "failed to get potentially valid manifests: exceeded max combined manifest file size");
  std::string huge((50u << 20) + 1, 'x');
  EXPECT_EQ(render_files({{"app/a.yaml", huge}}).error().code(), Code::kLimit);
}

TEST(Render, a_yaml_bomb_is_refused) {
  std::string bomb = "apiVersion: v1\nkind: X\nmetadata: {name: x}\na0: &a0 [x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 20; ++i) {
    bomb += fmt::format("a{0}: &a{0} [*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1}]\n", i, i - 1);
  }
  auto rendered = render_files({{"app/a.yaml", bomb}});
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().position().file, "app/a.yaml");
}

TEST(Render, finds_the_kind_of_source_as_argo_cd) {
  std::string a = config("a");
  auto helm = render_files({{"app/Chart.yaml", "name: x"}});
  EXPECT_EQ(helm.error().message(), "validation: chart.metadata.version is required");
  auto kustomize = render_files({{"app/Chart.yaml", "name: x"}, {"app/kustomization.yaml", ""}});
  EXPECT_EQ(kustomize.error().message(), "kustomization.yaml is empty");
  EXPECT_EQ(names(render_files({{"app/sub/Chart.yaml", "name: x"}, {"app/a.yaml", a}})), "a");
  EXPECT_EQ(names(render_files({{"app/kustomization.yaml", "resources: []"}, {"app/a.yaml", a}}, "app",
                               R"({"directory":{"exclude":"x"}})")),
            "a");
  EXPECT_EQ(names(render_files({{"app/a.yaml", a}}, "app",
                               R"({"directory":{"recurse":true},"helm":{"releaseName":"x"}})")),
            "multiple application sources defined: Helm,Directory");
  EXPECT_EQ(render_files({{"app/kustomization.yaml", ""}}, "app", R"({"directory":{"recurse":false,"jsonnet":{}}})")
                .error()
                .message(),
            "kustomization.yaml is empty")
      << "a block that says nothing does not count";
  auto jsonnet = render_files({{"app/a.jsonnet", "{}"}});
  EXPECT_EQ(jsonnet.error().code(), Code::kUnsupported);
  EXPECT_EQ(jsonnet.error().message(), "Jsonnet file \"a.jsonnet\" cannot be rendered");
}

TEST(Render, the_repository_may_override_the_source) {
  std::string a = config("a"), b = config("b");
  Files files = {{"app/a.yaml", a},
                 {"app/sub/b.yaml", b},
                 {"app/.argocd-source.yaml", "directory: {recurse: true}\npath: other\n"},
                 {"app/.argocd-source-web.yaml", "directory: {exclude: a.yaml}\n"}};
  EXPECT_EQ(names(render_files(files)), "a b");
  auto web = render({.tree = memory_tree(files), .path = "app", .application = "web"});
  EXPECT_EQ(names(web), "b");
  EXPECT_EQ(names(render({.tree = memory_tree(files), .path = "app", .argo_overrides = false})), "a");
  auto broken = render_files({{"app/.argocd-source.yaml", "a: [\n"}});
  ASSERT_FALSE(broken);
  EXPECT_TRUE(broken.error().message().starts_with("error while parsing source parameters: yaml: "))
      << broken.error().message();
}

}  // namespace
}  // namespace taut::render
