// The row of a Pod: the hardest of the tables, for its status is read from its containers.
#pragma once

#include <vector>

#include "base/time.hh"
#include "value/value.hh"

namespace taut::sandbox::kinds {

// Name, Ready, Status, Restarts, Age, IP, Node, Nominated Node, Readiness Gates; mirrors printPod of kube-apiserver.
std::vector<Value> pod_cells(const Value& pod, Time now);

}  // namespace taut::sandbox::kinds
