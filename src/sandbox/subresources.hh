// Subresources and posted kinds: status, scale, eviction, binding, token, log, access reviews.
#pragma once

#include "sandbox/api.hh"

namespace taut::sandbox {

// The Scale of an object (autoscaling/v1), for kinds and custom resources that have one.
ApiResult<Value> scale_of(const Resource& resource, const Value& object);
// Writes spec.replicas of a Scale into the object it scales.
void set_scale(const Resource& resource, Value& object, const Value& scale);

// GET pods/N/log.
ApiResult<Response> pod_log(Cluster& cluster, WatchHub& hub, const Query& query, const Value& pod);

// Assigns a pod to a node, as POST pods/N/binding does; 409 when it has one.
ApiResult<ItemPtr> bind_pod(Cluster& cluster, std::string_view ns, std::string_view name, std::string_view node);
// The Status of a 201 that has no object.
Value created_status();

// POST pods/N/eviction: deletes the pod if no disruption budget forbids it.
ApiResult<Response> evict(Cluster& cluster, Writer& writer, Call& call);

void add_custom_deprecation(const Resource& resource, std::vector<std::string>& warnings);

}  // namespace taut::sandbox
