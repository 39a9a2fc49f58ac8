// How the source of a chart is written as one URL, so that charts and commits come the same way:
//
//   chart+https://charts.example.com/stable#nginx     from a Helm repository
//   chart+oci://registry.example.com/charts#nginx     from an OCI registry
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taut::registry {

struct ChartSource {
  std::string repository;  // "https://charts.example.com/stable", "oci://registry.example.com/charts"
  std::string chart;
};

// Nothing for the URL of a Git repository.
std::optional<ChartSource> chart_source(std::string_view url);

}  // namespace taut::registry
