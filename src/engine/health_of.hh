// The health of a live object as a sync and a status see it.
#pragma once

#include <optional>

#include "base/time.hh"
#include "engine/unit.hh"
#include "health/health.hh"
#include "value/value.hh"

namespace taut::engine {

// What the Unit's own checks say, else judge(); an Argo CD Application is as healthy as it says itself, as the health
// check says that people add to Argo CD for it.
std::optional<Health> health_of(const Value& object, const UnitSpec& unit, Time now);

// The health that a wave waits for: a child application must also have come to rest, so that a parent's waves wait for
// its children (argo-cd #5585), which Argo CD does not do.
std::optional<Health> settled_health_of(const Value& object, const UnitSpec& unit, Time now);

}  // namespace taut::engine
