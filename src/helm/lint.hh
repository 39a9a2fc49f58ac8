// What `helm lint` says of a chart (helm 4, pkg/chart/v2/lint): the rules of Chart.yaml, values.yaml, templates,
// dependencies and crds/, in helm's order and words.
#pragma once

#include <string>
#include <vector>

#include "helm/render.hh"
#include "tree/tree.hh"

namespace taut::helm {

enum class Severity : uint8_t { kInfo, kWarning, kError };

struct LintMessage {
  Severity severity;
  std::string path;  // within the chart; the chart's folder for its dependencies
  std::string text;

  // "[WARNING] Chart.yaml: ...".
  std::string to_string() const;
};

struct LintOptions {
  std::string folder;  // of the chart, as messages name it
  RenderOptions render;  // the release's name is helm's own here
};

// `values` are the user's.
std::vector<LintMessage> lint_chart(const Tree& chart, const Value& values, const LintOptions& options);

// lint_chart_file.cc: the rules of Chart.yaml. Nothing but them.
void lint_chart_file(const Tree& chart, std::vector<LintMessage>& out);

// lint_objects.cc: the rules of one rendered template. False where a document cannot be read: nothing after it is
// looked at.
bool lint_rendered(const std::string& file, std::string_view text, const KubeVersion& version, std::vector<LintMessage>& out);
// Those of a file of crds/.
bool lint_crd(const std::string& file, std::string_view text, std::vector<LintMessage>& out);

}  // namespace taut::helm
