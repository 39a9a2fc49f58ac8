// A Tree held in memory, and its builder.
//
//   MemoryTreeBuilder files;
//   TAUT_TRY(files.file("app/web.yaml", text));
//   TreePtr tree = files.build();
#pragma once

#include <map>

#include "tree/tree.hh"

namespace taut {

class MemoryTreeBuilder {
 public:
  // Each makes the folders above the path, and replaces what was at the path. kForbidden for a path that leads out
  // of the root; kInvalid where a file stands in the place of a folder, or the other way round.
  Status file(std::string_view path, std::string text, bool executable = false);
  Status file(std::string_view path, FileText text, bool executable = false);
  Status symlink(std::string_view path, std::string target);
  Status folder(std::string_view path);
  // The bytes of a file put here before; nullptr when there is none.
  FileText find(std::string_view path) const;
  // Leaves the builder empty.
  TreePtr build();

  struct Node {
    TreeEntry entry;
    FileText text;       // of a file
    std::string target;  // of a symlink
  };
  // By path; sorted so that a folder's entries can be found by range.
  using Nodes = std::map<std::string, Node, std::less<>>;

 private:
  Status put(std::string_view path, Node node);
  Nodes nodes_;
};

// Shorthand for tests and small generated trees; paths must be clean and must not clash.
TreePtr memory_tree(std::initializer_list<std::pair<std::string_view, std::string_view>> files);

}  // namespace taut
