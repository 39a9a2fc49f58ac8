// Trees made from other trees: a sub-folder, and a tree with some files changed.
#pragma once

#include <map>
#include <optional>

#include "tree/tree.hh"

namespace taut {

// The folder of a tree as a tree of its own. Paths cannot leave the folder, but symlinks may lead anywhere inside
// the whole tree, as they do in a checkout. kNotFound when there is no such folder. Its id is the folder's
// fingerprint, which in a Git tree is the hash of the Git tree object.
Result<TreePtr> sub_tree(TreePtr tree, std::string_view folder);

// A tree with files put, replaced (text) or removed (nothing). Folders come and go with their files.
using TreeChanges = std::map<std::string, std::optional<std::string>, std::less<>>;
Result<TreePtr> overlay_tree(TreePtr base, TreeChanges changes);

}  // namespace taut
