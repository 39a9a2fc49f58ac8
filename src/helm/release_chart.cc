#include "helm/release_chart.hh"

namespace taut::helm {

void make_release_chart(ChartPtr chart, const ReleaseChart* parent, ReleaseChart& out) {
  out.chart = std::move(chart);
  out.name = out.chart->metadata.name;
  out.dependencies = out.chart->metadata.dependencies;
  out.values = out.chart->values;
  out.parent = parent;
  out.charts.clear();
  for (const ChartPtr& child : out.chart->charts) make_release_chart(child, &out, out.charts.emplace_back());
}

}  // namespace taut::helm
