// What templates see: .Values, .Chart, .Release, .Capabilities, .Files, .Subcharts, .Template, as Go's types.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "helm/capabilities.hh"
#include "helm/release_chart.hh"
#include "helm/table.hh"
#include "lang/gotmpl/heap.hh"

namespace taut::helm {

struct ReleaseInfo {
  std::string name = "release-name";
  std::string name_space = "default";
  int revision = 1;
  bool upgrade = false;  // .Release.IsUpgrade, else .Release.IsInstall
  bool operator==(const ReleaseInfo&) const = default;
};

// A template file of the release with what it is run on.
struct TemplateFile {
  std::string path;       // "chart/charts/sub/templates/x.yaml"
  std::string base_path;  // "chart/charts/sub/templates"
  FileText text;
  gotmpl::Map* context;   // shown to the template as common.Values
};

// Makes the contexts of a chart and its dependencies. What it makes belongs to the heap; `release`, `capabilities`,
// charts and tables must outlive the heap's use.
class TemplateObjects {
 public:
  // `watched`: contexts and values are nodes for a gotmpl::Watch, what depends on chart and release alone is constant.
  TemplateObjects(gotmpl::Heap& heap, const ReleaseInfo& release, const Capabilities& capabilities, bool watched = false);

  // All template files in the order in which helm parses and runs them: deepest paths first, then by name backwards.
  // Of library charts, only partials. `values` are the root chart's.
  std::vector<TemplateFile> files(const ReleaseChart& root, Table& values);
  gotmpl::Value capabilities() const { return capabilities_; }

 private:
  gotmpl::Map& context(const ReleaseChart& chart, gotmpl::Map* values);
  gotmpl::Value watch(gotmpl::Value node, uint32_t id = gotmpl::Watch::kNewNode) const;
  gotmpl::Value wrap(const Cell& cell);
  gotmpl::Map& wrap(const Table& table);
  gotmpl::Map& chart_object(const ReleaseChart& chart);
  gotmpl::List& dependency_objects(const ReleaseChart& chart);
  gotmpl::List& maintainer_objects(const Metadata& metadata);
  gotmpl::Map& files_object(const ReleaseChart& chart);
  gotmpl::Value text(const std::string& text) { return gotmpl::Value::text(text); }
  gotmpl::List& texts(const std::vector<std::string>& items);

  gotmpl::Heap& heap_;
  gotmpl::Value release_;
  gotmpl::Value capabilities_;
  const bool watched_;
  std::unordered_map<const Table*, gotmpl::Map*> maps_;  // tables stay shared, as Go's maps are
  std::vector<TemplateFile> found_;
};

}  // namespace taut::helm
