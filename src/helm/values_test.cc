// Values and dependencies of charts within charts, seen through what templates print.
#include <gtest/gtest.h>

#include "helm/test_charts.hh"
#include "helm/values_sources.hh"
#include "value/json.hh"

namespace taut::helm {
namespace {

constexpr std::string_view kPrint = "# {{ toJson .Values }}\n";

// The values of the root chart and of its one subchart, as JSON.
std::string values_of(std::string_view parent, std::string_view sub, std::string_view user,
                      std::string_view dependency = "{name: sub, version: 0.1.0}", Compat compat = Compat::kHelm42) {
  std::string chart = "apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies: [" + std::string(dependency) + "]\n";
  auto loaded = chart_of({{"Chart.yaml", chart},
                          {"values.yaml", parent},
                          {"templates/v.yaml", kPrint},
                          {"charts/sub/Chart.yaml", "name: sub\nversion: 0.1.0\n"},
                          {"charts/sub/values.yaml", sub}});
  if (!loaded) return loaded.error().message();
  RenderOptions options;
  options.compat = compat;
  RenderCache cache;
  auto rendering = render_release(*loaded, *read_values(user), options, cache);
  if (!rendering) return rendering.error().message();
  return rendering->manifests.empty() ? "" : rendering->manifests[0].text.substr(2);
}

std::string trimmed(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

TEST(HelmValues, those_of_the_user_win_and_null_deletes_a_default) {
  EXPECT_EQ(trimmed(values_of("a: 1\nb: {x: 1, z: 2}\n", "", "a: 2\nb: {x: null}\n")),
            R"({"a":2,"b":{"z":2},"sub":{"global":{}}})");
}

TEST(HelmValues, a_parent_sets_the_values_of_its_subchart) {
  EXPECT_EQ(trimmed(values_of("sub: {a: 2}\n", "a: 1\nb: 1\n", "sub: {b: 3}\n")), R"({"sub":{"a":2,"b":3,"global":{}}})");
  EXPECT_EQ(trimmed(values_of("", "a: {x: 1, z: 2}\n", "sub: {a: {x: null}}\n")),
            R"({"sub":{"a":{"z":2},"global":{}}})");
}

TEST(HelmValues, globals_go_down_and_deeper_defaults_come_back_up) {
  EXPECT_EQ(trimmed(values_of("global: {a: {b: {c: 1}}}\n", "global: {a: {b: {d: 2}}}\n", "")),
            R"({"global":{"a":{"b":{"c":1,"d":2}}},"sub":{"global":{"a":{"b":{"c":1,"d":2}}}}})");
}

TEST(HelmValues, nulls_in_defaults_are_kept_by_4_1_only) {
  EXPECT_EQ(trimmed(values_of("a: null\nb: {c: null}\n", "", "b: {d: 1}\n", "{name: sub}", Compat::kHelm41)),
            R"({"a":null,"b":{"c":null,"d":1},"sub":{"global":{}}})");
  EXPECT_EQ(trimmed(values_of("a: null\nb: {c: null}\n", "", "b: {d: 1}\n", "{name: sub}")),
            R"({"b":{"d":1},"sub":{"global":{}}})");
}

TEST(HelmValues, what_is_no_table_cannot_be_a_subcharts) {
  EXPECT_EQ(values_of("sub: text\n", "", ""), "chart dependencies processing failed: type mismatch on sub: %!t(string=text)");
}

TEST(HelmDependencies, conditions_beat_tags_and_tags_beat_nothing) {
  constexpr std::string_view kBoth = "{name: sub, version: 0.1.0, condition: 'x.no,sub.use', tags: [t]}";
  auto enabled = [&](std::string_view user) { return values_of("", "k: 1\n", user, kBoth).find("\"k\"") != std::string::npos; };
  EXPECT_TRUE(enabled(""));
  EXPECT_FALSE(enabled("tags: {t: false}\n"));
  EXPECT_TRUE(enabled("tags: {t: false}\nsub: {use: true}\n"));
  EXPECT_FALSE(enabled("sub: {use: false}\n"));
  EXPECT_TRUE(enabled("sub: {use: \"false\"}\n"));
}

TEST(HelmDependencies, an_alias_names_the_chart_if_its_version_is_in_range) {
  EXPECT_EQ(trimmed(values_of("", "k: 1\n", "", "{name: sub, version: ^0.1, alias: other}")),
            R"({"other":{"global":{},"k":1}})");
  EXPECT_EQ(trimmed(values_of("", "k: 1\n", "", "{name: sub, version: ^2, alias: other}")),
            R"({"sub":{"global":{},"k":1}})");
}

TEST(HelmDependencies, values_are_imported_below_the_parents_own) {
  constexpr std::string_view kImport =
      "{name: sub, version: 0.1.0, import-values: [data, {child: deep.er, parent: here}]}";
  EXPECT_EQ(trimmed(values_of("a: mine\n", "exports: {data: {a: 1, b: 2}}\ndeep: {er: {c: 3}}\n", "", kImport)),
            R"({"a":"mine","b":2,"here":{"c":3},"sub":{"deep":{"er":{"c":3}},"exports":{"data":{"a":1,"b":2}},"global":{}}})");
}

TEST(HelmDependencies, missing_ones_are_named) {
  EXPECT_EQ(rendered({{"Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies: [{name: a}, {name: b}]\n"}}),
            "an error occurred while checking for chart dependencies. You may need to run `helm dependency build` to "
            "fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: a, b");
}

TEST(HelmValueSources, flags_rank_by_their_kind_whatever_their_order) {
  ValueSources sources;
  sources.files = {{"a.yaml", "a: 1\nb: {x: 1}\n"}, {"b.yaml", "b: {z: 2}\n"}};
  sources.json = {R"({"a":2})", R"(c=[1])"};
  sources.typed = {"a=3,d=4"};
  sources.strings = {"d=5"};
  auto values = merge_value_sources(sources, {});
  ASSERT_TRUE(values);
  EXPECT_EQ(to_json(*values), R"({"a":3,"b":{"x":1,"z":2},"c":[1],"d":"5"})");
  sources.typed = {"a"};
  EXPECT_EQ(merge_value_sources(sources, {}).error().message(), "failed parsing --set data: key \"a\" has no value");
}

}  // namespace
}  // namespace taut::helm
