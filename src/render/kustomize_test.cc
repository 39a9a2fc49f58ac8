#include "render/kustomize.hh"

#include <gtest/gtest.h>

#include "kustomize/build.hh"
#include "object/id.hh"
#include "render/kustomize_charts.hh"
#include "render/memo.hh"
#include "tree/memory.hh"
#include "value/json.hh"

namespace taut::render {
namespace {

constexpr std::string_view kDeployment = R"(apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - {name: c, image: nginx:1.0}
)";

TreePtr shop() {
  return memory_tree({{"base/kustomization.yaml", "resources: [web.yaml]\n"},
                      {"base/web.yaml", kDeployment},
                      {"prod/kustomization.yaml",
                       "resources: [../base]\nimages: [{name: nginx, newTag: '2.0'}]\ncommonAnnotations: {a: b}\n"},
                      {"extra/kustomization.yaml",
                       "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -x\n"}});
}

Result<Rendered> render_with(std::string_view options) {
  Value source = *parse_json(fmt::format(R"({{"kustomize":{}}})", options));
  return render({.tree = shop(), .path = "prod", .source = source, .application = "shop", .kube_version = "1.36"});
}

// The first object, or the error.
Value first(std::string_view options) {
  auto rendered = render_with(options);
  return rendered ? rendered->objects.at(0).object : Value(rendered.error().message());
}

std::string image(const Value& object) {
  return object["spec"]["template"]["spec"]["containers"][0]["image"].str();
}

TEST(RenderKustomize, builds_a_folder_and_tells_where_objects_come_from) {
  auto rendered = render_with("{}");
  ASSERT_TRUE(rendered) << rendered.error().message();
  EXPECT_EQ(rendered->type, SourceType::kKustomize);
  EXPECT_EQ(rendered->objects.at(0).origin.to_string(), "base/web.yaml:1");
  EXPECT_EQ(image(rendered->objects[0].object), "nginx:2.0");
  EXPECT_FALSE(rendered->depends_on_cluster);
}

TEST(RenderKustomize, writes_names_and_namespace_into_the_kustomization) {
  Value object = first(R"({"namePrefix":"p-","nameSuffix":"-s","namespace":"prod"})");
  EXPECT_EQ(name_of(object), "p-web-s");
  EXPECT_EQ(namespace_of(object), "prod");
}

TEST(RenderKustomize, sets_images_as_kustomize_edit_does) {
  EXPECT_EQ(image(first(R"({"images":["nginx=reg.example:5000/n:3"]})")), "reg.example:5000/n:3");
  EXPECT_EQ(image(first(R"({"images":["nginx:3"]})")), "nginx:3");
  EXPECT_EQ(image(first(R"({"images":["nginx=other:*"]})")), "other:2.0");
  EXPECT_EQ(image(first(R"({"images":["nginx:$ARGOCD_APP_NAME"]})")), "nginx:shop");
  EXPECT_EQ(first(R"({"images":["nginx"]})").str().substr(0, 23), "invalid format of image");
}

TEST(RenderKustomize, replicas_may_be_text) {
  EXPECT_EQ(first(R"({"replicas":[{"name":"web","count":"3"}]})")["spec"]["replicas"], Value(3));
  EXPECT_EQ(first(R"({"replicas":[{"name":"web","count":"x"}]})"),
            Value("expected integer value for count. Received: x"));
}

TEST(RenderKustomize, labels_go_to_selectors_unless_told_otherwise) {
  Value all = first(R"({"commonLabels":{"team":"${ARGOCD_APP_NAME}"}})");
  EXPECT_EQ(all["spec"]["selector"]["matchLabels"]["team"], Value("shop"));
  Value some = first(R"({"commonLabels":{"team":"a"},"labelWithoutSelector":true,"labelIncludeTemplates":true})");
  EXPECT_EQ(label_of(some, "team"), "a");
  EXPECT_EQ(some["spec"]["template"]["metadata"]["labels"]["team"], Value("a"));
  EXPECT_TRUE(some["spec"]["selector"]["matchLabels"]["team"].is_null());
}

TEST(RenderKustomize, an_annotation_that_is_there_needs_force) {
  EXPECT_EQ(first(R"({"commonAnnotations":{"a":"c"}})"),
            Value("annotation a already in kustomization file. Use --force to override."));
  EXPECT_EQ(annotation_of(first(R"({"commonAnnotations":{"a":"c"},"forceCommonAnnotations":true})"), "a"), "c");
}

TEST(RenderKustomize, patches_and_components) {
  EXPECT_EQ(first(R"({"patches":[{"target":{"kind":"Deployment"},
                       "patch":"- {op: add, path: /spec/paused, value: true}"}]})")["spec"]["paused"],
            Value(true));
  EXPECT_EQ(name_of(first(R"({"components":["../extra"]})")), "web-x");
  EXPECT_EQ(name_of(first(R"({"components":["../extra","../none"],"ignoreMissingComponents":true})")), "web-x");
  EXPECT_NE(first(R"({"components":["../none"]})").str().find("accumulating components"), std::string::npos);
}

