// What git generators see of a repository's files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hh"
#include "tree/tree.hh"

namespace taut::argo::appset {

// Every folder below the root, sorted; folders whose name begins with a dot, and all in them, are left out.
Result<std::vector<std::string>> folders_of(const Tree& tree);

// The files a pattern names with their text, as `git ls-files PATTERN` does: `*` stands for any text, slashes too, and
// the name of a folder for all that is in it.
Result<std::map<std::string, std::string>> files_of(const Tree& tree, std::string_view pattern);

}  // namespace taut::argo::appset
