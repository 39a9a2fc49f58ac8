// The repositories of Flux's sources: each set of credentials has its own, so that nobody reads by another's Secret.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "dialect/flux/artifacts.hh"
#include "dialect/flux/helm_repository.hh"
#include "dialect/flux/oci_repository.hh"
#include "dialect/flux/source.hh"
#include "io/scm/github_app.hh"

namespace taut::cli {

// Thread-safe.
class FluxRepositories {
 public:
  // What is fetched is kept below `data`. The tokens must outlive it and what it opens.
  FluxRepositories(std::string data, scm::GitHubAppTokens& apps) : data_(std::move(data)), apps_(apps) {}
  std::shared_ptr<Repositories> open(const flux::SourceAccess& access);
  std::shared_ptr<flux::HelmClient> open_helm(const flux::HelmPlace& place);
  // Charts of repositories and registries that are open to everybody.
  std::shared_ptr<Repositories> open_charts();

 private:
  const std::string data_;
  scm::GitHubAppTokens& apps_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Repositories>> opened_;  // by the name of the credentials
  std::map<std::string, std::shared_ptr<flux::HelmClient>> helm_;      // by that and the place
  std::shared_ptr<Repositories> charts_;
};

// A repository of a registry as Flux's sources ask for it.
std::unique_ptr<flux::OciClient> open_oci(const flux::OciPlace& place);

// Artifacts by "flux://...", everything else as before. Both must outlive it.
class RoutedRepositories : public Repositories {
 public:
  RoutedRepositories(Repositories& artifacts, Repositories& others) : artifacts_(artifacts), others_(others) {}
  Result<std::string> resolve(const std::string& url, const std::string& revision) override { return of(url).resolve(url, revision); }
  Result<TreePtr> tree(const std::string& url, const std::string& sha) override { return of(url).tree(url, sha); }
  Result<TreePtr> tree_with_submodules(const std::string& url, const std::string& sha) override {
    return of(url).tree_with_submodules(url, sha);
  }
  Result<std::vector<std::string>> changed_paths(const std::string& url, const std::string& from, const std::string& to) override {
    return of(url).changed_paths(url, from, to);
  }
  Result<std::map<std::string, std::string>> refs(const std::string& url) override { return of(url).refs(url); }
  Result<Commit> commit(const std::string& url, const std::string& sha) override { return of(url).commit(url, sha); }
  Result<std::string> download(const std::string& url) override { return others_.download(url); }

 private:
  Repositories& of(const std::string& url) { return url.starts_with("flux://") ? artifacts_ : others_; }

  Repositories& artifacts_;
  Repositories& others_;
};

}  // namespace taut::cli
