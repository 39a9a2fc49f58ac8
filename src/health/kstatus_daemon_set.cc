#include "health/go_fields.hh"
#include "health/kstatus_rules.hh"

namespace taut::kstatus_rule {
namespace {

// The controller always writes both, so one that is missing means that it has not looked yet.
std::optional<Kstatus> not_looked_at(const Value& object) {
  std::string kind = object["kind"].str();
  if (!object["metadata"].contains("generation")) {
    return in_progress("NoGeneration", kind + " metadata.generation not found");
  }
  if (!object["status"].contains("observedGeneration")) {
    return in_progress("NoObservedGeneration", kind + " status.observedGeneration not found");
  }
  return std::nullopt;
}

}  // namespace

Result<Kstatus> daemon_set(const Value& object, Time) {
  if (auto waiting = not_looked_at(object)) return *waiting;
  const Value& status = object["status"];
  int64_t desired = whole(status["desiredNumberScheduled"], -1);
  int64_t scheduled = whole(status["currentNumberScheduled"], 0);
  int64_t updated = whole(status["updatedNumberScheduled"], 0);
  int64_t available = whole(status["numberAvailable"], 0);
  int64_t ready = whole(status["numberReady"], 0);

  if (desired == -1) return in_progress("NoDesiredNumber", "Missing .status.desiredNumberScheduled");
  if (desired > scheduled) return too_few("LessCurrent", "Current", scheduled, desired);
  if (desired > updated) return too_few("LessUpdated", "Updated", updated, desired);
  if (desired > available) return too_few("LessAvailable", "Available", available, desired);
  if (desired > ready) return too_few("LessReady", "Ready", ready, desired);
  return current(fmt::format("All replicas scheduled as expected. Replicas: {}", desired));
}

}  // namespace taut::kstatus_rule
