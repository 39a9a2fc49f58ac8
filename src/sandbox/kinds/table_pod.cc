#include "sandbox/kinds/table_pod.hh"

#include <fmt/format.h>

#include "sandbox/kinds/table_text.hh"

namespace taut::sandbox::kinds {
namespace {

// What the containers of a pod add up to, as printPod counts it.
struct Tally {
  std::string reason;
  int64_t restarts = 0, sidecar_restarts = 0;
  int64_t ready = 0, total = 0;
  std::string last_restart, last_sidecar_restart;  // RFC 3339 texts in UTC compare as times
};

bool is_sidecar(const Value& pod, std::string_view name) {
  for (const Value& container : pod["spec"]["initContainers"].items()) {
    if (container["name"].as_string() == name) return container["restartPolicy"].as_string() == "Always";
  }
  return false;
}

bool condition_true(const Value& pod, std::string_view type) {
  for (const Value& condition : pod["status"]["conditions"].items()) {
    if (condition["type"].as_string() == type) return condition["status"].as_string() == "True";
  }
  return false;
}

std::string terminated_reason(const Value& terminated) {
  if (!terminated["reason"].empty()) return terminated["reason"].str();
  if (terminated["signal"].as_int() != 0) return fmt::format("Signal:{}", terminated["signal"].as_int());
  return fmt::format("ExitCode:{}", terminated["exitCode"].as_int());
}

void note_restart(const Value& status, std::string& last) {
  std::string_view finished = status["lastState"]["terminated"]["finishedAt"].as_string();
  if (finished > last) last = finished;
}

// True when an init container is still to finish, or failed.
bool tally_init(const Value& pod, Tally& tally) {
  const Value& statuses = pod["status"]["initContainerStatuses"];
  for (size_t i = 0; i < statuses.size(); ++i) {
    const Value& status = statuses[i];
    const Value& state = status["state"];
    tally.restarts += status["restartCount"].as_int();
    note_restart(status, tally.last_restart);
    const bool sidecar = is_sidecar(pod, status["name"].as_string());
    if (sidecar) {
      tally.sidecar_restarts += status["restartCount"].as_int();
      note_restart(status, tally.last_sidecar_restart);
    }
    const Value& terminated = state["terminated"];
    if (!terminated.is_null() && terminated["exitCode"].as_int() == 0) continue;
    if (sidecar && status["started"].as_bool()) {
      if (status["ready"].as_bool()) ++tally.ready;
      continue;
    }
    std::string_view waiting = state["waiting"]["reason"].as_string();
    if (!terminated.is_null()) {
      tally.reason = "Init:" + terminated_reason(terminated);
    } else if (!waiting.empty() && waiting != "PodInitializing") {
      tally.reason = fmt::format("Init:{}", waiting);
    } else {
      tally.reason = fmt::format("Init:{}/{}", i, pod["spec"]["initContainers"].size());
    }
    return true;
  }
  return false;
}

void tally_main(const Value& pod, Tally& tally) {
  tally.restarts = tally.sidecar_restarts;
  tally.last_restart = tally.last_sidecar_restart;
  bool running = false;
  std::string failure;
  const Value& statuses = pod["status"]["containerStatuses"];
  for (size_t i = statuses.size(); i-- > 0;) {
    const Value& status = statuses[i];
    const Value& state = status["state"];
    tally.restarts += status["restartCount"].as_int();
    note_restart(status, tally.last_restart);
    if (!state["waiting"]["reason"].empty()) {
      tally.reason = state["waiting"]["reason"].str();
    } else if (!state["terminated"].is_null()) {
      tally.reason = terminated_reason(state["terminated"]);
      if (state["terminated"]["exitCode"].as_int() != 0) failure = tally.reason;
    } else if (status["ready"].as_bool() && !state["running"].is_null()) {
      running = true;
      ++tally.ready;
    }
  }
  if (tally.reason != "Completed") return;
  if (running && condition_true(pod, "Ready")) {
    tally.reason = "Running";
  } else if (!failure.empty()) {
    tally.reason = failure;
  } else if (running) {
    tally.reason = "NotReady";
  }
}

Tally tally_of(const Value& pod) {
  Tally tally;
  tally.total = static_cast<int64_t>(pod["spec"]["containers"].size());
  for (const Value& container : pod["spec"]["initContainers"].items()) {
    if (container["restartPolicy"].as_string() == "Always") ++tally.total;
  }
  const Value& status = pod["status"];
  tally.reason = status["reason"].empty() ? status["phase"].str() : status["reason"].str();
  for (const Value& condition : status["conditions"].items()) {
    if (condition["type"].as_string() == "PodScheduled" && condition["reason"].as_string() == "SchedulingGated") {
      tally.reason = "SchedulingGated";
    }
  }
  if (!tally_init(pod, tally) || condition_true(pod, "Initialized")) tally_main(pod, tally);
  const std::string phase = status["phase"].str();
  if (!pod["metadata"]["deletionTimestamp"].is_null()) {
    if (status["reason"].as_string() == "NodeLost") {
      tally.reason = "Unknown";
    } else if (phase != "Succeeded" && phase != "Failed") {
      tally.reason = "Terminating";
    }
  }
  return tally;
}

std::string readiness_gates(const Value& pod) {
  const Value& gates = pod["spec"]["readinessGates"];
  if (gates.empty()) return "<none>";
  int met = 0;
  for (const Value& gate : gates.items()) met += condition_true(pod, gate["conditionType"].as_string()) ? 1 : 0;
  return fmt::format("{}/{}", met, gates.size());
}

}  // namespace

std::vector<Value> pod_cells(const Value& pod, Time now) {
  const Tally tally = tally_of(pod);
  std::string restarts = std::to_string(tally.restarts);
  if (tally.restarts != 0 && !tally.last_restart.empty()) {
    restarts = fmt::format("{} ({} ago)", tally.restarts, age_of(tally.last_restart, now));
  }
  const Value& status = pod["status"];
  return {pod["metadata"]["name"],
          fmt::format("{}/{}", tally.ready, tally.total),
          tally.reason,
          restarts,
          age_of(pod["metadata"]["creationTimestamp"], now),
          or_text(status["podIPs"][0]["ip"].as_string(), "<none>"),
          or_text(pod["spec"]["nodeName"].as_string(), "<none>"),
          or_text(status["nominatedNodeName"].as_string(), "<none>"),
          readiness_gates(pod)};
}

}  // namespace taut::sandbox::kinds
