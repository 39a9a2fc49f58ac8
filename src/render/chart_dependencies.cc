#include "render/chart_dependencies.hh"

#include <algorithm>

#include "base/semver.hh"
#include "base/strings.hh"
#include "helm/dependencies.hh"
#include "helm/lock.hh"
#include "tree/path.hh"
#include "tree/views.hh"

namespace taut::render {
namespace {

constexpr std::string_view kFile = "file://";

bool is_vendored(const helm::Chart& chart, const helm::Dependency& dependency) {
  return std::ranges::any_of(chart.charts, [&](const helm::ChartPtr& child) { return child->metadata.name == dependency.name; });
}

Result<helm::ChartPtr> local_chart(const RenderInput& input, const std::string& path, const helm::Dependency& dependency) {
  std::string_view place = std::string_view(dependency.repository).substr(kFile.size());
  if (place.starts_with('/')) return fail(Code::kForbidden, "directory {} lies outside of the repository", place);
  TAUT_ASSIGN(std::string folder, clean_path(join_path(path, place)));
  auto tree = sub_tree(input.tree, folder);
  if (!tree) return fail(tree.error().code(), "directory {} not found", folder);
  TAUT_ASSIGN(auto chart, helm::load_chart(**tree));
  auto range = VersionRange::parse(dependency.version);
  auto version = Version::parse(chart->metadata.version);
  if (!range || !version || !range->contains(*version))
    return fail(Code::kInvalid, "can't get a valid version for dependency {}", dependency.name);
  return chart;
}

// `locked`: the row of Chart.lock, or nullptr.
Result<helm::ChartPtr> remote_chart(const RenderInput& input, const helm::Dependency& dependency, const helm::Dependency* locked) {
  const std::string repository(trim_right(dependency.repository, "/"));
  if (!contains(repository, "://"))
    return fail(Code::kNotFound, "no repository definition for {}. Please add them via 'helm repo add'", repository);
  std::string version = locked ? locked->version : "";
  if (version.empty()) {
    TAUT_ASSIGN(version, input.charts->resolve(repository, dependency.name, dependency.version));
  }
  auto tree = input.charts->tree(repository, dependency.name, version);
  if (!tree)
    return fail(std::move(tree.error()).while_doing(fmt::format("fetching the dependency {} {} from {}", dependency.name, version, repository)));
  return helm::load_chart(**tree);
}

}  // namespace

Result<helm::ChartPtr> load_chart_with_dependencies(const RenderInput& input, const std::string& path) {
  TAUT_ASSIGN(TreePtr folder, sub_tree(input.tree, path));
  TAUT_ASSIGN(helm::ChartPtr chart, helm::load_chart(*folder));
  Status complete = helm::check_dependencies(*chart);
  if (complete) return chart;
  if (input.charts == nullptr) return fail(std::move(complete).error());
  const auto& wanted = chart->metadata.dependencies;
  if (chart->lock) TAUT_TRY(helm::check_lock(chart->metadata, *chart->lock));
  auto whole = std::make_shared<helm::Chart>(*chart);
  for (size_t i = 0; i < wanted.size(); ++i) {
    const helm::Dependency& one = wanted[i];
    if (is_vendored(*chart, one)) continue;
    if (one.repository.empty()) return fail(std::move(complete).error());
    const helm::Dependency* locked = chart->lock && i < chart->lock->dependencies.size() ? &chart->lock->dependencies[i] : nullptr;
    TAUT_ASSIGN(auto child, one.repository.starts_with(kFile) ? local_chart(input, path, one) : remote_chart(input, one, locked));
    bool twice = std::ranges::any_of(whole->charts, [&](const helm::ChartPtr& other) {
      return other->metadata.name == child->metadata.name && other->metadata.version == child->metadata.version;
    });
    if (!twice) whole->charts.push_back(std::move(child));
  }
  std::ranges::stable_sort(whole->charts, {}, [](const helm::ChartPtr& one) { return helm::archive_name(one->metadata); });
  return helm::ChartPtr(std::move(whole));
}

Result<std::string> ChartRecorder::resolve(const std::string& repository, const std::string& chart, const std::string& range) {
  auto version = charts_.resolve(repository, chart, range);
  std::lock_guard lock(mutex_);
  asked_ = true;
  if (version) answers_[{repository, chart, range}] = *version;
  return version;
}

Result<TreePtr> ChartRecorder::tree(const std::string& repository, const std::string& chart, const std::string& version) {
  {
    std::lock_guard lock(mutex_);
    asked_ = true;
  }
  return charts_.tree(repository, chart, version);
}

ChartRecorder::Answers ChartRecorder::answers() const {
  std::lock_guard lock(mutex_);
  return answers_;
}

bool ChartRecorder::asked() const {
  std::lock_guard lock(mutex_);
  return asked_;
}

bool still_true(const ChartRecorder::Answers& answers, RemoteCharts* charts) {
  if (charts == nullptr) return answers.empty();
  return std::ranges::all_of(answers, [&](const auto& one) {
    auto now = charts->resolve(one.first.repository, one.first.chart, one.first.range);
    return !now || *now == one.second;
  });
}

}  // namespace taut::render
