// A folder on disk as a Tree.
#pragma once

#include "tree/tree.hh"

namespace taut {

// Every part of a path is opened without following links, so that neither a symlink nor ".." nor a folder swapped
// while it is read leads out of `folder`. Files are read when asked for: whoever renders a folder that is being
// edited sees the edits. Folders named ".git" are left out. Sockets, pipes and devices are not there. kNotFound
// when there is no such folder.
Result<TreePtr> disk_tree(const std::string& folder);

}  // namespace taut
