// What a cluster needs before the controller can work in it.
#pragma once

#include <string>

#include "base/result.hh"
#include "base/time.hh"
#include "port/cluster.hh"

namespace taut::controller {

// Applies Argo CD's and Flux's CustomResourceDefinitions and the control namespace, and waits until the kinds are served (at
// most `patience`). Definitions that are there already are left alone: an Argo CD or a Flux may have put them there.
Status install(Cluster& cluster, const std::string& control_namespace, Duration patience = std::chrono::seconds(30));

}  // namespace taut::controller
