#include "health/health.hh"

#include <algorithm>
#include <array>

namespace taut {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"Healthy", "Suspended", "Progressing",
                                                    "Missing", "Degraded",  "Unknown"};

}  // namespace

std::string_view health_name(HealthState state) { return kNames[static_cast<size_t>(state)]; }

std::optional<HealthState> parse_health(std::string_view name) {
  auto it = std::ranges::find(kNames, name);
  if (it == kNames.end()) return std::nullopt;
  return static_cast<HealthState>(it - kNames.begin());
}

// The enumerators stand in the order of badness.
HealthState worst(HealthState a, HealthState b) { return std::max(a, b); }

HealthState worst(std::span<const HealthState> states) {
  HealthState result = HealthState::kHealthy;
  for (HealthState state : states) result = worst(result, state);
  return result;
}

}  // namespace taut
