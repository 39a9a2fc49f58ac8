// Reading files of a build: paths from a kustomization's folder, symlinks, restrictions and cycles.
//
// Files must lie in or below the folder of the kustomization that names them once symlinks are followed, unless the
// restriction is lifted; folders may be anywhere but where one of the chain of kustomizations has been. The messages
// are kustomize's (5.8.1, api/internal/loader), with names as `Files::shown` makes them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hh"
#include "tree/tree.hh"

namespace taut::kustomize {

// A tree, seen with symlinks resolved. For one build; not thread-safe.
class Files {
 public:
  // `prefix` stands before every path in messages: "/" where the tree is the whole file system.
  Files(const Tree& tree, std::string prefix) : tree_(tree), prefix_(std::move(prefix)) {}

  struct Found {
    std::string path;  // without symlinks
    bool folder = false;
  };
  // Where a path leads. kNotFound, "evalsymlink failure on '/a/x.yaml' : lstat /a/x.yaml: no such file or directory";
  // a symlink loop is kInvalid. `named`: how the path was given, for the message.
  Result<Found> resolve(const std::string& path, const std::string& named);
  Result<FileText> read(const std::string& path);
  // A path as it is told to people.
  std::string shown(std::string_view path) const;
  const Tree& tree() const { return tree_; }

 private:
  enum class Is { kFile, kFolder, kSymlink, kMissing };
  Result<Is> look(const std::string& path);

  const Tree& tree_;
  std::string prefix_;
  std::unordered_map<std::string, Is> known_;
};

enum class LoadRestriction { kRootOnly, kNone };

// Joins and cleans as Go's filepath.Join. Paths that would leave the tree stay at its root.
std::string join_clean(std::string_view folder, std::string_view path);

// One kustomization's view, linked to the one that refers to it.
class Loader {
 public:
  // The folder that is built.
  static Result<Loader> root(Files& files, std::string_view path, LoadRestriction restriction, std::string named);
  // A folder that this one refers to.
  Result<Loader> enter(std::string_view path) const;

  Result<FileText> load(std::string_view path) const;
  // Where a file that load() takes lies.
  Result<std::string> locate(std::string_view path) const;
  const std::string& folder() const { return folder_; }
  std::string shown() const { return files_->shown(folder_); }
  Files& files() const { return *files_; }
  // "cycle detected: ..." when the folder is one of the chain or above it.
  Status check_cycle(const std::string& folder) const;

 private:
  Loader(Files& files, std::string folder, LoadRestriction restriction, const Loader* referrer)
      : files_(&files), folder_(std::move(folder)), restriction_(restriction), referrer_(referrer) {}

  Files* files_;
  std::string folder_;
  LoadRestriction restriction_;
  const Loader* referrer_;
};

}  // namespace taut::kustomize
