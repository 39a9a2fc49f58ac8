// A local folder as a source, with the flags that choose what of it counts.
#pragma once

#include <string>

#include "cli/flags.hh"
#include "render/render.hh"

namespace taut::cli {

// Where a folder is a source: in its work tree, since kustomizations and charts refer to what lies beside them; outside of
// one, those are looked up in the file system, and other folders stand for themselves.
struct FolderPlace {
  TreePtr tree;
  std::string root;  // of the tree
  std::string path;  // of the folder in it
};
// kNotFound when it is no folder.
Result<FolderPlace> place_of(const std::string& folder);

struct FolderSource {
  bool recurse = false;
  std::string include;
  std::string exclude;

  void declare(Flags& flags);
  // What the folder renders to. Warnings go to standard error. kNotFound when it is not there.
  Result<render::Rendered> render(const std::string& folder) const;
};

}  // namespace taut::cli
