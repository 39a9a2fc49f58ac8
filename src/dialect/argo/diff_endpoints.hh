// Endpoints as Argo CD compares them. Internal to the room.
#pragma once

#include "value/value.hh"

namespace taut::argo {

// Ports with their protocol, and addresses, ports and subsets in the order of Kubernetes' SortSubsets: addresses
// by IP and what they stand for, the others by the MD5 of how Go prints them. Fields that no Endpoints have stay.
void normalize_endpoints(Value& object);

}  // namespace taut::argo
