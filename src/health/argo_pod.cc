#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "health/argo_checks.hh"

namespace taut::argo_health {
namespace {

bool is_trouble(std::string_view reason) {
  return reason.starts_with("Err") || reason.ends_with("Error") || reason.ends_with("BackOff");
}

// Messages of the containers that wait because of a fault; nothing when none does. Not asked for pods that end by
// themselves: a hook whose image appears late would run although its sync had failed.
std::optional<std::string> waiting_for_a_fault(const Value& status) {
  std::vector<std::string_view> messages;
  for (const Value& container : status["containerStatuses"].items()) {
    const Value& waiting = container["state"]["waiting"];
    if (is_trouble(waiting["reason"].as_string())) messages.push_back(waiting["message"].as_string());
  }
  if (messages.empty()) return std::nullopt;
  return join(messages, ", ");
}

std::string why_container_failed(const Value& container) {
  const Value& ended = container["state"]["terminated"];
  if (!ended["message"].empty()) return ended["message"].str();
  if (ended["reason"].as_string() == "OOMKilled") return "OOMKilled";
  if (int64_t code = ended["exitCode"].as_int(); code != 0) {
    return fmt::format("container {} failed with exit code {}", quote(container["name"].as_string()), code);
  }
  return {};
}

Health failed(const Value& status) {
  if (!status["message"].empty()) return degraded(status["message"].str());
  for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
    for (const Value& container : status[list].items()) {
      if (std::string why = why_container_failed(container); !why.empty()) return degraded(std::move(why));
    }
  }
  return degraded();
}

Health running(const Value& object, bool always) {
  const Value& status = object["status"];
  std::string message = status["message"].str();
  if (!always) return progressing(std::move(message));
  if (condition(object, "Ready")["status"].as_string() == "True") return healthy(std::move(message));
  bool ended_before = std::ranges::any_of(status["containerStatuses"].items(), [](const Value& container) {
    return !container["lastState"]["terminated"].is_null();
  });
  return ended_before ? degraded(std::move(message)) : progressing(std::move(message));
}

}  // namespace

// Mirrors gitops-engine health_pod.go.
Health pod(const Value& object) {
  const Value& status = object["status"];
  std::string_view policy = object["spec"]["restartPolicy"].as_string();
  bool always = policy == "Always";
  if (always) {
    if (auto fault = waiting_for_a_fault(status)) return degraded(std::move(*fault));
  }
  std::string_view phase = status["phase"].as_string();
  std::string message = status["message"].str();
  if (phase == "Pending") return progressing(std::move(message));
  if (phase == "Succeeded") return healthy(std::move(message));
  if (phase == "Failed") return failed(status);
  bool known_policy = always || policy == "OnFailure" || policy == "Never";
  if (phase == "Running" && known_policy) return running(object, always);
  return {HealthState::kUnknown, std::move(message)};
}

}  // namespace taut::argo_health
