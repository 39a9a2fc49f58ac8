#include "sandbox/workloads/pod_status.hh"

#include <fmt/format.h>

#include "base/hash.hh"
#include "base/strings.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {

void pod_condition(Value& status, std::string_view type, bool on, std::string_view reason, std::string_view message, std::string_view now) {
  const std::string_view value = on ? "True" : "False";
  const Value present = condition_of(status, type);
  Value fresh = Value::map({{"lastProbeTime", Value()}, {"lastTransitionTime", now}, {"status", value}, {"type", type}});
  if (!reason.empty()) fresh.set("reason", reason);
  if (!message.empty()) fresh.set("message", message);
  if (present["status"].as_string() == value) fresh.set("lastTransitionTime", present["lastTransitionTime"]);
  // Conditions keep their places: a kubelet updates in place.
  Value list = status["conditions"];
  if (!list.is_list()) list = Value::list();
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i]["type"].as_string() == type) {
      list.edit(i) = fresh;
      status.set("conditions", list);
      return;
    }
  }
  list.push_back(fresh);
  status.set("conditions", list);
}

void pod_conditions(Value& status, const Value& spec, bool initialized, bool ready, std::string_view now) {
  std::vector<std::string_view> names;
  for (const Value& container : spec["containers"].items()) names.push_back(container["name"].as_string());
  const std::string message = ready ? "" : fmt::format("containers with unready status: [{}]", join(names, " "));
  const std::string_view reason = ready ? "" : "ContainersNotReady";
  pod_condition(status, "Initialized", initialized, initialized ? "" : "ContainersNotInitialized", "", now);
  pod_condition(status, "Ready", ready, reason, message, now);
  pod_condition(status, "ContainersReady", ready, reason, message, now);
}

Value running_state(std::string_view now) { return Value::map({{"running", Value::map({{"startedAt", now}})}}); }

Value waiting_state(std::string_view reason, std::string_view message) {
  Value waiting = Value::map({{"reason", reason}});
  if (!message.empty()) waiting.set("message", message);
  return Value::map({{"waiting", waiting}});
}

Value terminated_state(const Value& before, int64_t exit_code, std::string_view reason, std::string_view now) {
  const Value& started = before["running"]["startedAt"];
  return Value::map({{"terminated", Value::map({{"exitCode", exit_code},
                                                {"finishedAt", now},
                                                {"reason", reason},
                                                {"startedAt", started.is_null() ? Value(now) : started}})}});
}

Value container_entry(const Value& container, const Value& state, bool ready) {
  return Value::map({{"image", container["image"]},
                     {"imageID", state.contains("waiting") ? Value("") : Value(image_id(container["image"].as_string()))},
                     {"name", container["name"]},
                     {"ready", ready},
                     {"restartCount", 0},
                     {"started", state.contains("running")},
                     {"state", state}});
}

std::string image_id(std::string_view image) {
  std::string digest;
  for (int i = 0; i < 4; ++i) digest += fmt::format("{:016x}", hash64(fmt::format("{}{}", i, image)));
  return fmt::format("{}@sha256:{}", image.substr(0, image.find('@')), digest);
}

}  // namespace taut::sandbox::workloads