TEST(RenderKustomize, charts_in_the_repository_are_rendered) {
  TreePtr tree = memory_tree(
      {{"app/kustomization.yaml",
        "namespace: prod\nhelmCharts:\n- name: web\n  releaseName: shop\n  valuesInline: {b: {c: 3}}\n"},
       {"app/charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"},
       {"app/charts/web/values.yaml", "a: 1\nb: {c: 2, d: 4}\n"},
       {"app/charts/web/templates/x.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace }}\n"
        "data: {v: '{{ .Values.a }}{{ .Values.b.c }}{{ .Values.b.d }}'}\n"}});
  kustomize::BuildOptions options{.enable_helm = true};
  options.helm = chart_renderer({});
  auto built = kustomize::build(*tree, "app", options);
  ASSERT_TRUE(built) << built.error().message();
  EXPECT_EQ(kustomize::to_text(*built),
            "apiVersion: v1\ndata:\n  v: \"134\"\nkind: ConfigMap\nmetadata:\n  name: shop\n  namespace: prod\n");
}

// A repository whose branch moves.
class MovingBase : public kustomize::Remotes {
 public:
  std::string commit = "c1", tag = "1.0";
  int asked = 0;
  Result<std::string> resolve(const std::string&, const std::string&) override { return ++asked, commit; }
  Result<TreePtr> tree(const std::string&, const std::string&) override {
    return memory_tree({{"kustomization.yaml", "resources: [web.yaml]\nimages: [{name: nginx, newTag: '" + tag + "'}]"}, {"web.yaml", kDeployment}});
  }
  Result<std::string> file(const std::string& url) override { return fail(Code::kNotFound, "{}", url); }
};

TEST(RenderKustomize, the_memo_sees_when_a_remote_base_moves) {
  Memo memo;
  MovingBase base;
  RenderInput input{.tree = memory_tree({{"app/kustomization.yaml", "resources: ['github.com/org/base?ref=main']"}}), .path = "app", .kube_version = "1.36"};
  input.remotes = &base;
  auto before = memo.render(input);
  ASSERT_TRUE(before) << before.error().message();
  EXPECT_EQ(*memo.render(input), *before);
  base.commit = "c2", base.tag = "2.0";
  auto after = memo.render(input);
  ASSERT_TRUE(after);
  EXPECT_EQ((*after)->objects[0].object["spec"]["template"]["spec"]["containers"][0]["image"].str(), "nginx:2.0");
  input.remotes = nullptr;
  EXPECT_FALSE(memo.render(input));
}

TEST(RenderKustomize, what_is_not_known_while_rendering_is_an_error) {
  EXPECT_EQ(first(R"({"images":["nginx:$ARGOCD_APP_UNHEARD_OF"]})"),
            Value("$ARGOCD_APP_UNHEARD_OF is not known while rendering"));
}

TEST(RenderKustomize, the_memo_sees_changes_in_bases) {
  Memo memo;
  RenderInput input{.tree = shop(), .path = "prod", .kube_version = "1.36"};
  auto before = memo.render(input);
  ASSERT_TRUE(before);
  input.tree = memory_tree({{"base/kustomization.yaml", "resources: [web.yaml]\n"},
                            {"base/web.yaml", kDeployment},
                            {"other", "new"},
                            {"prod/kustomization.yaml",
                             "resources: [../base]\nimages: [{name: nginx, newTag: '2.0'}]\ncommonAnnotations: {a: b}\n"}});
  EXPECT_EQ(*memo.render(input), *before) << "a file that no build reads changes nothing";
  input.tree = memory_tree({{"base/kustomization.yaml", "resources: [web.yaml]\nnamePrefix: p-\n"},
                            {"base/web.yaml", kDeployment},
                            {"prod/kustomization.yaml", "resources: [../base]\n"}});
  auto after = memo.render(input);
  ASSERT_TRUE(after);
  EXPECT_EQ(name_of((*after)->objects.at(0).object), "p-web");
}

}  // namespace
}  // namespace taut::render
