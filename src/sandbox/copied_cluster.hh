// How the simulated controllers behave on a copy of another cluster.
#pragma once

#include "sandbox/cluster.hh"
#include "sandbox/workloads/options.hh"

namespace taut::sandbox {

// Read from what the store holds, so that it is the same after a restart: on a copy the sandbox stands for the nodes,
// provisioners and images of the original. It makes no nodes or storage classes of its own where the copy has some,
// and an image that fails wherever it is used there fails here too. Changes nothing for a cluster that is no copy.
void adapt_to_copy(const Cluster& cluster, workloads::Options& options);

}  // namespace taut::sandbox
