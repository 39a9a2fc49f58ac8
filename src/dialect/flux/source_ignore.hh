// Which files of a source its artifact leaves out: spec.ignore, .sourceignore files and Flux's own list
// (fluxcd/pkg/sourceignore with go-git's reading of gitignore patterns).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tree/tree.hh"

namespace taut::flux {

// Patterns in the order in which they were added; the last one that matches decides. Each path is judged by itself,
// so that a file may be taken back in below a folder that is left out.
class IgnorePatterns {
 public:
  // The lines of a .sourceignore file that lies in `folder`.
  void add(std::string_view text, std::string_view folder = {});
  bool ignores(std::string_view path, bool is_folder) const;
  bool empty() const { return patterns_.empty(); }

 private:
  struct Pattern {
    std::vector<std::string> domain;
    std::vector<std::string> parts;
    bool inclusion = false;
    bool folders_only = false;
    bool by_path = false;  // names more than one part of a path
  };
  static bool matches(const Pattern& pattern, const std::vector<std::string_view>& path, bool is_folder);
  static bool matches_path(const Pattern& pattern, std::span<const std::string_view> path, bool is_folder);

  std::vector<Pattern> patterns_;
};

// The tree as an artifact holds it. `ignore` is spec.ignore; where it and .sourceignore files say nothing, Flux's list
// of images, archives and CI files is left out. Reads every folder of the tree.
Result<TreePtr> without_ignored(TreePtr tree, std::string_view ignore);

}  // namespace taut::flux
