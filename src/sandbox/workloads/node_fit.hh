// Whether a node can take a pod.
#pragma once

#include <string>
#include <vector>

#include "value/value.hh"

namespace taut::sandbox::workloads {

// Why `node` cannot take `pod` beside the pods it holds, in the scheduler's words ("node(s) didn't match Pod's node
// affinity/selector"); empty when it can. Mirrors the NodeUnschedulable, TaintToleration, NodeAffinity and
// NodeResourcesFit plugins.
std::vector<std::string> node_misfits(const Value& pod, const Value& node, const std::vector<Value>& present);

// Whether a pod of a DaemonSet belongs on a node: as above, with the tolerations that the controller adds and without
// counting what is free.
bool node_takes_daemon(const Value& pod, const Value& node);

}  // namespace taut::sandbox::workloads
