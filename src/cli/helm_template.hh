// taut helm template: a chart rendered as helm does.
#pragma once

#include <string>
#include <vector>

#include "cli/flags.hh"
#include "helm/render.hh"
#include "helm/values_sources.hh"

namespace taut::cli {

class HelmTemplate {
 public:
  void declare(Flags& flags);
  // `arguments` are [NAME] CHART. What helm would print on standard output.
  Result<std::string> run(const std::vector<std::string>& arguments);
  // Helm's log lines of the last run.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  Result<helm::RenderOptions> options(const std::string& name) const;
  Result<helm::ValueSources> sources() const;

  helm::ValueSources values_;
  helm::PrintOptions print_;
  std::vector<std::string> files_, api_versions_;
  std::string name_space_ = "default", kube_version_, compat_ = "4.2";
  bool upgrade_ = false, skip_schema_ = false, sub_notes_ = false;
  std::vector<std::string> warnings_;
};

}  // namespace taut::cli
