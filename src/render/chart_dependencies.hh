// Dependencies of a chart in Git that its charts/ lacks, fetched as `helm dependency build` does, which Argo CD runs then.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "helm/chart.hh"
#include "render/render.hh"

namespace taut::render {

// The chart in the folder `path` of the input's tree, with the dependencies that it names. What Chart.lock says is taken;
// without a lock, the newest versions in range. Folders (file://) are looked up in the tree. Errors in helm's words: "the
// lock file (Chart.lock) is out of sync ...", "no repository definition for @x. ...", and where there is nobody to ask,
// "an error occurred while checking for chart dependencies. ...".
Result<helm::ChartPtr> load_chart_with_dependencies(const RenderInput& input, const std::string& path);

// Notes which versions ranges led to, so that a result can be kept for as long as they would again.
class ChartRecorder : public RemoteCharts {
 public:
  explicit ChartRecorder(RemoteCharts& charts) : charts_(charts) {}

  struct Question {
    std::string repository, chart, range;
    auto operator<=>(const Question&) const = default;
  };
  using Answers = std::map<Question, std::string>;

  Result<std::string> resolve(const std::string& repository, const std::string& chart, const std::string& range) override;
  Result<TreePtr> tree(const std::string& repository, const std::string& chart, const std::string& version) override;

  // What was answered, and whether anything was asked at all, also in vain.
  Answers answers() const;
  bool asked() const;

 private:
  RemoteCharts& charts_;
  mutable std::mutex mutex_;
  Answers answers_;
  bool asked_ = false;
};

// Whether every question would be answered the same now. A repository that does not answer changes nothing.
bool still_true(const ChartRecorder::Answers& answers, RemoteCharts* charts);

}  // namespace taut::render
