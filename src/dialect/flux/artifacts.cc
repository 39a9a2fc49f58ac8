#include "dialect/flux/artifacts.hh"

#include <utility>

namespace taut::flux {

std::string artifact_url(const SourceRef& source) { return "flux://" + source.to_string(); }

Result<std::string> artifact_digest(const Tree& tree) {
  TAUT_ASSIGN(Hash128 id, tree.id());
  return "xxh128:" + id.hex();
}

std::string revision_hash(std::string_view revision) {
  size_t colon = revision.rfind(':');
  return std::string(colon == std::string_view::npos ? revision : revision.substr(colon + 1));
}

void Artifacts::on_change(std::function<void(const SourceRef& source)> told) {
  std::lock_guard lock(mutex_);
  told_ = std::move(told);
}

void Artifacts::put(const SourceRef& source, Artifact artifact) {
  std::lock_guard lock(mutex_);
  Held& held = held_[artifact_url(source)];
  if (held.now.tree && held.now.sha != artifact.sha) held.before = std::move(held.now);
  held.now = std::move(artifact);
  changed_.insert(source);
  if (told_) told_(source);
}

void Artifacts::remove(const SourceRef& source) {
  std::lock_guard lock(mutex_);
  if (held_.erase(artifact_url(source)) == 0) return;
  changed_.insert(source);
  if (told_) told_(source);
}

std::set<SourceRef> Artifacts::take_changed() {
  std::lock_guard lock(mutex_);
  return std::exchange(changed_, {});
}

std::optional<Artifact> Artifacts::find(const SourceRef& source) const {
  std::lock_guard lock(mutex_);
  auto it = held_.find(artifact_url(source));
  return it == held_.end() ? std::nullopt : std::optional(it->second.now);
}

Result<TreePtr> Artifacts::tree(const std::string& url, const std::string& sha) {
  std::lock_guard lock(mutex_);
  auto it = held_.find(url);
  if (it != held_.end() && it->second.now.sha == sha) return it->second.now.tree;
  if (it != held_.end() && it->second.before && it->second.before->sha == sha) return it->second.before->tree;
  return fail(Code::kUnavailable, "artifact {} of {} not found", sha, url);
}

Result<std::string> Artifacts::resolve(const std::string& url, const std::string& revision) {
  std::lock_guard lock(mutex_);
  auto it = held_.find(url);
  if (it == held_.end()) return fail(Code::kUnavailable, "artifact of {} not found", url);
  return revision.empty() ? it->second.now.sha : revision;
}

Result<std::vector<std::string>> Artifacts::changed_paths(const std::string& url, const std::string&, const std::string&) {
  return fail(Code::kUnsupported, "{}: artifacts have no history", url);
}

Result<Commit> Artifacts::commit(const std::string& url, const std::string&) {
  return fail(Code::kUnsupported, "{}: artifacts have no history", url);
}

}  // namespace taut::flux
