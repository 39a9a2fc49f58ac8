// One recorded `helm template`, run in process.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "corpus.hh"
#include "helm/render.hh"

namespace taut::fidelity {

// Charts and parsed templates, kept between the cases of a run. Thread-safe.
class HelmCharts {
 public:
  explicit HelmCharts(const Corpus& corpus) : corpus_(corpus) {}
  // The chart in a folder of the corpus's helm part.
  Result<helm::ChartPtr> chart(const std::string& folder);
  helm::RenderCache& cache() { return cache_; }
  const Corpus& corpus() const { return corpus_; }

 private:
  const Corpus& corpus_;
  helm::RenderCache cache_;
  std::mutex mutex_;
  std::map<std::string, helm::ChartPtr> charts_;
};

// What `helm template` with the arguments of a case prints: its output, or "Error: ..." as on standard error.
struct HelmOutput {
  bool failed = false;
  std::string text;
};
HelmOutput run_helm_case(const Value& c, helm::Compat compat, HelmCharts& charts);

// Real time and random bytes.
gotmpl::Environment real_environment();

}  // namespace taut::fidelity
