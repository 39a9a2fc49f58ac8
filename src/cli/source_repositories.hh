// Where the sources of Applications come from: Git repositories, Helm repositories and OCI registries, opened with the
// Secrets of the control namespace.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cli/own_repositories.hh"
#include "cli/repository_access.hh"
#include "io/git/repositories.hh"
#include "io/registry/chart_repositories.hh"

namespace taut::cli {

// Thread-safe. Takes names of repositories as projects see them (in_project): what a project fetches with credentials of its
// own is kept apart from what others fetch.
class SourceRepositories : public Repositories {
 public:
  // What is fetched is kept below `data`. The cluster must outlive this.
  SourceRepositories(Cluster& cluster, const std::string& ns, const std::string& data);
  ~SourceRepositories() override;

  Result<std::string> resolve(const std::string& name, const std::string& revision) override;
  Result<TreePtr> tree(const std::string& name, const std::string& sha) override;
  // Plain where reposerver.enable.git.submodule is off.
  Result<TreePtr> tree_with_submodules(const std::string& name, const std::string& sha) override;
  Result<std::vector<std::string>> changed_paths(const std::string& name, const std::string& from, const std::string& to) override;
  Result<Commit> commit(const std::string& name, const std::string& sha) override;
  Result<std::string> download(const std::string& url) override { return download_file(url); }

  // Nothing is read for a while: what was kept to read faster is let go.
  void rest();

  // Writes to and history of Git repositories, which the port has not: for a repository and the URL by which `git` knows it.
  struct GitPlace {
    git::GitRepositories& git;
    std::string url;
  };
  GitPlace git(const std::string& name);
  // The repositories that projects have credentials of their own for.
  std::vector<argo::ProjectRepository> of_projects() { return access_.of_projects(); }

 private:
  struct Opened;
  struct Place {
    Opened& opened;
    std::string url;
  };
  Place place(const std::string& name);

  RepositoryAccess access_;
  const std::string data_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Opened>> opened_;  // by project; "" is everybody's
};

}  // namespace taut::cli
