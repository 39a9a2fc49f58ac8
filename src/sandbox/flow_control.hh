// API priority and fairness as clients see it: the FlowSchemas and priority levels that every server brings along, and
// under which of them a request falls. Nothing is queued; limits.hh bounds what one user may ask for.
#pragma once

#include <string_view>
#include <vector>

#include "sandbox/auth.hh"
#include "sandbox/http.hh"

namespace taut::sandbox {

// The objects of flowcontrol.apiserver.k8s.io/v1 that a new server makes.
std::vector<Value> flow_control_objects();

// Names the flow schema and the priority level that take a request, by their uids, in the answer's headers. Only the
// schemas that the server brought along are looked at.
void add_flow_headers(const Cluster& cluster, const User& user, const Attributes& attributes, Response& response);

}  // namespace taut::sandbox
