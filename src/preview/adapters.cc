#include "preview/adapters.hh"

namespace taut::preview {

Result<std::string> MergedRepositories::resolve(const std::string& url, const std::string& revision) {
  auto found = commits_.find({url, revision});
  return found != commits_.end() ? found->second : inner_.resolve(url, revision);
}

Result<TreePtr> MergedRepositories::tree(const std::string& url, const std::string& sha) {
  auto found = trees_.find(sha);
  return found != trees_.end() ? found->second : inner_.tree(url, sha);
}

Result<TreePtr> MergedRepositories::tree_with_submodules(const std::string& url, const std::string& sha) {
  auto found = trees_.find(sha);
  return found != trees_.end() ? found->second : inner_.tree_with_submodules(url, sha);
}

Result<std::vector<std::string>> MergedRepositories::changed_paths(const std::string& url, const std::string& from, const std::string& to) {
  if (trees_.contains(from) || trees_.contains(to)) return fail(Code::kUnsupported, "a folder has no commits to compare");
  return inner_.changed_paths(url, from, to);
}

Result<Commit> MergedRepositories::commit(const std::string& url, const std::string& sha) {
  if (trees_.contains(sha)) return Commit{sha, "", "", {}};
  return inner_.commit(url, sha);
}

std::unique_ptr<Watch> ScopedCluster::watch(const Gvk& gvk, const ListOptions& options, WatchHandler handler) {
  // Applications as objects of a parent are listed in all namespaces; the controller's own are of one.
  if (gvk.group != "argoproj.io" || gvk.kind != "Application" || options.ns.empty()) return inner_->watch(gvk, options, std::move(handler));
  return inner_->watch(gvk, options, [this, handler = std::move(handler)](WatchEvent event) {
    if (event.object.is_null() || applications_.contains(std::string(name_of(event.object)))) handler(std::move(event));
  });
}

}  // namespace taut::preview
