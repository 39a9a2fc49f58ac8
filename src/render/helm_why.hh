// Why a field of what a chart renders has its value: the line of the template that wrote it, and the values that it was
// made of, with the files that gave them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "helm/render.hh"
#include "helm/values_sources.hh"

namespace taut::render {

// One place that says what a value is.
struct ValueSource {
  std::string what;  // "--set", "values file", "values.yaml of web"
  std::string file;  // "" for a flag
  uint32_t line = 0;
  std::string text;  // of a flag: as it was given
  Value value;
};

struct ValueUse {
  std::string name;  // ".Values.image.tag", from the root chart
  std::optional<Value> value;
  std::vector<ValueSource> sources;  // the one that counts first, then those it is written over
};

// A part of a template that wrote some of the field.
struct TemplatePart {
  std::string file;
  uint32_t line = 0;
  std::string code;  // the line
  bool literal = false;                // as it stands in the template
  std::vector<std::string> inside;     // "templates/web.yaml:3 {{ if .Values.on }}", outermost first
  std::vector<ValueUse> values;
};

struct HelmWhy {
  std::string object;  // "Deployment/web"
  std::string field;   // ".spec.replicas"
  Value value;
  std::vector<TemplatePart> parts;
};

struct HelmWhyInput {
  helm::ChartPtr chart;
  helm::ValueSources sources;
  helm::ReadFile read_file;
  helm::RenderOptions options;
};

// `query`: "Deployment/web:spec.replicas", "web:.spec.template.spec.containers[0].image", "spec.replicas" where one object
// has it. Errors: those of helm::render_release; kNotFound: no such object or field; kInvalid: more than one is meant.
Result<HelmWhy> helm_why(const HelmWhyInput& input, std::string_view query);

}  // namespace taut::render
