// An Application as it would be if a folder on disk were its source: what `--local` means to taut diff and taut sync.
#pragma once

#include <string>
#include <vector>

#include "base/result.hh"
#include "port/repositories.hh"
#include "tree/tree.hh"
#include "value/value.hh"

namespace taut {
class Cluster;
}

namespace taut::cli {

struct LocalSource {
  Value application;  // its source's path is the folder's, in `tree`
  TreePtr tree;
};

// `root`: up to where the folder's files may name others; empty: its work tree. kUnsupported for an Application of several
// sources, kNotFound when there is no such folder.
Result<LocalSource> local_source(Value application, const std::string& folder, const std::string& root);

// What it renders, as texts for an operation. `cluster`: that the Application is in; `ns`: the control namespace.
Result<std::vector<std::string>> local_manifests(const std::shared_ptr<Cluster>& cluster, const std::string& ns, Repositories& repositories,
                                                 const LocalSource& source);

}  // namespace taut::cli
