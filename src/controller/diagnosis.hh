// What unhealthy objects of a cluster suffer from: their parts and the events about them are read, and judged.
#pragma once

#include <optional>
#include <span>

#include "health/reasons.hh"
#include "port/cluster.hh"

namespace taut::controller {

// The root cause of the first of the objects that has one; nothing when nobody knows. Only reads, and blocks: two to six
// lists for each namespace. What may not be read is left out of the sentence. `base`: what the cluster does not know.
std::optional<Reason> diagnose(Cluster& cluster, std::span<const Value> objects, const Surroundings& base);

}  // namespace taut::controller
