// Trees inside of a tree, as Git has submodules.
#pragma once

#include <map>
#include <string>

#include "tree/tree.hh"

namespace taut {

// What lies at each path in place of what `base` has there, usually a submodule: a tree, or why there is none, which is what
// reading below that path says. Symlinks lead from one tree into another. Paths are clean and none lies inside another.
TreePtr mounted_tree(TreePtr base, std::map<std::string, Result<TreePtr>, std::less<>> mounts);

}  // namespace taut
