// A chart as helm's commands name it, and the flags that say where it comes from (pkg/action/install.go, LocateChart).
#pragma once

#include <string>

#include "cli/flags.hh"
#include "helm/chart.hh"

namespace taut::cli {

class ChartReference {
 public:
  void declare(Flags& flags);
  // The path of the chart that `name` stands for: a folder, a .tgz. Errors in helm's words.
  Result<std::string> locate(const std::string& name) const;
  Result<helm::ChartPtr> load(const std::string& name) const;
};

// The chart in a folder or in an archive. kNotFound "path ... not found"; errors of helm::load_chart.
Result<helm::ChartPtr> load_chart_at(const std::string& path);

}  // namespace taut::cli
