// Reading files of a build: paths from a kustomization's folder, symlinks, restrictions and cycles.
//
// Files must lie in or below the folder of the kustomization that names them once symlinks are followed, unless the
// restriction is lifted; folders may be anywhere but where one of the chain of kustomizations has been. The messages
// are kustomize's (5.8.1, api/internal/loader), with names as `Files::shown` makes them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hh"
#include "kustomize/remote.hh"
#include "tree/tree.hh"

namespace taut::kustomize {

// A tree, seen with symlinks resolved, and the trees of repositories that its kustomizations name. For one build; not
// thread-safe.
class Files {
 public:
  // `prefix` stands before every path in messages: "/" where the tree is the whole file system. Without `remotes`,
  // what is on the network is refused.
  Files(const Tree& tree, std::string prefix, Remotes* remotes = nullptr)
      : tree_(tree), prefix_(std::move(prefix)), remotes_(remotes) {}

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
  // Tells the trees of a build apart: "" for the first one, "REPOSITORY@COMMIT" for others.
  const std::string& name() const { return name_; }
  // Whether there is somebody to fetch what is on the network.
  bool reaches_out() const { return (first_ != nullptr ? first_->remotes_ : remotes_) != nullptr; }
  // The files of a repository; the same for the same commit. They live as long as those of the build.
  Result<Files*> repository(const RemoteFolder& folder);
  // What a URL holds; asked for once in a build.
  Result<FileText> download(const std::string& url);

 private:
  Files(TreePtr tree, std::string name, std::string prefix, Files& first)
      : tree_(*tree), owned_(std::move(tree)), name_(std::move(name)), prefix_(std::move(prefix)), first_(&first) {}
  enum class Is { kFile, kFolder, kSymlink, kMissing };
  Result<Is> look(const std::string& path);

  const Tree& tree_;
  TreePtr owned_;
  std::string name_, prefix_;
  std::unordered_map<std::string, Is> known_;
  Files* first_ = nullptr;  // of a repository: the files of the build, which hold the rest
  Remotes* remotes_ = nullptr;
  std::map<std::string, std::string> commits_;  // by repository and ref
  std::map<std::string, std::unique_ptr<Files>> repositories_;
  std::map<std::string, Result<FileText>> downloads_;
};

enum class LoadRestriction { kRootOnly, kNone };

// Joins and cleans as Go's filepath.Join. Paths that would leave the tree stay at its root.
std::string join_clean(std::string_view folder, std::string_view path);

// One kustomization's view, linked to the one that refers to it.
class Loader {
 public:
  // The folder that is built. `named`: what was typed, which may be the URL of a repository; "" when nobody typed it.
  static Result<Loader> root(Files& files, std::string_view path, LoadRestriction restriction, std::string named);
  // A folder that this one refers to.
  Result<Loader> enter(std::string_view path) const;

  Result<FileText> load(std::string_view path) const;
  // Where a file that load() takes lies; not of URLs.
  Result<std::string> locate(std::string_view path) const;
  // A path of files().tree(), or a URL, as it is told to those who know no other tree than the build's own.
  std::string told(std::string_view path) const;
  // Without symlinks, in files().tree().
  const std::string& folder() const { return folder_; }
  // The folder, told apart from those of other trees.
  std::string place() const;
  std::string shown() const { return files_->shown(folder_); }
  Files& files() const { return *files_; }
  // "cycle detected: ..." when the folder, as place() gives it, is one of the chain or above it.
  Status check_cycle(const std::string& place) const;

 private:
  Loader(Files& files, std::string folder, LoadRestriction restriction, const Loader* referrer)
      : files_(&files), folder_(std::move(folder)), restriction_(restriction), referrer_(referrer) {}

  static Result<Loader> enter_repository(Files& files, std::string_view url, const RemoteFolder& remote, const Loader* referrer);
  Status check_repository_cycle(std::string_view url) const;

  Files* files_;
  std::string folder_;
  std::string url_;  // as it was named, where a repository was entered
  LoadRestriction restriction_;
  const Loader* referrer_;
};

}  // namespace taut::kustomize
