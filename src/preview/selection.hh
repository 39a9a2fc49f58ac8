// Which applications a preview is about, and what each is to be synced to.
#pragma once

#include <vector>

#include "preview/adapters.hh"
#include "preview/preview.hh"

namespace taut::preview {

struct Selection {
  std::vector<Value> applications;  // as they are in the copy
  std::string revision;             // the commit that is tried; "" when it is what each follows
};

// Finds them and teaches `repositories` the commit. A standalone folder gets an Application in the copy, with a
// project of its own. kNotFound for an application, repository or revision that is not there.
Result<Selection> select(Cluster& cluster, MergedRepositories& repositories, const Request& request);

// The name of a standalone folder's Application.
inline constexpr std::string_view kFolderUnit = "taut-preview";

}  // namespace taut::preview
