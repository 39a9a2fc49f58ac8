// Ports as the controller of a preview sees them: one revision instead of another, and only the applications asked for.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "port/cluster.hh"
#include "port/repositories.hh"

namespace taut::preview {

// Git as it would be after the merge: chosen revisions of chosen repositories name another commit, or a folder.
class MergedRepositories : public Repositories {
 public:
  explicit MergedRepositories(Repositories& inner) : inner_(inner) {}

  // Before use: what `url` has at `revision` is the commit `sha` from now on.
  void redirect(const std::string& url, const std::string& revision, std::string sha) { commits_[{url, revision}] = std::move(sha); }
  // The files of `sha`, whatever repository is asked.
  void provide(std::string sha, TreePtr tree) { trees_[std::move(sha)] = std::move(tree); }

  Result<std::string> resolve(const std::string& url, const std::string& revision) override;
  Result<TreePtr> tree(const std::string& url, const std::string& sha) override;
  Result<TreePtr> tree_with_submodules(const std::string& url, const std::string& sha) override;
  Result<std::vector<std::string>> changed_paths(const std::string& url, const std::string& from, const std::string& to) override;
  Result<Commit> commit(const std::string& url, const std::string& sha) override;
  Result<std::string> download(const std::string& url) override { return inner_.download(url); }

 private:
  Repositories& inner_;
  std::map<std::pair<std::string, std::string>, std::string> commits_;
  std::map<std::string, TreePtr> trees_;
};

// A cluster in which a controller sees no Applications but these: what others drifted by is not this preview's
// business.
class ScopedCluster : public Cluster {
 public:
  ScopedCluster(std::shared_ptr<Cluster> inner, std::set<std::string> applications)
      : inner_(std::move(inner)), applications_(std::move(applications)) {}

  Result<Discovery> discover() override { return inner_->discover(); }
  Result<Value> get(const ObjectRef& ref) override { return inner_->get(ref); }
  Result<ObjectList> list(const Gvk& gvk, const ListOptions& options) override { return inner_->list(gvk, options); }
  Result<WriteResult> write(const WriteRequest& request) override { return inner_->write(request); }
  Result<Value> remove(const ObjectRef& ref, const DeleteOptions& options) override { return inner_->remove(ref, options); }
  std::unique_ptr<Watch> watch(const Gvk& gvk, const ListOptions& options, WatchHandler handler) override;

 private:
  std::shared_ptr<Cluster> inner_;
  const std::set<std::string> applications_;
};

}  // namespace taut::preview
