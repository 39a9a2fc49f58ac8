// Where the sources of Applications come from: Git repositories, Helm repositories and OCI registries, opened with the
// Secrets of the control namespace.
#pragma once

#include <string>

#include "cli/own_repositories.hh"
#include "cli/repository_access.hh"
#include "io/git/repositories.hh"
#include "io/registry/chart_repositories.hh"

namespace taut::cli {

// Thread-safe.
class SourceRepositories : public Repositories {
 public:
  // What is fetched is kept below `data`. The cluster must outlive this.
  SourceRepositories(Cluster& cluster, const std::string& ns, const std::string& data);

  Result<std::string> resolve(const std::string& url, const std::string& revision) override { return charts_.resolve(url, revision); }
  Result<TreePtr> tree(const std::string& url, const std::string& sha) override { return charts_.tree(url, sha); }
  Result<std::vector<std::string>> changed_paths(const std::string& url, const std::string& from, const std::string& to) override {
    return charts_.changed_paths(url, from, to);
  }
  Result<Commit> commit(const std::string& url, const std::string& sha) override { return charts_.commit(url, sha); }
  Result<std::string> download(const std::string& url) override { return download_file(url); }

  // Writes to and history of Git repositories, which the port has not.
  git::GitRepositories& git() { return git_; }

 private:
  RepositoryAccess access_;
  git::GitRepositories git_;
  registry::ChartRepositories charts_;
};

}  // namespace taut::cli
