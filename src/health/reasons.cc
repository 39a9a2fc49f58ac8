#include "health/reasons.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.hh"
#include "health/reason_rules.hh"
#include "object/id.hh"

namespace taut {
namespace {

constexpr std::array kRules = {
    ReasonRule{"deadline", "Deployment", reason::deadline},
    ReasonRule{"quota", "ReplicaSet Deployment StatefulSet DaemonSet Job", reason::quota},
    ReasonRule{"refused", "ReplicaSet Deployment StatefulSet DaemonSet Job", reason::refused},
    ReasonRule{"admission-silent", "ReplicaSet Deployment StatefulSet DaemonSet Job", reason::unanswered},
    ReasonRule{"job-failed", "Job", reason::job_failed},
    ReasonRule{"image-name", "Pod", reason::image_name},
    ReasonRule{"image-pull", "Pod", reason::image_pull},
    ReasonRule{"config-missing", "Pod", reason::config_missing},
    ReasonRule{"out-of-memory", "Pod", reason::out_of_memory},
    ReasonRule{"liveness", "Pod", reason::liveness},
    ReasonRule{"cannot-run", "Pod", reason::cannot_run},
    ReasonRule{"exits", "Pod", reason::exits},
    ReasonRule{"mount-missing", "Pod", reason::mount_missing},
    ReasonRule{"still-attached", "Pod", reason::still_attached},
    ReasonRule{"claim-of-pod", "Pod", reason::pod_waits_for_claim},
    ReasonRule{"no-room", "Pod", reason::no_room},
    ReasonRule{"no-node-fits", "Pod", reason::no_node_fits},
    ReasonRule{"readiness", "Pod", reason::readiness},
    ReasonRule{"claim-waits", "PersistentVolumeClaim", reason::claim_waits},
    ReasonRule{"selects-nothing", "Service", reason::selects_nothing},
    ReasonRule{"no-address", "Service Ingress Gateway", reason::no_address},
    ReasonRule{"application", "Application", reason::application},
};

std::optional<Reason> by_rules_of(std::string_view kind, const Value& object, const Surroundings& around) {
  for (const ReasonRule& rule : kRules) {
    if (std::ranges::count(split(rule.kinds, ' '), kind) == 0) continue;
    if (auto found = rule.rule(object, around)) {
      if (found->name.empty()) found->name = rule.name;
      if (found->object.empty()) found->object = fmt::format("{} {}", kind, name_of(object));
      return found;
    }
  }
  return std::nullopt;
}

}  // namespace

std::span<const ReasonRule> reason_rules() { return kRules; }

std::optional<Reason> explain(const Value& object, const Surroundings& around) {
  if (auto own = by_rules_of(object["kind"].as_string(), object, around)) return own;
  for (const Value& pod : around.pods) {
    if (auto found = by_rules_of("Pod", pod, around)) return found;
  }
  return std::nullopt;
}

namespace reason {
namespace {

const Value kNothing;

}  // namespace

const Value& container_status(const Value& pod, const std::function<bool(const Value&)>& wanted) {
  for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
    for (const Value& status : pod["status"][list].items()) {
      if (wanted(status)) return status;
    }
  }
  return kNothing;
}

const Value& container_spec(const Value& pod, std::string_view name) {
  for (const char* list : {"initContainers", "containers"}) {
    for (const Value& container : pod["spec"][list].items()) {
      if (container["name"].as_string() == name) return container;
    }
  }
  return kNothing;
}

const Value& last_end(const Value& status) {
  const Value& now = status["state"]["terminated"];
  return now.is_null() ? status["lastState"]["terminated"] : now;
}

std::string_view event_message(const Value& object, const Surroundings& around, std::string_view start) {
  const Value* newest = nullptr;
  for (const Value& event : around.events) {
    const Value& about = event["involvedObject"];
    bool of_object = about["name"].as_string() == name_of(object) &&
                     about["kind"].as_string() == object["kind"].as_string("Pod");
    if (!of_object || !event["message"].as_string().starts_with(start)) continue;
    if (!newest || (*newest)["lastTimestamp"].as_string() <= event["lastTimestamp"].as_string()) newest = &event;
  }
  return newest ? (*newest)["message"].as_string() : std::string_view();
}

const Value& event_with(const Value& object, const Surroundings& around, std::string_view reason) {
  const Value* newest = nullptr;
  for (const Value& event : around.events) {
    const Value& about = event["involvedObject"];
    bool of_object = about["name"].as_string() == name_of(object) && about["kind"] == object["kind"];
    if (!of_object || event["reason"].as_string() != reason) continue;
    if (!newest || (*newest)["lastTimestamp"].as_string() <= event["lastTimestamp"].as_string()) newest = &event;
  }
  return newest ? *newest : kNothing;
}

int count(const Value& pod, const Surroundings& around, const std::function<bool(const Value&)>& same) {
  int found = static_cast<int>(std::ranges::count_if(around.pods, same));
  return std::max(found, same(pod) ? 1 : 0);
}

std::string times(int64_t count) { return count == 1 ? "1 time" : fmt::format("{} times", count); }

std::string spoken(Duration duration) {
  int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 120 * 60) return fmt::format("{} min", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} d", seconds / 86400);
}

std::string spoken_time(std::string_view rfc3339) {
  auto time = parse_rfc3339(rfc3339);
  if (!time) return std::string(rfc3339);
  std::string text = format_rfc3339(*time);
  return text.substr(0, 10) + ' ' + text.substr(11, 5) + " UTC";
}

std::string or_roll_back(std::string_view verb, const Surroundings& around) {
  if (around.previous_revision.empty()) return fmt::format("{} or roll back.", verb);
  return fmt::format("{} or roll back to {}.", verb, around.previous_revision);
}

}  // namespace reason
}  // namespace taut
