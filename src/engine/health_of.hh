// The health of a live object as a sync and a status see it.
#pragma once

#include <optional>

#include "health/health.hh"
#include "value/value.hh"

namespace taut::engine {

// judge(), except that an Argo CD Application is as healthy as it says itself: a parent's waves wait for its
// children (argo-cd #5585), which the health checks built into Argo CD do not do.
std::optional<Health> health_of(const Value& object, Judgement judgement);

}  // namespace taut::engine
