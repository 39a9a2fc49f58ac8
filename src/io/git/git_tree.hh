// The files of a commit, read straight from the object database: nothing is checked out.
#pragma once

#include <memory>

#include "io/git/objects.hh"
#include "tree/linked.hh"

namespace taut::git {

// Submodules are listed as such and cannot be entered. Names of files and folders are Git's own hashes, so that ids
// and fingerprints cost look-ups only.
Result<TreePtr> open_tree(std::shared_ptr<const Objects> objects, const git_oid& root);

}  // namespace taut::git
