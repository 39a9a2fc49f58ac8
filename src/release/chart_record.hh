// A chart as a release's record holds it, and back: metadata, lock, templates, values, schema and files of the chart
// itself. The charts below it are not kept, as in helm.
#pragma once

#include "helm/chart.hh"
#include "helm/render.hh"
#include "value/value.hh"

namespace taut::release {

// `values` and `dependencies` are those of the release: with imported values, and without what is disabled.
Value chart_record(const helm::Chart& chart, const Value& values, const std::vector<helm::Dependency>& dependencies);

// Name, version and default values of a record's chart: what merging old values needs.
helm::ChartPtr chart_of_record(const Value& record);

// The values of a record with the chart's defaults below them: what `helm get values --all` prints.
Result<Value> all_values(const Value& chart_record, const Value& config, helm::Compat compat);

}  // namespace taut::release
