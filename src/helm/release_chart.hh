// A chart within one release: the shared Chart, under the name that it has there, with the dependencies that are
// enabled and the values that were imported.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "helm/chart.hh"

namespace taut::helm {

struct ReleaseChart {
  ChartPtr chart;
  std::string name;                      // the alias, if it has one
  std::vector<Dependency> dependencies;  // as `.Chart.Dependencies` shows them
  Value values;                          // its defaults; null when there are none
  std::deque<ReleaseChart> charts;       // never moved: children point to their parents
  const ReleaseChart* parent = nullptr;

  bool is_root() const { return parent == nullptr; }
  // "parent/charts/child".
  std::string full_path() const {
    return parent ? parent->full_path() + "/charts/" + name : name;
  }
};

// The chart with all that it vendors, before any dependency is looked at. `out` must not be moved afterwards.
void make_release_chart(ChartPtr chart, const ReleaseChart* parent, ReleaseChart& out);

}  // namespace taut::helm
