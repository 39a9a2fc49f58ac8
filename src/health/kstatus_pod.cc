#include <algorithm>

#include "base/strings.hh"
#include "health/go_fields.hh"
#include "health/kstatus_rules.hh"

namespace taut::kstatus_rule {
namespace {

constexpr Duration kScheduleWindow = std::chrono::seconds(15);

bool has(const std::vector<GoCondition>& conditions, std::string_view type, std::string_view status) {
  return std::ranges::any_of(conditions,
                             [&](const GoCondition& c) { return c.type == type && c.status == status; });
}

Result<Kstatus> running(const Value& object, const std::vector<GoCondition>& conditions) {
  if (has(conditions, "Ready", "True")) return current("Pod is Ready");
  TAUT_ASSIGN(auto containers, go_nested_list(object, {"status", "containerStatuses"}));
  std::vector<std::string_view> crashing;
  for (const Value& container : containers) {
    if (container["state"]["waiting"]["reason"].as_string() == "CrashLoopBackOff" && container.contains("name")) {
      crashing.push_back(container["name"].as_string());
    }
  }
  if (!crashing.empty()) {
    return failed("ContainerCrashLooping", "Containers in CrashLoop state: " + join(crashing, ","));
  }
  return in_progress("PodRunningNotReady", "Pod is running but is not Ready");
}

Kstatus pending(const Value& object, const std::vector<GoCondition>& conditions, Time now) {
  auto scheduled = std::ranges::find_if(
      conditions, [](const GoCondition& c) { return c.type == "PodScheduled" && c.status == "False"; });
  if (scheduled == conditions.end() || scheduled->reason != "Unschedulable") {
    return in_progress("PodPending", "Pod is in the Pending phase");
  }
  auto created = parse_rfc3339(object["metadata"]["creationTimestamp"].as_string());
  // Compared this way round: a creation time at the end of what can be held must not overflow.
  if (created && now - kScheduleWindow < *created)
    return in_progress("PodNotScheduled", "Pod has not been scheduled");
  return failed("PodUnschedulable", "Pod could not be scheduled");
}

}  // namespace

Result<Kstatus> pod(const Value& object, Time now) {
  TAUT_ASSIGN(auto conditions, go_conditions(object));
  std::string_view phase = text(object["status"]["phase"], "");
  if (phase == "Succeeded") return current("Pod has completed successfully");
  if (phase == "Failed") return current("Pod has completed, but not successfully");
  if (phase == "Running") return running(object, conditions);
  if (phase == "Pending") return pending(object, conditions, now);
  if (phase.empty()) return in_progress("PodNotObserved", "Pod phase not available");
  return fail(Code::kInvalid, "unknown phase {}", phase);
}

}  // namespace taut::kstatus_rule
