// values.schema.json of each chart of a release.
#pragma once

#include <string>

#include "base/result.hh"
#include "helm/release_chart.hh"
#include "helm/render_cache.hh"
#include "value/value.hh"

namespace taut::helm {

// Checks the final values of the chart and of the charts below it. kInvalid "values don't meet the specifications of
// the schema(s) in the following chart(s):\n...", with the tree of failures that helm prints. References to other
// files and to the network are not followed.
Status check_schemas(const ReleaseChart& chart, const Value& values, RenderCache& cache);

// What is wrong with values by one schema's text, or "". In the words of check_schemas, without the chart's name.
std::string schema_problem(const std::string& schema, const Value& values, RenderCache& cache);

// Whether any chart of the release has a schema.
bool has_schema(const ReleaseChart& chart);

}  // namespace taut::helm
