// Which charts of charts/ a release has, under which names, and what is imported from them: conditions, tags, aliases,
// import-values. As helm 4's pkg/chart/v2/util/dependencies.go.
#pragma once

#include <string>
#include <vector>

#include "base/result.hh"
#include "helm/coalesce.hh"
#include "helm/release_chart.hh"

namespace taut::helm {

// Removes what is disabled from the tree of charts, renames what has an alias, and imports values into defaults.
// `values` are those of the user. Errors are those of Coalescer.
Status process_dependencies(ReleaseChart& chart, const Value& values, Compat compat,
                            std::vector<std::string>* warnings);

// The names of dependencies in Chart.yaml that charts/ does not hold, as `helm template` asks: by name alone. Helm's
// error: "An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch
// missing dependencies: found in Chart.yaml, but missing in charts/ directory: a, b".
Status check_dependencies(const Chart& chart);

}  // namespace taut::helm
