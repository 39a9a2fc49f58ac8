// The objects of a release as they are in the cluster, which `helm status` shows.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/helm_release.hh"

namespace taut::cli {

// What the server answered for the objects of one kind, under "v1/Deployment"; the pods of workloads come as one list
// under "v1/Pod(related)".
using LiveResources = std::vector<std::pair<std::string, std::vector<Value>>>;

// Asks for each object of the manifest: as the server's Tables when `tables` is set, as objects otherwise. Objects
// that cannot be got are left out, as helm leaves them. kInvalid for kinds that are not served.
Result<LiveResources> live_resources(HelmCluster& cluster, const release::Release& release, bool tables);

// `RESOURCES:\n==> v1/Pod\n...`; "" when there are none. Kinds come in the order of the manifest (helm's is that of a
// map in Go, another each time); the tables are kubectl's: a header wherever the columns are others than before.
std::string resources_text(const LiveResources& resources);

// The same for JSON and YAML: lists by kind.
Value resources_value(const LiveResources& resources);

}  // namespace taut::cli
