#include "render/helm.hh"

#include <gtest/gtest.h>

#include "render/field_origins.hh"
#include "tree/memory.hh"
#include "value/json.hh"

namespace taut::render {
namespace {

TreePtr repository() {
  return memory_tree({
      {"apps/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"},
      {"apps/web/values.yaml", "color: red\nsize: 1\nlist: []\n"},
      {"apps/web/values-prod.yaml", "color: blue\n"},
      {"apps/web/note.txt", "hello"},
      {"apps/web/envs/a.yaml", "size: 2\n"},
      {"apps/web/envs/b.yaml", "size: 3\n"},
      {"shared.yaml", "color: green\n"},
      {"apps/web/crds/crd.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
                                 "metadata: {name: x}\n"},
      {"apps/web/templates/cm.yaml",
       "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace }}\n"
       "data:\n  color: {{ .Values.color | quote }}\n  size: {{ .Values.size | toString | quote }}\n"
       "  list: {{ .Values.list | toJson | quote }}\n  text: {{ .Values.text | quote }}\n"},
      {"apps/web/templates/tests/t.yaml",
       "apiVersion: v1\nkind: Pod\nmetadata:\n  name: t\n  annotations: {\"helm.sh/hook\": test}\n"},
  });
}

Result<Rendered> run(std::string_view options) {
  RenderInput input;
  input.tree = repository();
  input.path = "apps/web";
  input.source = Value::map({{"helm", *parse_json(options)}});
  input.application = "shop";
  input.ns = "prod";
  return render(input);
}

// The data of the ConfigMap, or the error.
std::string data(std::string_view options) {
  auto rendered = run(options);
  if (!rendered) return rendered.error().message();
  for (const RenderedObject& item : rendered->objects) {
    if (item.object["kind"] == Value("ConfigMap")) return to_json(item.object["data"]);
  }
  return "none";
}

TEST(RenderHelm, a_folder_with_a_chart_is_rendered_for_its_application) {
  auto rendered = run("{}");
  ASSERT_TRUE(rendered) << rendered.error().report();
  EXPECT_EQ(rendered->type, SourceType::kHelm);
  ASSERT_EQ(rendered->objects.size(), 3u);
  EXPECT_EQ(rendered->objects[0].origin.to_string(), "apps/web/crds/crd.yaml");
  EXPECT_EQ(to_json(rendered->objects[1].object["metadata"]), R"({"name":"shop","namespace":"prod"})");
  EXPECT_EQ(rendered->objects[1].origin.to_string(), "apps/web/templates/cm.yaml");
  EXPECT_EQ(rendered->objects[2].origin.to_string(), "apps/web/templates/tests/t.yaml");
}

TEST(RenderHelm, a_trace_tells_the_lines_of_templates) {
  RenderInput input;
  input.tree = memory_tree({
      {"web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"},
      {"web/values.yaml", "labels: {app: web, tier: front}\n"},
      {"web/templates/_help.tpl", "{{ define \"labels\" }}\n{{ toYaml .Values.labels }}\n{{ end }}\n"},
      {"web/templates/web.yaml", "# first\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n  labels:\n"
                                 "    {{- include \"labels\" . | nindent 4 }}\ndata:\n  a: x\n  {{- range $i := until 2 }}\n  k{{ $i }}: v{{ $i }}\n  {{- end }}\n"},
  });
  input.path = "web";
  input.application = "shop";
  input.trace = true;
  auto rendered = render(input);
  ASSERT_TRUE(rendered) << rendered.error().report();
  EXPECT_EQ(rendered->objects[0].origin.to_string(), "web/templates/web.yaml:3");
  std::string lines;
  for (const FieldOrigin& field : field_origins(*rendered, rendered->objects[0], *input.tree))
    lines += fmt::format("{} {}:{}\n", field.pointer, field.file, field.line);
  EXPECT_EQ(lines, "/apiVersion web/templates/web.yaml:2\n/data/a web/templates/web.yaml:9\n/data/k0 web/templates/web.yaml:11\n"
                   "/data/k1 web/templates/web.yaml:11\n/kind web/templates/web.yaml:3\n/metadata/labels/app web/templates/web.yaml:7\n"
                   "/metadata/labels/tier web/templates/web.yaml:7\n/metadata/name web/templates/web.yaml:5\n");
}

TEST(RenderHelm, values_rank_files_then_values_then_parameters) {
  EXPECT_EQ(data(R"({"valueFiles":["values-prod.yaml"]})"), R"({"color":"blue","list":"[]","size":"1","text":null})");
  EXPECT_EQ(data(R"({"valueFiles":["values-prod.yaml"],"values":"color: pink"})"),
            R"({"color":"pink","list":"[]","size":"1","text":null})");
  EXPECT_EQ(data(R"({"values":"color: pink","valuesObject":{"size":7},"parameters":[{"name":"color","value":"a,b"}]})"),
            R"({"color":"a,b","list":"[]","size":"7","text":null})");
  EXPECT_EQ(data(R"({"parameters":[{"name":"list","value":"{1,x}"},{"name":"size","value":"5","forceString":true}],
                     "fileParameters":[{"name":"text","path":"note.txt"}]})"),
            R"({"color":"red","list":"[1,\"x\"]","size":"5","text":"hello"})");
}

TEST(RenderHelm, value_files_may_be_globs_and_stand_anywhere_in_the_repository) {
  EXPECT_EQ(data(R"({"valueFiles":["envs/*.yaml","/shared.yaml"]})"),
            R"({"color":"green","list":"[]","size":"3","text":null})");
  EXPECT_EQ(data(R"({"valueFiles":["values-$ARGOCD_APP_NAMESPACE.yaml"]})"),
            R"({"color":"blue","list":"[]","size":"1","text":null})");
  EXPECT_EQ(data(R"({"valueFiles":["none.yaml"]})"), "open none.yaml: no such file or directory");
  EXPECT_EQ(data(R"({"valueFiles":["none.yaml"],"ignoreMissingValueFiles":true})"),
            R"({"color":"red","list":"[]","size":"1","text":null})");
}

TEST(RenderHelm, crds_and_tests_can_be_left_out) {
  auto rendered = run(R"({"skipCrds":true,"skipTests":true,"releaseName":"other"})");
  ASSERT_TRUE(rendered);
  ASSERT_EQ(rendered->objects.size(), 1u);
  EXPECT_EQ(rendered->objects[0].object["metadata"]["name"], Value("other"));
}

TEST(RenderHelm, what_is_made_at_random_or_of_the_time_is_named) {
  RenderInput input;
  input.tree = memory_tree({
      {"Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n"},
      {"templates/secret.yaml",
       "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  annotations: {at: {{ now | date \"2006-01-02\" | quote }}}\n"
       "data:\n  user: {{ b64enc \"db\" }}\n  password: {{ randAlphaNum 24 | b64enc }}\n"},
  });
  input.application = "db";
  auto rendered = render(input);
  ASSERT_TRUE(rendered) << rendered.error().report();
  EXPECT_EQ(rendered->objects[0].generated, (std::vector<std::string>{"/data/password", "/metadata/annotations/at"}));
}

}  // namespace
}  // namespace taut::render
