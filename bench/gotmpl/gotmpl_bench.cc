// How fast templates are parsed and run, in the way that charts are written: helpers that are included, values that are
// looked up, pieces of YAML that are indented. One iteration of Render makes a hundred Deployments.
#include <benchmark/benchmark.h>

#include "lang/gotmpl/execution.hh"
#include "lang/gotmpl/funcs/table.hh"

namespace taut::gotmpl {
namespace {

constexpr std::string_view kHelpers = R"({{/* Names and labels. */}}
{{- define "app.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- define "app.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}
)";

constexpr std::string_view kDeployments = R"({{- $root := . -}}
{{- range $i, $component := .Values.components }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "app.fullname" $root }}-{{ $component.name }}-{{ $i }}
  labels:
    {{- include "app.labels" $root | nindent 4 }}
spec:
  replicas: {{ $component.replicas | default 1 }}
  selector:
    matchLabels: {{- include "app.labels" $root | nindent 6 }}
  template:
    spec:
      {{- if and $component.enabled (not (empty $component.image)) }}
      containers:
      - name: {{ $component.name }}
        image: "{{ $component.image.repository }}:{{ $component.image.tag | default $root.Chart.AppVersion }}"
        {{- with $component.resources }}
        resources: {{- toYaml . | nindent 10 }}
        {{- end }}
        env:
        {{- range $key, $value := $component.env }}
        - name: {{ $key | upper | replace "." "_" }}
          value: {{ tpl $value $root | quote }}
        {{- end }}
      {{- end }}
{{- end }}
)";

taut::Value data() {
  using taut::Value;
  Value component = Value::map({
      {"name", "server"},
      {"enabled", true},
      {"image", Value::map({{"repository", "example.org/server"}, {"tag", "1.25"}})},
      {"resources", Value::map({{"limits", Value::map({{"cpu", "1"}, {"memory", "1Gi"}})},
                                {"requests", Value::map({{"cpu", "100m"}, {"memory", "128Mi"}})}})},
      {"env", Value::map({{"log.level", "info"}, {"name", "{{ .Release.Name }}"}, {"url", "http://{{ .Chart.Name }}:80"}})},
  });
  Value components = Value::list();
  for (int i = 0; i < 100; ++i) components.push_back(component);
  return Value::map({
      {"Values", Value::map({{"components", components}, {"commonLabels", Value::map({{"team", "web"}})}})},
      {"Release", Value::map({{"Name", "rel"}, {"Namespace", "testns"}})},
      {"Chart", Value::map({{"Name", "app"}, {"AppVersion", "4.5"}})},
  });
}

void Parse(benchmark::State& state) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += kDeployments;
  for (auto _ : state) benchmark::DoNotOptimize(parse("t", text, helm_functions()));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
}
BENCHMARK(Parse);

void Render(benchmark::State& state) {
  TemplateSet set(helm_functions());
  taut::Value values = data();
  if (!set.parse("h", kHelpers) || !set.parse("t", kDeployments)) return state.SkipWithError("does not parse");
  size_t bytes = 0;
  for (auto _ : state) {
    Heap heap;
    Environment environment;
    Execution run(set, heap, environment);
    auto out = run.render("t", heap.wrap(values, Numbers::kFloat64));
    if (!out) return state.SkipWithError(out.error().message().c_str());
    bytes += out->size();
    state.counters["heap"] = static_cast<double>(heap.used());
  }
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}
BENCHMARK(Render);

}  // namespace
}  // namespace taut::gotmpl

BENCHMARK_MAIN();
