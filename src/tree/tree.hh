// Tree: a read-only view of files, named by what they hold.
//
// A Tree may be a commit in a Git object database (nothing is checked out), a folder on disk, an unpacked chart
// or files in memory. Paths are relative, "/"-separated, without "." or ".." parts and without a leading or
// trailing slash; "" is the root. All methods are thread-safe and a Tree never changes once made.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hh"
#include "base/result.hh"

namespace taut {

struct TreeEntry {
  enum class Type { kFile, kFolder, kSymlink, kSubmodule };
  std::string name;
  Type type = Type::kFile;
  bool executable = false;
  uint64_t size = 0;  // bytes of a file; 0 for the rest and where it is not known without reading
};

// Shared, since several readers may hold the same file.
using FileText = std::shared_ptr<const std::string>;

// Names what is at a path: the bytes of a file, or everything below a folder.
struct Fingerprint {
  Hash128 hash;
  // Whether a symlink may have been followed on the way, so that what is named may lie elsewhere in the tree.
  bool through_symlink = true;
};

class Tree {
 public:
  virtual ~Tree() = default;
  // Names everything that this tree holds: equal ids mean equal files. It is a cache key.
  virtual Result<Hash128> id() const = 0;
  // The entries of a folder sorted by name; kNotFound when it is not there or not a folder. Their `size` is a hint.
  virtual Result<std::vector<TreeEntry>> list(std::string_view folder) const = 0;
  // The bytes of a file. kNotFound when there is none; kLimit above the limit of the implementation. A symlink is
  // followed as long as it stays inside the tree; kForbidden with a clear sentence when it leads out.
  virtual Result<FileText> read(std::string_view path) const = 0;
  // What is at a path, without following a last symlink; kNotFound when nothing is.
  virtual Result<TreeEntry> stat(std::string_view path) const = 0;
  // Equal only where a read or a walk would give the same; the errors of `read`. Trees of different kinds may name
  // the same bytes differently. Costs a look-up in a Git tree. kUnsupported for a folder where it would mean
  // reading all that is below.
  virtual Result<Fingerprint> fingerprint(std::string_view path) const;
  // The text of a symlink; kNotFound when the path is not one, or the tree has none.
  virtual Result<std::string> link(std::string_view path) const;
  // The commit that a submodule stands for, at an exact path; kNotFound when the path is not one, or the tree has none.
  virtual Result<std::string> submodule(std::string_view path) const;
};

using TreePtr = std::shared_ptr<const Tree>;

// Names all that is below a folder by reading it: for trees whose `fingerprint` does not do it.
Result<Hash128> hash_folder(const Tree& tree, std::string_view folder);

}  // namespace taut
