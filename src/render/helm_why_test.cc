#include "render/helm_why.hh"

#include <gtest/gtest.h>

#include "tree/memory.hh"
#include "value/json.hh"

namespace taut::render {
namespace {

const TreePtr kChart = memory_tree({
    {"Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: \"7\"\ndependencies:\n- {name: db, version: 1.x, alias: store}\n"},
    {"values.yaml", "replicas: 2\nimage:\n  repo: nginx\n  tag: \"\"\nresources:\n  limits:\n    cpu: 1\nactive: true\nstore:\n  size: 5\nglobal:\n  zone: here\n"},
    {"templates/_h.tpl", "{{ define \"web.name\" -}}\n{{ .Release.Name }}-{{ .Values.suffix | default \"x\" }}\n{{- end }}\n"},
    {"templates/web.yaml",
     "kind: Deployment\napiVersion: apps/v1\nmetadata:\n  name: {{ include \"web.name\" . }}\nspec:\n{{- if .Values.active }}\n"
     "  replicas: {{ .Values.replicas }}\n{{- end }}\n  template:\n    spec:\n      containers:\n      - name: web\n"
     "        image: \"{{ .Values.image.repo }}:{{ .Values.image.tag | default .Chart.AppVersion }}\"\n        resources:\n"
     "          {{- toYaml .Values.resources | nindent 10 }}\n        args: [plain]\n"},
    {"charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n"},
    {"charts/db/values.yaml", "size: 1\n"},
    {"charts/db/templates/c.yaml", "kind: ConfigMap\nmetadata: {name: c}\ndata:\n  size: {{ .Values.size | quote }}\n  zone: {{ .Values.global.zone }}\n"},
});

// One line for each part and each source of each value.
std::string why(std::string_view query, helm::ValueSources sources = {}) {
  HelmWhyInput input;
  input.chart = *helm::load_chart(*kChart);
  input.sources = std::move(sources);
  input.options.release.name = "rel";
  auto found = helm_why(input, query);
  if (!found) return found.error().message();
  std::string out = fmt::format("{} {} = {}\n", found->object, found->field, to_json(found->value));
  for (const TemplatePart& part : found->parts) {
    out += fmt::format("{}:{}{}\n", part.file, part.line, part.literal ? " literal" : "");
    for (const std::string& block : part.inside) out += "  in " + block + "\n";
    for (const ValueUse& use : part.values) {
      out += fmt::format("  {} = {}\n", use.name, use.value ? to_json(*use.value) : "nothing");
      for (const ValueSource& source : use.sources)
        out += fmt::format("    {} {}:{} {} {}\n", source.what, source.file, source.line, source.text, to_json(source.value));
    }
  }
  return out;
}

TEST(HelmWhy, a_field_has_its_template_line_its_value_and_what_that_was_written_over) {
  EXPECT_EQ(why("Deployment/rel-x:spec.replicas", {.files = {{"prod.yaml", "# prod\nreplicas: 3\n"}}, .json = {}, .typed = {"replicas=4"}}),
            "Deployment/rel-x .spec.replicas = 4\n"
            "web/templates/web.yaml:7\n"
            "  in 6: {{- if .Values.active }}\n"
            "  .Values.replicas = 4\n"
            "    --set :0 replicas=4 4\n"
            "    values file prod.yaml:2  3\n"
            "    default of web values.yaml:1  2\n");
}

TEST(HelmWhy, what_a_template_writes_itself_is_told_with_its_line) {
  EXPECT_EQ(why("spec.template.spec.containers[0].args"),
            "Deployment/rel-x .spec.template.spec.containers[0].args = [\"plain\"]\nweb/templates/web.yaml:16 literal\n");
}

TEST(HelmWhy, a_part_of_a_map_of_values_is_followed_to_its_line) {
  EXPECT_EQ(why("spec.template.spec.containers[0].resources.limits.cpu"),
            "Deployment/rel-x .spec.template.spec.containers[0].resources.limits.cpu = 1\n"
            "web/templates/web.yaml:15\n"
            "  .Values.resources.limits.cpu = 1\n"
            "    default of web values.yaml:7  1\n");
}

TEST(HelmWhy, values_of_subcharts_come_from_their_parents_and_globals_from_above) {
  EXPECT_EQ(why("ConfigMap/c:data.size"),
            "ConfigMap/c .data.size = \"5\"\nweb/charts/store/templates/c.yaml:4\n  .Values.store.size = 5\n"
            "    default of web values.yaml:10  5\n    default of store charts/db/values.yaml:1  1\n");
  EXPECT_EQ(why("ConfigMap/c:data.zone"),
            "ConfigMap/c .data.zone = \"here\"\nweb/charts/store/templates/c.yaml:5\n  .Values.store.global.zone = \"here\"\n"
            "    default of web values.yaml:12  \"here\"\n");
}

TEST(HelmWhy, names_and_charts_have_their_places_too) {
  EXPECT_NE(why("Deployment/rel-x:metadata.name").find(".Release.Name = \"rel\""), std::string::npos);
  EXPECT_NE(why("Deployment/rel-x:spec.template.spec.containers[0].image").find("Chart.yaml Chart.yaml:4  \"7\""), std::string::npos);
}

TEST(HelmWhy, what_is_not_there_is_told) {
  EXPECT_EQ(why("Service/none:spec"), "the chart renders no object Service/none");
  EXPECT_EQ(why("Deployment/rel-x:spec.nothing"), "Deployment/rel-x has no field .spec.nothing");
  EXPECT_EQ(why("metadata.name"), "2 objects have the field .metadata.name");
}

}  // namespace
}  // namespace taut::render
