// The LimitRanger and ResourceQuota admission plug-ins: defaults and bounds of containers, pods and claims, and counts
// of what a namespace may hold. Quotas bind once something has written their status, as on the real server.
#pragma once

#include "sandbox/api_error.hh"
#include "sandbox/cluster.hh"

namespace taut::sandbox {

// Gives a new pod's containers the requests and limits that the namespace's LimitRanges name, and says so in an
// annotation. Before the pod's class of service is worked out.
void default_limits(const Cluster& cluster, const Resource& resource, Value& object);

// 403 with what is out of bounds: "maximum cpu usage per Container is 2, but limit is 3".
ApiResult<void> admit_limits(const Cluster& cluster, const Resource& resource, const Value& object);

// 403 "exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2"; otherwise counts the object in the status of
// the quotas, unless it is a dry run.
ApiResult<void> admit_quota(Cluster& cluster, const Resource& resource, const Value& object, bool dry_run);

}  // namespace taut::sandbox
