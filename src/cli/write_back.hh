// Changes that commands write back to Git: which files they touch, and how they are shown.
#pragma once

#include <string>
#include <vector>

#include "base/result.hh"
#include "io/git/refs.hh"
#include "io/git/workspace.hh"
#include "tree/tree.hh"
#include "value/value.hh"

namespace taut::cli {

// All files below a folder, sorted. Symlinks and submodules are left out.
Result<std::vector<std::string>> files_below(const Tree& tree, const std::string& folder);

// What makes these files of `from` those of `to`: each as it is in `to`, or gone where it is not there. Files that are the
// same are left out.
Result<git::FileChanges> difference(const Tree& from, const Tree& to, const std::vector<std::string>& paths);

// The repository of an Application's one source, as its project sees it.
std::string repository_of(const Value& application);

// The branch, without "refs/heads/", that a revision of a source names; kInvalid when it names none.
Result<std::string> branch_of(const git::RemoteRefs& refs, const std::string& revision);

// The changes to the files of a tree as a unified diff, with `diff --git` lines.
Result<std::string> diff_text(const Tree& before, const git::FileChanges& changes);

}  // namespace taut::cli
