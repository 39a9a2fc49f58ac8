// What commands that need no cluster reach: Git repositories that are open to everybody or to the user's own ssh keys, chart
// repositories and registries that are open to everybody, files by URL.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "port/repositories.hh"

namespace taut::cli {

// What an http or https URL holds; errors as Repositories::download.
Result<std::string> download_file(const std::string& url);

// Thread-safe. Nothing is opened before it is asked for.
class OwnRepositories : public Repositories {
 public:
  // What is fetched is kept below `data`.
  explicit OwnRepositories(std::string data);
  ~OwnRepositories() override;

  Result<std::string> resolve(const std::string& url, const std::string& revision) override;
  Result<TreePtr> tree(const std::string& url, const std::string& sha) override;
  Result<TreePtr> tree_with_submodules(const std::string& url, const std::string& sha) override;
  Result<std::vector<std::string>> changed_paths(const std::string& url, const std::string& from, const std::string& to) override;
  Result<Commit> commit(const std::string& url, const std::string& sha) override;
  Result<std::string> download(const std::string& url) override { return download_file(url); }

 private:
  struct Opened;
  Repositories& opened();

  const std::string data_;
  std::once_flag once_;
  std::unique_ptr<Opened> opened_;
};

}  // namespace taut::cli
