// Charts from Helm repositories and OCI registries, as repositories: a chart's version is its revision, its files are
// the tree. Everything else is passed on.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "io/registry/chart_index.hh"
#include "io/registry/chart_source.hh"
#include "io/registry/oci.hh"
#include "port/repositories.hh"

namespace taut::registry {

struct ChartAccess {
  Login login;
  net::TlsOptions tls;
  std::string proxy;
  bool pass_credentials = false;  // the login is for archives on other hosts too
  std::string no_proxy = {};      // hosts that are reached without the proxy, as NO_PROXY has them
};

struct ChartRepositoriesOptions {
  std::string directory;  // where archives are kept, by what they hold
  // What opens a repository's URL. Empty: everything is open to everybody.
  std::function<Result<ChartAccess>(const std::string& url)> access;
  // How long an index or a list of tags is taken to be as it was.
  Duration index_age = std::chrono::seconds(60);
  bool plain_http = false;  // OCI registries without TLS, for tests
};

// Thread-safe.
class ChartRepositories : public Repositories {
 public:
  // `others` answers for the URLs that name no chart; it must outlive this.
  ChartRepositories(ChartRepositoriesOptions options, Repositories& others);
  ~ChartRepositories() override;

  // The version that a range names now. kNotFound in Helm's words.
  Result<std::string> resolve(const std::string& url, const std::string& revision) override;
  // The files of the chart of that version, Chart.yaml at the root.
  Result<TreePtr> tree(const std::string& url, const std::string& version) override;
  Result<TreePtr> tree_with_submodules(const std::string& url, const std::string& version) override;
  Result<std::vector<std::string>> changed_paths(const std::string& url, const std::string& from, const std::string& to) override;
  Result<Commit> commit(const std::string& url, const std::string& sha) override;

  struct IndexFacts {
    std::string digest;  // "sha256:<hex>" of index.yaml
    uint64_t size = 0;
  };
  // Fetches the index of the repository at this URL now, whatever its age.
  Result<IndexFacts> refresh(const std::string& repository);
  // The index as it was fetched last.
  Result<std::shared_ptr<const ChartIndex>> index_of(const std::string& repository);

 private:
  struct Remote;
  Result<std::shared_ptr<Remote>> remote(const std::string& repository);
  Result<std::shared_ptr<const ChartIndex>> index(Remote& remote);
  Result<IndexFacts> read_index(Remote& remote);  // with the remote's lock held
  Result<std::string> download(Remote& remote, const ChartSource& source, const std::string& version);
  Result<std::string> pull(Remote& remote, const ChartSource& source, const std::string& version);
  std::string kept(const std::string& key) const;

  const ChartRepositoriesOptions options_;
  Repositories& others_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Remote>> remotes_;
  std::map<std::string, std::weak_ptr<const Tree>> trees_;
};

}  // namespace taut::registry
