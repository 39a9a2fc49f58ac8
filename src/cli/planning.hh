// Plans made by a command: rendered objects against what the cluster holds.
#pragma once

#include <string>
#include <vector>

#include "plan/build.hh"
#include "port/cluster.hh"
#include "render/render.hh"

namespace taut::cli {

// The plan for objects of a folder in a namespace: nothing is pruned, since a folder does not know what it held
// before. Objects are put in `ns` where they need a namespace and have none. What templates make at random stays as it is in
// the cluster, as in a sync.
Result<plan::Plan> plan_objects(Cluster& cluster, render::Rendered rendered, const std::string& ns, const std::string& manager);

// A server-side apply of an object, which takes fields over from other managers.
WriteRequest apply_request(const Value& object, const std::string& manager, bool dry_run);

}  // namespace taut::cli
