// A chart as it was loaded: metadata, templates, files, default values and the charts in charts/. Immutable and shared
// between renders and threads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "helm/metadata.hh"
#include "tree/tree.hh"
#include "value/value.hh"

namespace taut::helm {

struct ChartFile {
  std::string name;  // relative to the chart: "templates/web.yaml"
  FileText text;
};

struct Chart;
using ChartPtr = std::shared_ptr<const Chart>;

struct Chart {
  Metadata metadata;
  std::optional<Lock> lock;
  std::vector<ChartFile> templates;  // below templates/
  std::vector<ChartFile> files;      // all else that templates may read, and crds/
  std::vector<ChartFile> raw;        // values.yaml and what else `helm show` prints as it is written
  Value values;                      // null when there is no values.yaml
  FileText schema;                   // values.schema.json, or nullptr
  std::vector<ChartPtr> charts;      // of charts/, sorted by their names in that folder
  std::vector<std::string> warnings;
};

// What a chart may hold, as helm limits it.
struct ChartLimits {
  uint64_t file = 5ull << 20;
  uint64_t total = 100ull << 20;
  size_t depth = 32;  // charts within charts
  // Beyond helm's limits: of a chart with all that are packed in it.
  size_t files = 100'000;
  uint64_t unpacked = 256ull << 20;
  size_t values = 4'000'000;  // in all values.yaml together, as counted by values_bound
};

// More values than a YAML text can hold: what each of them needs is counted.
size_t values_bound(std::string_view text);

// Loads the chart at the root of a tree, a folder that may have a .helmignore. Reads every file of it. Errors in helm's
// words: "Chart.yaml file is missing", "cannot load values.yaml: ...", "validation: ...".
Result<ChartPtr> load_chart(const Tree& tree, const ChartLimits& limits = {});

// The same without looking first what the chart's version is, as `helm lint` does: other words for a Chart.yaml that is
// no map.
Result<ChartPtr> load_v2_chart(const Tree& tree);

// Loads a packaged chart (.tgz). .helmignore does not count there.
Result<ChartPtr> load_chart_archive(std::string_view bytes, const ChartLimits& limits = {});

// A file of crds/ that --include-crds prints: .yaml, .yml or .json.
bool is_crd_file(const ChartFile& file);

}  // namespace taut::helm
