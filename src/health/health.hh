// Health: how an object fares, judged from the object alone.
//
// The words, their order and the kinds that have a health at all are Argo CD's (gitops-engine pkg/health); Flux's
// judgement (kstatus) is expressed in the same words, the dialect picks. Pure functions, thread-safe. The rules
// themselves are in argo.hh and kstatus.hh, one small file for each kind.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.hh"
#include "value/value.hh"

namespace taut {

enum class HealthState : uint8_t { kHealthy, kSuspended, kProgressing, kMissing, kDegraded, kUnknown };

// "Healthy", "Suspended", "Progressing", "Missing", "Degraded", "Unknown".
std::string_view health_name(HealthState state);
// The state of that name, or nothing.
std::optional<HealthState> parse_health(std::string_view name);

struct Health {
  HealthState state = HealthState::kHealthy;
  std::string message;
  bool operator==(const Health&) const = default;
};

// The worse of two, and the worst of many (Healthy for none), by Argo CD's order:
// Healthy < Suspended < Progressing < Missing < Degraded < Unknown.
HealthState worst(HealthState a, HealthState b);
HealthState worst(std::span<const HealthState> states);

// Whose rules are used: Argo CD's health checks or Flux's kstatus.
enum class Judgement : uint8_t { kArgo, kFlux };

// The health of one live object; nothing when its kind has none (a ConfigMap under Argo CD's rules). An object
// that is being deleted is Progressing, "Pending deletion", whatever its kind and whoever judges (but for Argo CD's
// hooks that only their finalizer holds: those are judged by their kind).
// `now` matters to Flux's judgement of a Pod that cannot be scheduled: it turns Degraded 15 seconds after it was
// created; without `now` it stays Progressing.
std::optional<Health> judge(const Value& object, Judgement judgement, std::optional<Time> now = std::nullopt);

}  // namespace taut
