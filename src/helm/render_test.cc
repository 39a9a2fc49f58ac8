#include "helm/render.hh"

#include <gtest/gtest.h>

#include "helm/test_charts.hh"

namespace taut::helm {
namespace {

constexpr std::string_view kChart = "apiVersion: v2\nname: c\nversion: 1.0.0\n";

std::string of_template(std::string_view text, std::string_view values = "", Compat compat = Compat::kHelm42) {
  return rendered({{"Chart.yaml", kChart}, {"templates/t.yaml", text}, {"dir/a.txt", "one\ntwo\n"}}, values, compat);
}

TEST(HelmRender, prints_documents_in_the_order_of_installation_and_hooks_last) {
  EXPECT_EQ(rendered({{"Chart.yaml", kChart},
                      {"templates/a.yaml", "kind: Service\nmetadata: {name: s}\n---\nkind: Namespace\n"},
                      {"templates/h.yaml", "kind: Job\nmetadata: {annotations: {helm.sh/hook: pre-install}}"},
                      {"templates/u.yaml", "kind: Job\nmetadata: {annotations: {helm.sh/hook: unknown}}"},
                      {"templates/z.yaml", "kind: Zebra"},
                      {"templates/NOTES.txt", "notes of {{ .Release.Name }}"},
                      {"templates/_p.tpl", "partial"}}),
            "---\n# Source: c/templates/a.yaml\nkind: Namespace\n\n"
            "---\n# Source: c/templates/a.yaml\nkind: Service\nmetadata: {name: s}\n\n"
            "---\n# Source: c/templates/z.yaml\nkind: Zebra\n"
            "---\n# Source: c/templates/h.yaml\nkind: Job\nmetadata: {annotations: {helm.sh/hook: pre-install}}\n");
}

TEST(HelmRender, a_parents_template_replaces_its_subcharts) {
  EXPECT_EQ(rendered({{"Chart.yaml", kChart},
                      {"templates/_h.tpl", "{{ define \"who\" }}parent{{ end }}"},
                      {"charts/sub/Chart.yaml", "name: sub\nversion: 0.1.0\n"},
                      {"charts/sub/templates/_h.tpl", "{{ define \"who\" }}child{{ end }}"},
                      {"charts/sub/templates/x.yaml", "a: {{ include \"who\" . }} {{ .Template.BasePath }}"}}),
            "---\n# Source: c/charts/sub/templates/x.yaml\na: parent c/charts/sub/templates\n");
}

TEST(HelmRender, no_value_is_taken_out) {
  EXPECT_EQ(of_template("a: '{{ .Values.none }}-<no value>-'"), "---\n# Source: c/templates/t.yaml\na: '--'\n");
}

TEST(HelmRender, an_include_of_nil_has_no_fields) {
  EXPECT_EQ(of_template("{{ define \"h\" }}x{{ .Chart.Name }}{{ end }}a: {{ include \"h\" nil }}"),
            "---\n# Source: c/templates/t.yaml\na: x\n");
  EXPECT_EQ(of_template("a: {{ tpl \"{{ toYaml . }}{{ quote . }}{{ . }}{{ if . }}y{{ end }}\" nil }}"),
            "---\n# Source: c/templates/t.yaml\na: null\n");
}

TEST(HelmRender, what_one_template_sets_the_next_sees) {
  EXPECT_EQ(rendered({{"Chart.yaml", kChart},
                      {"values.yaml", "a: {}"},
                      {"templates/b.yaml", "{{ $_ := set .Values.a \"k\" \"v\" }}"},
                      {"templates/a.yaml", "x: {{ .Values.a.k }}"}}),
            "---\n# Source: c/templates/a.yaml\nx: v\n");
}

TEST(HelmRender, shows_files_capabilities_and_the_chart) {
  EXPECT_EQ(of_template("a: {{ .Files.Lines \"dir/a.txt\" | toJson }}\nb: {{ (.Files.Glob \"dir/*\").AsConfig | toJson }}\n"
                        "c: {{ .Capabilities.APIVersions.Has \"apps/v1\" }} {{ .Capabilities.APIVersions.Has \"x/v1\" }}\n"
                        "d: {{ .Chart.Name }} {{ .Chart.IsRoot }} {{ .Release.IsInstall }}"),
            "---\n# Source: c/templates/t.yaml\na: [\"one\",\"two\"]\nb: \"a.txt: |\\n  one\\n  two\"\n"
            "c: true false\nd: c true true\n");
}

TEST(HelmRender, errors_are_told_as_helm_tells_them) {
  EXPECT_EQ(of_template("{{ fail \"no way\" }}"), "execution error at (c/templates/t.yaml:1:3): no way");
  EXPECT_EQ(of_template("{{ required \"need it\" .Values.x }}"), "execution error at (c/templates/t.yaml:1:3): need it");
  EXPECT_EQ(of_template("{{ .Values.a.b }}"),
            "c/templates/t.yaml:1:10\n  executing \"c/templates/t.yaml\" at <.Values.a.b>:\n"
            "    nil pointer evaluating interface {}.b");
  EXPECT_EQ(of_template("{{ nofunc }}"), "parse error at (c/templates/t.yaml:1): function \"nofunc\" not defined");
  EXPECT_EQ(of_template("a: b: c"),
            "YAML parse error on c/templates/t.yaml: error converting YAML to JSON: yaml: mapping values are not allowed "
            "in this context");
  EXPECT_EQ(of_template("kind: A\nmetadata: {annotations: {x: [1]}}"),
            "YAML parse error on c/templates/t.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
            "array into Go struct field .metadata.annotations of type string");
}

TEST(HelmRender, values_and_the_kubernetes_version_have_the_types_that_go_shows) {
  auto shown = [](std::string_view text) {
    return rendered({{"Chart.yaml", kChart}, {"values.yaml", "m: {a: {b: 1}}\n"}, {"templates/a.yaml", text}});
  };
  EXPECT_NE(shown("v: {{ typeOf .Values }} {{ typeOf . }} {{ typeOf .Values.m }} {{ typeOf (set .Values `x` 1) }}")
                .find("v: common.Values common.Values map[string]interface {} map[string]interface {}\n"),
            std::string::npos);
  EXPECT_NE(shown("v: {{ (.Values.Table `m.a`).b }} {{ .Values.PathValue `m.a.b` }}").find("v: 1 1\n"), std::string::npos);
  EXPECT_NE(shown("v: {{ .Values.Table `m.x` }}").find("error calling Table: \"x\" is not a table"), std::string::npos);
  EXPECT_NE(shown("v: {{ dig `m` `x` 1 .Values }}").find("interface {} is common.Values, not map[string]interface {}"),
            std::string::npos);
  EXPECT_NE(shown("v: {{ .Capabilities.KubeVersion }} {{ toString .Capabilities.KubeVersion }}")
                .find("v: v1.36.0 {v1.36.0 v1.36.0 1 36}\n"),
            std::string::npos);
}

TEST(HelmRender, library_charts_and_other_clusters_are_refused) {
  EXPECT_EQ(rendered({{"Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\ntype: library\n"}}),
            "library charts are not installable");
  EXPECT_EQ(rendered({{"Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\nkubeVersion: '>=9'\n"}}),
            "chart requires kubeVersion: >=9 which is incompatible with Kubernetes v1.36.0");
}

TEST(HelmRender, values_are_held_against_the_schema) {
  Files files = {{"Chart.yaml", kChart}, {"values.schema.json", R"({"properties":{"a":{"type":"string"}}})"}};
  EXPECT_EQ(rendered(files, "a: 1"),
            "values don't meet the specifications of the schema(s) in the following chart(s):\nc:\n- at '/a': got number, "
            "want string\n");
  EXPECT_EQ(rendered(files, "a: x"), "\n");
}

TEST(HelmSplit, helm_4_1_trims_both_ends_and_4_2_the_start) {
  EXPECT_EQ(split_manifests("a: 1\n\n---  \n\nb: 2\n\n", Compat::kHelm41), (std::vector<std::string>{"a: 1", "b: 2"}));
  EXPECT_EQ(split_manifests("a: 1\n\n---  \n\nb: 2\n\n", Compat::kHelm42),
            (std::vector<std::string>{"a: 1\n\n", "b: 2\n\n"}));
  EXPECT_EQ(split_manifests("---\n# only\n---\n", Compat::kHelm41), (std::vector<std::string>{"# only"}));
  EXPECT_EQ(split_manifests("a: 1\n---b: 2", Compat::kHelm42), (std::vector<std::string>{"a: 1\n", "b: 2"}));
}

TEST(HelmPrint, show_only_takes_globs_of_templates) {
  auto chart = chart_of({{"Chart.yaml", kChart}, {"templates/a.yaml", "kind: A"}, {"templates/b.yaml", "kind: B"}});
  RenderCache cache;
  auto rendering = render_release(*chart, Value::map(), {}, cache);
  ASSERT_TRUE(rendering);
  EXPECT_EQ(*print_rendering(*rendering, {.show_only = {"templates/b*"}}, Compat::kHelm41),
            "---\n# Source: c/templates/b.yaml\nkind: B\n");
  EXPECT_EQ(print_rendering(*rendering, {.show_only = {"templates/c.yaml"}}, Compat::kHelm41).error().message(),
            "could not find template templates/c.yaml in chart");
}

}  // namespace
}  // namespace taut::helm
