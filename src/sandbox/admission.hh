// Checks and changes between decoding and validation that look at other objects (the admission plug-ins that are
// on by default): NamespaceLifecycle, Priority, LimitRanger, ResourceQuota.
#pragma once

#include "sandbox/cluster.hh"

namespace taut::sandbox {

// A namespace that is not there, or on its way out, takes no new objects.
ApiResult<void> admit_namespace(Cluster& cluster, const Resource& resource, std::string_view ns, std::string_view name);

// Changes and checks of an object about to be created.
ApiResult<void> admit_create(Cluster& cluster, const Resource& resource, Value& object);

}  // namespace taut::sandbox
