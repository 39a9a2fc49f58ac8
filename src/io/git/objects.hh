// The object database of one bare repository on disk, read with libgit2.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hh"
#include "io/git/handles.hh"
#include "port/repositories.hh"

namespace taut::git {

// Thread-safe. An object that should be there but cannot be read makes the database `broken`; whoever keeps it then
// makes it anew. Such errors are kUnavailable, since a later attempt meets a sound one.
class Objects {
 public:
  // kInvalid when the folder is no bare repository or it is damaged.
  static Result<std::shared_ptr<Objects>> open(const std::string& directory);

  bool broken() const { return broken_.load(std::memory_order_relaxed); }
  bool has(const git_oid& oid) const { return git_odb_exists(odb_.get(), &oid) == 1; }
  bool has_commit(const git_oid& oid) const;
  // The one commit whose name begins with these hex digits; nothing when there is none or several.
  std::optional<git_oid> find_commit(std::string_view prefix) const;
  Result<Commit> commit(const git_oid& oid) const;
  Result<SignedObject> signed_commit(const git_oid& oid) const;
  // By its short name; kNotFound for a tag without an object of its own.
  Result<SignedObject> signed_tag(const std::string& tag) const;
  Result<git_oid> root_tree(const git_oid& commit) const;
  Result<TreeHandle> tree(const git_oid& oid) const;
  // kLimit above `limit` bytes.
  Result<FileText> blob(const git_oid& oid, std::string_view path, uint64_t limit) const;
  Result<uint64_t> blob_size(const git_oid& oid, std::string_view path) const;
  // Paths that differ, sorted, each once; of a renamed file both.
  Result<std::vector<std::string>> changed_paths(const git_oid& from, const git_oid& to) const;
  // Removes the refs below a prefix ("refs/x/") but for those of the `keep` newest commits. For the keeper of the
  // store.
  Status drop_old_refs(std::string_view prefix, size_t keep) const;
  // Commits reachable from `to` and not from `from`, newest first.
  Result<std::vector<Commit>> log(const git_oid* from, const git_oid& to, size_t limit) const;

 private:
  Objects(RepositoryHandle repository, OdbHandle odb) : repository_(std::move(repository)), odb_(std::move(odb)) {}
  Failure damaged(const git_oid& oid, std::string_view what) const;
  Result<CommitHandle> lookup(const git_oid& oid) const;

  RepositoryHandle repository_;
  OdbHandle odb_;
  mutable std::atomic<bool> broken_{false};
};

}  // namespace taut::git
