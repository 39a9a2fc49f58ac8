// What opens private repositories: the labelled Secrets of the control namespace, and whom to trust: its ConfigMaps
// argocd-ssh-known-hosts-cm and argocd-tls-certs-cm.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "dialect/argo/repository_secret.hh"
#include "io/git/credentials.hh"
#include "io/scm/github_app.hh"
#include "port/cluster.hh"

namespace taut::cli {

// Keeps the Secrets by a watch, so that a changed password is used at the next fetch. Thread-safe.
class RepositoryAccess {
 public:
  RepositoryAccess(Cluster& cluster, const std::string& ns);

  // All wait for the first list of Secrets, once. What opens a URL for a project, or for nobody in particular; an empty answer
  // when no Secret speaks of the URL.
  Result<git::Credentials> find(const std::string& url, const std::string& project = {});
  // The same for a Git repository, which tokens of GitHub Apps may open: one is asked for where there is none.
  Result<git::Credentials> find_git(const std::string& url, const std::string& project = {});
  // The repositories that projects have credentials of their own for; none when the Secrets cannot be read.
  std::vector<argo::ProjectRepository> of_projects();
  // Whether submodules are fetched: argocd-cmd-params-cm, reposerver.enable.git.submodule.
  bool submodules();

 private:
  void take(const WatchEvent& event);
  void take_map(const std::string& name, const WatchEvent& event);
  Result<std::vector<Value>> secrets();
  void trust(git::Credentials& credentials, const std::string& url);
  void trust(ScmAccount& account);
  Result<git::Credentials> read(const std::string& url, const std::string& project, GitHubApp& app);

  SystemClock clock_;
  scm::GitHubAppTokens apps_{clock_};
  std::mutex mutex_;
  std::condition_variable listed_changed_;
  bool listed_ = false;
  std::optional<Error> failure_;
  std::map<std::string, Value> secrets_;  // by name
  std::map<std::string, Value> maps_;     // by name, once looked for; their data
  std::vector<std::unique_ptr<Watch>> watches_;  // last, so that they end first
};

}  // namespace taut::cli
