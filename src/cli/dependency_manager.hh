// The dependencies of a chart in a folder, brought into its charts/ (helm 4's pkg/downloader/manager.go and
// internal/resolver). Where helm looks a repository up by the name of the dependency alone, so that two dependencies of one
// name from two repositories fail, each is looked up by itself here; and `build` does not ask for `helm repo add` first.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "helm/chart.hh"
#include "io/registry/chart_downloader.hh"

namespace taut::cli {

class DependencyManager {
 public:
  // `say` is given helm's lines of progress. The downloader must outlive this.
  DependencyManager(std::string chart_path, registry::ChartDownloader& downloader, std::function<void(const std::string&)> say)
      : path_(std::move(chart_path)), downloader_(downloader), say_(std::move(say)) {}

  bool skip_refresh = false;

  // What Chart.lock says; without a lock, as `update`.
  Status build();
  // What Chart.yaml asks for, in the newest versions; writes Chart.lock where it changes.
  Status update();

 private:
  struct Wanted {
    helm::Dependency dependency;
    std::string repository_name;  // of the cached index; "" for a folder, a registry or no repository
  };
  Result<helm::ChartPtr> load_chart() const;
  Result<std::string> local_path(std::string_view repository) const;
  Result<std::vector<Wanted>> name_repositories(std::vector<helm::Dependency> dependencies);
  Status update_repositories(const std::vector<Wanted>& wanted);
  void update_one(const registry::RepositoryEntry& entry, bool managed);
  Result<helm::Lock> resolve(const std::vector<Wanted>& wanted);
  Result<std::string> resolve_one(const Wanted& wanted);
  Status download(std::vector<Wanted>& wanted);
  Status download_into(const std::string& folder, std::vector<Wanted>& wanted);
  Status download_one(const std::string& folder, Wanted& wanted, std::vector<std::string>& done);
  Status check_vendored(const helm::Dependency& dependency) const;
  Result<std::string> pack_local(const helm::Dependency& dependency, const std::string& folder) const;
  Result<registry::ChartPlace> place_of(const Wanted& wanted);
  void move_in(const std::vector<Wanted>& wanted, const std::string& from, const std::string& charts);
  Status write_lock(const helm::Lock& lock, bool first_version) const;

  const std::string path_;
  registry::ChartDownloader& downloader_;
  const std::function<void(const std::string&)> say_;
};

}  // namespace taut::cli
