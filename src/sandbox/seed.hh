// What a new cluster has before anybody creates anything.
#pragma once

#include "sandbox/writer.hh"

namespace taut::sandbox {

// Namespaces, the service `kubernetes`, priority classes, administrators' roles. Objects that are there already
// stay as they are.
void seed(Cluster& cluster, Writer& writer);

}  // namespace taut::sandbox
