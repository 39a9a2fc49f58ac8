// LinkedTree: what every Tree with symlinks has in common. An implementation answers for exact paths only;
// following links, staying inside the root and the words of the errors are done here, once.
#pragma once

#include <optional>

#include "tree/tree.hh"

namespace taut {

// No file above this is read: no manifest comes near it, and one such file must not fill the memory.
inline constexpr uint64_t kMaxFileSize = 50ull << 20;

// The refusal of a file that is too big, in one wording for all trees.
Failure too_big(std::string_view path, uint64_t size, uint64_t limit = kMaxFileSize);

class LinkedTree : public Tree {
 public:
  Result<std::vector<TreeEntry>> list(std::string_view folder) const override;
  Result<FileText> read(std::string_view path) const override;
  Result<TreeEntry> stat(std::string_view path) const override;
  Result<Fingerprint> fingerprint(std::string_view path) const override;
  Result<std::string> link(std::string_view path) const override;

 protected:
  // Each is given a clean path and follows no symlink, neither in the middle nor at the end.
  // What is at the path; nothing when it is not there.
  virtual Result<std::optional<TreeEntry>> look(std::string_view path) const = 0;
  // Of what `look` called a folder, a file or a symlink.
  virtual Result<std::vector<TreeEntry>> entries(std::string_view folder) const = 0;
  virtual Result<FileText> bytes(std::string_view path) const = 0;
  virtual Result<std::string> target(std::string_view path) const = 0;
  virtual Result<Hash128> content(std::string_view path, const TreeEntry& entry) const = 0;

 private:
  struct Found {
    std::string path;  // with no symlink left in it
    TreeEntry entry;
    bool through_symlink = false;
  };
  Result<Found> find(std::string_view path, bool follow_last) const;
  Result<Found> find_through_links(std::string_view path, bool follow_last) const;
};

}  // namespace taut
