#include <gtest/gtest.h>

#include "dialect/flux/helm_post_render.hh"
#include "dialect/flux/helm_repository.hh"
#include "dialect/flux/helm_values.hh"
#include "base/base64.hh"
#include "tree/memory.hh"
#include "value/json.hh"

namespace taut::flux {
namespace {

Value json(std::string_view text) { return *parse_json(text); }

TreePtr shop(const std::string& version) {
  return memory_tree({{"Chart.yaml", "apiVersion: v2\nname: shop\nversion: " + version + "\n"}, {"values.yaml", "a: 1\nb: 1\n"}, {"prod.yaml", "b: 2\n"}});
}

class FakeClient : public HelmClient {
 public:
  Result<Index> refresh() override { return Index{"sha256:abc", 3120}; }
  Result<std::string> find(const std::string& chart, const std::string& range) override {
    asked = range;
    if (chart != "shop") return fail(Code::kNotFound, "no chart name found");
    return std::string("1.2.0");
  }
  Result<TreePtr> files(const std::string&, const std::string& version) override { return shop(version); }
  std::string asked;
};

Value chart(std::string_view spec) {
  Value out = json(R"({"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "HelmChart", "metadata": {"name": "c", "namespace": "apps", "generation": 3}})");
  out.set("spec", json(spec));
  return out;
}

TEST(HelmCharts, are_pulled_by_version) {
  FakeClient client;
  auto built = build_chart(chart(R"({"chart": "shop", "version": "1.x"})"), {.client = &client});
  ASSERT_TRUE(built) << built.error().message;
  EXPECT_EQ(client.asked, "1.x");
  EXPECT_EQ(built->summary, "pulled 'shop' chart with version '1.2.0'");
  EXPECT_EQ(built->artifact.revision, "1.2.0");
  built = build_chart(chart(R"({"chart": "none"})"), {.client = &client});
  EXPECT_EQ(built.error().reason, "InvalidChartReference");
  EXPECT_EQ(built.error().message, "invalid chart reference: failed to get chart version for remote reference: no chart name found");
  EXPECT_TRUE(built.error().stalled);
}

TEST(HelmCharts, values_files_make_another_chart) {
  FakeClient client;
  auto plain = build_chart(chart(R"({"chart": "shop", "valuesFiles": ["values.yaml"]})"), {.client = &client});
  EXPECT_EQ(plain->artifact.revision, "1.2.0");
  auto built = build_chart(chart(R"({"chart": "shop", "valuesFiles": ["values.yaml", "prod.yaml"]})"), {.client = &client});
  ASSERT_TRUE(built) << built.error().message;
  EXPECT_EQ(built->artifact.revision, "1.2.0+3");
  EXPECT_EQ(built->summary, "packaged 'shop' chart with version '1.2.0+3' and merged values files [values.yaml prod.yaml]");
  EXPECT_EQ(built->artifact.chart->values, json(R"({"a": 1, "b": 2})"));
  EXPECT_NE(built->artifact.digest, plain->artifact.digest);
  built = build_chart(chart(R"({"chart": "shop", "valuesFiles": ["none.yaml"]})"), {.client = &client});
  EXPECT_EQ(built.error().message, "values files merge error: failed to merge chart values: no values file found at path 'none.yaml'");
  EXPECT_TRUE(build_chart(chart(R"({"chart": "shop", "valuesFiles": ["none.yaml", "prod.yaml"], "ignoreMissingValuesFiles": true})"), {.client = &client}));
}

TEST(HelmCharts, of_files_may_carry_their_revision) {
  MemoryTreeBuilder files;
  ASSERT_TRUE(files.file("charts/shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.2.0\n"));
  Artifact source{.revision = "main@sha1:0123456789abcdef", .sha = "0123456789abcdef", .digest = "d", .tree = files.build()};
  auto built = build_chart(chart(R"({"chart": "./charts/shop", "reconcileStrategy": "Revision"})"), {.files = source});
  ASSERT_TRUE(built) << built.error().message;
  EXPECT_EQ(built->artifact.revision, "1.2.0+0123456789ab");
  EXPECT_EQ(built->artifact.chart->metadata.version, "1.2.0+0123456789ab");
  EXPECT_EQ(build_chart(chart(R"({"chart": "./charts/shop"})"), {.files = source})->artifact.revision, "1.2.0");
  EXPECT_EQ(build_chart(chart(R"({"chart": "./none"})"), {.files = source}).error().reason, "InvalidChartReference");
}

TEST(HelmRepositories, tell_their_index) {
  FakeClient client;
  Value repository = json(R"({"kind": "HelmRepository", "metadata": {"name": "r", "namespace": "apps"}, "spec": {"url": "https://charts.example.com/"}})");
  auto place = read_helm_place(repository);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->url, "https://charts.example.com");
  auto index = fetch_index(*place, client);
  ASSERT_TRUE(index);
  EXPECT_EQ(index->revision, "sha256:abc");
  EXPECT_EQ(index_event(*place, index->size), "stored fetched index of size 3.12kB from 'https://charts.example.com'");
  repository.edit("spec").set("url", "oci://ghcr.io/charts");
  EXPECT_EQ(read_helm_place(repository).error().message(), "invalid Helm repository URL: 'oci' URL scheme cannot be used with 'default' HelmRepository type");
  repository.edit("spec").set("type", "oci");
  EXPECT_TRUE(read_helm_place(repository)->oci);
}

Result<Value> compose(std::string_view spec) {
  return compose_values(json(spec), "apps", [](const std::string& kind, const std::string& name) -> Result<Value> {
    if (name == "none") return fail(Code::kNotFound, "{} \"none\" not found", kind);
    std::string text = "a: 1\nb: {x: 1, z: 1}\n";
    if (kind == "ConfigMap") return Value::map({{"kind", kind}, {"data", Value::map({{"values.yaml", text}, {"port", "8080"}, {"list", "x,y"}, {"quoted", "'8080'"}, {"two", "a: 1\n---\nb: 2\n"}})}});
    return Value::map({{"kind", kind}, {"data", Value::map({{"values.yaml", base64_encode("b: {z: 2}\n")}, {"bad", base64_encode("hunter2: [")}})}});
  });
}

TEST(HelmValues, later_references_win_and_the_object_has_the_last_word) {
  auto values = compose(R"({"valuesFrom": [{"kind": "ConfigMap", "name": "c"}, {"kind": "Secret", "name": "s"}], "values": {"a": 9}})");
  ASSERT_TRUE(values) << values.error().message();
  EXPECT_EQ(*values, json(R"({"a": 9, "b": {"x": 1, "z": 2}})"));
  EXPECT_EQ(*compose(R"({"valuesFrom": [{"kind": "ConfigMap", "name": "c", "valuesKey": "two"}]})"), json(R"({"a": 1})"));
}

TEST(HelmValues, a_path_is_set_as_helm_sets_it) {
  auto at = [](std::string_view ref) { return *compose(fmt::format(R"({{"valuesFrom": [{{"kind": "ConfigMap", "name": "c", "targetPath": "p", {}}}]}})", ref)); };
  EXPECT_EQ(at(R"("valuesKey": "port")"), json(R"({"p": 8080})"));
  EXPECT_EQ(at(R"("valuesKey": "quoted")"), json(R"({"p": "8080"})"));
  EXPECT_EQ(at(R"("valuesKey": "list", "literal": true)"), json(R"({"p": "x,y"})"));
}

TEST(HelmValues, a_path_wins_over_the_object_where_no_reference_holds_what_is_above_it) {
  auto at = [](std::string_view path, std::string_view own, std::string_view first = "") {
    return *compose(fmt::format(R"({{"valuesFrom": [{}{{"kind": "ConfigMap", "name": "c", "valuesKey": "port", "targetPath": "{}"}}], "values": {}}})", first, path, own));
  };
  EXPECT_EQ(at("web.port", R"({"web": {"port": 1, "x": 2}})"), json(R"({"web": {"port": 8080, "x": 2}})"));
  EXPECT_EQ(at("port", R"({"port": 1})"), json(R"({"port": 1})"));
  EXPECT_EQ(at("l", R"({"l": [1]})"), json(R"({"l": [1]})"));
  EXPECT_EQ(at("l[0].a.b", R"({"l": [{"a": {"b": 1}}]})"), json(R"({"l": [{"a": {"b": 8080}}]})"));
  EXPECT_EQ(at("b.z", R"({"b": {"z": 7}})", R"({"kind": "ConfigMap", "name": "c"}, )"), json(R"({"a": 1, "b": {"x": 1, "z": 7}})"));
}

TEST(HelmValues, what_is_missing_is_named_and_secrets_are_not) {
  EXPECT_TRUE(compose(R"({"valuesFrom": [{"kind": "Secret", "name": "none", "optional": true}]})"));
  EXPECT_EQ(compose(R"({"valuesFrom": [{"kind": "ConfigMap", "name": "c", "valuesKey": "k"}]})").error().message(),
            "could not resolve ConfigMap chart values reference 'apps/c' with key 'k': key not found");
  auto secret = compose(R"({"valuesFrom": [{"kind": "Secret", "name": "s", "valuesKey": "bad"}]})");
  EXPECT_EQ(secret.error().message().find("hunter2"), std::string::npos) << secret.error().message();
}

TEST(HelmPostRenderers, change_templates_and_hooks_as_told) {
  const std::map<std::string, std::string> rendered = {
      {"shop/templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"},
      {"shop/templates/hook.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: h, annotations: {helm.sh/hook: pre-install}}\n"},
      {"shop/templates/none.yaml", "\n"}};
  auto changed = [&](std::string_view strategy) {
    Value object = json(R"({"metadata": {"name": "shop", "namespace": "apps"}, "spec": {"chart": {}, "commonMetadata": {"labels": {"team": "red"}},
        "postRenderers": [{"kustomize": {"patches": [{"patch": "- {op: add, path: /data, value: {k: v}}", "target": {"name": "a"}}]}}]}})");
    object.edit("spec").set("postRenderStrategy", strategy);
    auto files = rendered;
    Status done = post_renderer(object, read_helm_release(object))(files);
    EXPECT_TRUE(done) << done.error().message();
    return files;
  };
  auto files = changed("");
  EXPECT_EQ(files["shop/templates/a.yaml"],
            "apiVersion: v1\ndata:\n  k: v\nkind: ConfigMap\nmetadata:\n  labels:\n    helm.toolkit.fluxcd.io/name: shop\n"
            "    helm.toolkit.fluxcd.io/namespace: apps\n    team: red\n  name: a\n");
  EXPECT_NE(files["shop/templates/hook.yaml"].find("team: red"), std::string::npos);
  EXPECT_FALSE(files.contains("shop/templates/none.yaml"));
  EXPECT_EQ(changed("nohooks")["shop/templates/hook.yaml"].find("team: red"), std::string::npos);
  EXPECT_NE(changed("separate")["shop/templates/hook.yaml"].find("team: red"), std::string::npos);
}

}  // namespace
}  // namespace taut::flux
