#include "helm/chart.hh"

#include <gtest/gtest.h>

#include "helm/ignore.hh"
#include "helm/test_charts.hh"

namespace taut::helm {
namespace {

constexpr std::string_view kChart = "apiVersion: v2\nname: c\nversion: 1.0.0\n";

std::string error_of(Files files) {
  auto chart = chart_of(files);
  return chart ? "ok" : chart.error().message();
}

TEST(HelmChart, sorts_files_into_templates_files_and_charts) {
  auto chart = chart_of({{"Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\nappVersion: 2.50\n"},
                         {"values.yaml", "a: 1\n---\na: 2\nb: {c: 3}\n"},
                         {"templates/x.yaml", "x"},
                         {"templates/.hidden", "x"},
                         {"README.md", "\xEF\xBB\xBFread"},
                         {"charts/sub/Chart.yaml", "name: sub\nversion: 0.1.0\n"},
                         {"charts/_off/Chart.yaml", "broken: ["},
                         {"charts/note.txt", "no chart"}});
  ASSERT_TRUE(chart) << chart.error().report();
  EXPECT_EQ((*chart)->metadata.app_version, "2.5");
  EXPECT_EQ((*chart)->values, Value::map({{"a", 2.0}, {"b", Value::map({{"c", 3.0}})}}));
  ASSERT_EQ((*chart)->templates.size(), 1u);
  ASSERT_EQ((*chart)->files.size(), 1u);
  EXPECT_EQ(*(*chart)->files[0].text, "read");
  ASSERT_EQ((*chart)->charts.size(), 1u);
  EXPECT_EQ((*chart)->charts[0]->metadata.api_version, "v1");
}

TEST(HelmChart, refuses_in_helms_words) {
  EXPECT_EQ(error_of({{"values.yaml", "a: 1"}}), "Chart.yaml file is missing");
  EXPECT_EQ(error_of({{"Chart.yaml", "apiVersion: v2\nname: c\n"}}), "validation: chart.metadata.version is required");
  EXPECT_EQ(error_of({{"Chart.yaml", "name: a/b\nversion: 1.0.0\n"}}),
            "validation: chart.metadata.name \"a/b\" is invalid");
  EXPECT_EQ(error_of({{"Chart.yaml", "name: [x]\nversion: 1.0.0\n"}}),
            "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into "
            "Go struct field Metadata.name of type string");
  EXPECT_EQ(error_of({{"Chart.yaml", kChart}, {"values.yaml", "- a"}}),
            "cannot load values.yaml: cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: "
            "json: cannot unmarshal array into Go value of type map[string]interface {}");
  EXPECT_EQ(error_of({{"Chart.yaml", kChart}, {"charts/sub/Chart.yaml", "name: sub\n"}}),
            "error unpacking subchart sub in c: validation: chart.metadata.version is required");
  EXPECT_EQ(error_of({{"Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies: [{name: a}, {name: b, "
                                     "alias: a}]\n"}}),
            "validation: more than one dependency with name or alias \"a\"");
}

TEST(HelmChart, old_charts_list_their_dependencies_in_requirements) {
  auto chart = chart_of({{"Chart.yaml", "name: c\nversion: 1.0.0\n"},
                         {"requirements.yaml", "dependencies: [{name: sub, version: 1.x, condition: sub.on}]\n"}});
  ASSERT_TRUE(chart);
  ASSERT_EQ((*chart)->metadata.dependencies.size(), 1u);
  EXPECT_EQ((*chart)->metadata.dependencies[0].condition, "sub.on");
}

TEST(HelmChart, a_file_above_the_limit_is_not_loaded) {
  auto tree = memory_tree({{"Chart.yaml", kChart}, {"big", "12345"}});
  EXPECT_EQ(load_chart(*tree, {.file = 4}).error().message(),
            "chart file \"Chart.yaml\" is larger than the maximum file size 4");
  EXPECT_EQ(load_chart_archive("no archive").error().message(), "gzip: invalid header");
}

TEST(HelmIgnore, the_first_rule_that_hits_decides) {
  auto rules = IgnoreRules::parse("# comment\n*.bak\n/top.txt\nlogs/\ndocs/*.md\n");
  ASSERT_TRUE(rules);
  EXPECT_TRUE(rules->ignores("a/b.bak", false));
  EXPECT_TRUE(rules->ignores("top.txt", false));
  EXPECT_FALSE(rules->ignores("a/top.txt", false));
  EXPECT_TRUE(rules->ignores("a/logs", true));
  EXPECT_FALSE(rules->ignores("a/logs", false));
  EXPECT_TRUE(rules->ignores("docs/x.md", false));
  EXPECT_FALSE(rules->ignores("docs/a/x.md", false));
  EXPECT_TRUE(rules->ignores("templates/.x", false));
}

TEST(HelmIgnore, a_negated_rule_ignores_what_it_does_not_match) {
  auto rules = IgnoreRules::parse("!keep.txt\n");
  EXPECT_TRUE(rules->ignores("other.txt", false));
  EXPECT_FALSE(rules->ignores("keep.txt", false));
  EXPECT_EQ(IgnoreRules::parse("a/**/b").error().message(), "double-star (**) syntax is not supported");
}

}  // namespace
}  // namespace taut::helm
