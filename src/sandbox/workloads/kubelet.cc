#include "sandbox/workloads/kubelet.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/logs.hh"
#include "sandbox/workloads/nodes.hh"
#include "sandbox/workloads/objects.hh"
#include "sandbox/workloads/pod_status.hh"
#include "sandbox/workloads/pod_trouble.hh"

namespace taut::sandbox::workloads {
namespace {

using known::kPod;
constexpr auto kSecond = std::chrono::seconds(1);

// 10 s, 20 s, 40 s, ... 5 minutes, as the kubelet waits before it tries an image or a container again.
Duration backoff(int failures) { return std::min<Duration>(10 * kSecond * (1 << std::clamp(failures, 0, 5)), 300 * kSecond); }

std::string described(const Value& pod) {
  return fmt::format("{}_{}({})", name_of(pod), namespace_of(pod), uid_of(pod));
}

template <class Test>
const Value* first_in(const Options& options, const Value& pod, const char* list, Test test) {
  for (const Value& container : pod["spec"][list].items()) {
    if (test(behaviour_of(options, pod, container))) return &container;
  }
  return nullptr;
}

template <class Test>
const Value* first_container(const Options& options, const Value& pod, Test test) {
  return first_in(options, pod, "containers", test);
}

bool has_fault(const Behaviour& behaviour, Fault fault) { return behaviour.fault && behaviour.fault->fault == fault; }
bool cannot_pull(const Behaviour& behaviour) { return has_fault(behaviour, Fault::kImagePull); }
bool crashes(const Behaviour& behaviour) { return has_fault(behaviour, Fault::kCrash) || has_fault(behaviour, Fault::kOutOfMemory); }

}  // namespace

void Kubelet::observe(const Change& change, const ObjectId& id) {
  if (id.group.empty() && (id.kind == known::kConfigMap.kind || id.kind == known::kSecret.kind)) {
    if (change.type != ChangeType::kDeleted) retry_waiting(id);
    return;
  }
  if (!id.group.empty() || id.kind != kPod.kind) return;
  const Value& address = change.object["status"]["podIP"];
  if (change.type == ChangeType::kDeleted) {
    plans_.erase(id);
    used_addresses_.erase(address.str());
    return;
  }
  if (!address.empty()) used_addresses_.insert(address.str());
  if (plays(change.object)) enqueue(id);
}

// Whether the pod's node is one of those that this kubelet stands for.
bool Kubelet::plays(const Value& pod) const {
  std::string_view node = pod["spec"]["nodeName"].as_string();
  return runtime_.options().plays_all ? !node.empty() : node.starts_with(kNodePrefix);
}

std::string Kubelet::fresh_address(const std::string& node) {
  std::string address;
  do {
    address = pod_address(node, addresses_[node]++);
  } while (!used_addresses_.insert(address).second);
  return address;
}

// Pods that wait for a ConfigMap or Secret of this name go on at once.
void Kubelet::retry_waiting(const ObjectId& source) {
  for (auto& [id, plan] : plans_) {
    if (id.ns != source.ns || !plan.waiting) continue;
    plan.due = runtime_.now();
    enqueue(id);
  }
}

void Kubelet::plan_next(const ObjectId& id, Plan& plan, Plan::Stage stage, Duration delay) {
  plan.stage = stage;
  plan.due = runtime_.now() + delay;
  if (stage != Plan::Stage::kNone) enqueue_after(id, delay);
}

Status Kubelet::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found || !plays(*found)) return {};
  const Value pod = *found;
  if (is_deleting(pod)) return end(pod, id);
  if (pod_finished(pod)) return {};
  Plan& plan = plans_[id];
  if (plan.uid != uid_of(pod)) plan = resume(pod);
  if (plan.stage == Plan::Stage::kNone) return {};
  if (runtime_.now() < plan.due) {
    if (!plan.waiting) enqueue_after(id, plan.due - runtime_.now());
    return {};
  }
  return step(pod, plan, id);
}

// After a restart of the sandbox a pod goes on from what its status says.
Kubelet::Plan Kubelet::resume(const Value& pod) const {
  Plan plan;
  plan.uid = std::string(uid_of(pod));
  plan.due = runtime_.now();
  const Value& status = pod["status"]["containerStatuses"][0];
  if (status.is_null()) return plan;
  std::string_view waiting = status["state"]["waiting"]["reason"].as_string();
  plan.failures = static_cast<int>(status["restartCount"].as_int());
  if (waiting == "CrashLoopBackOff" || !status["state"]["terminated"].is_null()) {
    plan.stage = Plan::Stage::kRestart;
  } else if (!waiting.empty()) {
    plan.stage = Plan::Stage::kRun;
  } else {
    plan.stage = first_container(runtime_.options(), pod, [](const Behaviour& b) { return b.finishes; }) ? Plan::Stage::kFinish : Plan::Stage::kNone;
  }
  return plan;
}

Status Kubelet::end(const Value& pod, const ObjectId& id) {
  Plan& plan = plans_[id];
  const bool begun = plan.stage == Plan::Stage::kNone && plan.uid == "ending";
  if (!begun) {
    plan = Plan{"ending", Plan::Stage::kNone, runtime_.now() + runtime_.simulated(runtime_.options().stop)};
    for (const Value& status : pod["status"]["containerStatuses"].items()) {
      if (!status["state"]["running"].is_null()) {
        event(pod, "Normal", "Killing", fmt::format("Stopping container {}", status["name"].as_string()));
      }
    }
  }
  if (runtime_.now() < plan.due) {
    enqueue_after(id, plan.due - runtime_.now());
    return {};
  }
  RemoveOptions now;
  now.grace_seconds = 0;
  return remove(pod, now);
}

Status Kubelet::step(const Value& pod, Plan& plan, const ObjectId& id) {
  switch (plan.stage) {
    case Plan::Stage::kCreate: return creating(pod, plan, id);
    case Plan::Stage::kPull: return pull(pod, plan, id);
    case Plan::Stage::kRun: return run(pod, plan, id);
    case Plan::Stage::kFinish: return finish(pod, plan, id);
    case Plan::Stage::kCrash: return crash(pod, plan, id);
    case Plan::Stage::kRestart: return restart(pod, plan, id);
    case Plan::Stage::kNone: return {};
  }
  return {};
}

Status Kubelet::write(const Value& pod) {
  auto written = update_status(pod);
  if (!written && written.error().code() != Code::kNotFound) return fail(written.error());
  return {};
}

Status Kubelet::creating(Value pod, Plan& plan, const ObjectId& id) {
  const Options& options = runtime_.options();
  const bool slow = first_container(options, pod, [](const Behaviour& b) { return has_fault(b, Fault::kSlow); });
  plan_next(id, plan, Plan::Stage::kRun, runtime_.simulated(options.start) * (slow ? 10 : 1));
  if (!options.show_creating) return {};
  Value status = pod["status"];
  const std::string now = runtime_.now_text();
  const bool plain = pod["spec"]["initContainers"].empty();
  pod_conditions(status, pod["spec"], plain, false, now);
  const std::string address = node_address(pod["spec"]["nodeName"].as_string());
  status.set("hostIP", address);
  status.set("hostIPs", Value::list({Value::map({{"ip", address}})}));
  status.set("startTime", now);
  Value entries = Value::list();
  for (const Value& container : pod["spec"]["containers"].items()) {
    entries.push_back(container_entry(container, waiting_state(plain ? "ContainerCreating" : "PodInitializing", ""), false));
  }
  status.set("containerStatuses", entries);
  pod.set("status", status);
  return write(pod);
}

// One try at an image that cannot be had: refused at first, then waited for longer and longer.
Status Kubelet::pull(Value pod, Plan& plan, const ObjectId& id) {
  const Value* init = first_in(runtime_.options(), pod, "initContainers", cannot_pull);
  const Value* container = init ? init : first_container(runtime_.options(), pod, cannot_pull);
  if (!container) {
    plan_next(id, plan, Plan::Stage::kRun, Duration::zero());
    return {};
  }
  const std::string image = (*container)["image"].str();
  const bool refused = plan.failures % 2 == 0;
  const std::string why = fmt::format("failed to pull and unpack image \"{0}\": failed to resolve reference \"{0}\": {0}: not found", image);
  Value status = pod["status"];
  change_container(status, init ? "initContainerStatuses" : "containerStatuses", (*container)["name"].as_string(), [&](Value& entry) {
    entry = container_entry(*container, refused ? waiting_state("ErrImagePull", why)
                                                : waiting_state("ImagePullBackOff", fmt::format("Back-off pulling image \"{}\": ErrImagePull: {}", image, why)),
                            false);
  });
  pod_conditions(status, pod["spec"], init == nullptr, false, runtime_.now_text());
  pod.set("status", status);
  TAUT_TRY(write(pod));
  if (refused) {
    event(pod, "Normal", "Pulling", fmt::format("Pulling image \"{}\"", image));
    event(pod, "Warning", "Failed", fmt::format("Failed to pull image \"{}\": {}", image, why));
    event(pod, "Warning", "Failed", "Error: ErrImagePull");
  } else {
    event(pod, "Normal", "BackOff", fmt::format("Back-off pulling image \"{}\"", image));
    event(pod, "Warning", "Failed", "Error: ImagePullBackOff");
  }
  const Duration wait = refused ? Duration(runtime_.options().start) : backoff(plan.failures / 2);
  ++plan.failures;
  plan_next(id, plan, Plan::Stage::kPull, runtime_.simulated(wait));
  return {};
}

void Kubelet::say_started(const Value& pod, const Value& container) {
  event(pod, "Normal", "Pulled",
        fmt::format("Container image \"{}\" already present on machine and can be accessed by the pod", container["image"].as_string()));
  event(pod, "Normal", "Created", "Container created");
  event(pod, "Normal", "Started", "Container started");
  for (const std::string& line : log_lines(pod, container)) {
    client_->append_log(namespace_of(pod), name_of(pod), container["name"].as_string(), line);
  }
}

Status Kubelet::run(Value pod, Plan& plan, const ObjectId& id) {
  const Options& options = runtime_.options();
  const std::string now = runtime_.now_text();
  if (auto trouble = pod_trouble(cache_, pod)) {
    if (plan.waiting) return {};
    plan.waiting = true;
    event(pod, "Warning", trouble->event, trouble->message);
    plan.due = Time::max();  // until what is missing appears
    if (trouble->waiting.empty()) return {};
    Value status = pod["status"];
    change_container(status, "containerStatuses", trouble->container, [&](Value& entry) {
      entry.set("state", waiting_state(trouble->waiting, trouble->message));
    });
    pod.set("status", status);
    return write(pod);
  }
  plan.waiting = false;
  if (first_in(options, pod, "initContainers", cannot_pull) || first_container(options, pod, cannot_pull)) {
    plan.failures = 0;
    plan_next(id, plan, Plan::Stage::kPull, Duration::zero());
    return {};
  }
  if (const Value* broken = first_in(options, pod, "initContainers", [](const Behaviour& b) { return crashes(b) || b.exit_code != 0; })) {
    return fail_init(pod, plan, id, *broken);
  }
  plan.failures = 0;
  bool ready = true, crashing = false, finishing = !pod["spec"]["containers"].empty();
  Duration runs{};
  Value status = pod["status"], entries = Value::list(), inits = Value::list();
  for (const Value& container : pod["spec"]["initContainers"].items()) {
    const bool sidecar = container["restartPolicy"].as_string() == "Always";
    Value entry = container_entry(container, sidecar ? running_state(now) : terminated_state(Value(), 0, "Completed", now), true);
    entry.set("started", sidecar);
    inits.push_back(entry);
    say_started(pod, container);
  }
  for (const Value& container : pod["spec"]["containers"].items()) {
    const Behaviour behaviour = behaviour_of(options, pod, container);
    const bool unready = has_fault(behaviour, Fault::kNeverReady);
    ready &= !unready;
    crashing |= crashes(behaviour);
    finishing &= behaviour.finishes;
    runs = std::max(runs, behaviour.runs);
    entries.push_back(container_entry(container, running_state(now), !unready));
    say_started(pod, container);
    if (unready) event(pod, "Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503");
  }
  const std::string node = pod["spec"]["nodeName"].str();
  const std::string address = pod["spec"]["hostNetwork"].as_bool() ? node_address(node) : fresh_address(node);
  status.set("phase", "Running");
  status.set("containerStatuses", entries);
  if (!inits.empty()) status.set("initContainerStatuses", inits);
  status.set("hostIP", node_address(node));
  status.set("hostIPs", Value::list({Value::map({{"ip", node_address(node)}})}));
  status.set("podIP", address);
  status.set("podIPs", Value::list({Value::map({{"ip", address}})}));
  if (status["startTime"].is_null()) status.set("startTime", now);
  status.set("observedGeneration", pod["metadata"]["generation"]);
  pod_conditions(status, pod["spec"], true, ready, now);
  pod.set("status", status);
  if (crashing) {
    plan_next(id, plan, Plan::Stage::kCrash, runtime_.simulated(options.start));
  } else if (finishing) {
    plan_next(id, plan, Plan::Stage::kFinish, runtime_.simulated(runs));
  } else {
    plan_next(id, plan, Plan::Stage::kNone, Duration::zero());
  }
  return write(pod);
}

// An init container that ends badly is run again and again; what comes after it has to wait.
Status Kubelet::fail_init(Value pod, Plan& plan, const ObjectId& id, const Value& container) {
  const Behaviour behaviour = behaviour_of(runtime_.options(), pod, container);
  const bool memory = has_fault(behaviour, Fault::kOutOfMemory), stays = pod["spec"]["restartPolicy"].as_string() == "Never";
  const Value ended = terminated_state(Value(), memory ? 137 : std::max<int64_t>(behaviour.exit_code, 1), memory ? "OOMKilled" : "Error",
                                       runtime_.now_text());
  const int restarts = plan.failures++;
  const Duration wait = backoff(restarts);
  Value status = pod["status"];
  change_container(status, "initContainerStatuses", container["name"].as_string(), [&](Value& entry) {
    entry = container_entry(container, ended, false);
    entry.set("restartCount", restarts);
    if (stays) return;
    entry.set("lastState", ended);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait);
    entry.set("state", waiting_state("CrashLoopBackOff", fmt::format("back-off {} restarting failed container={} pod={}", format_go_duration(seconds),
                                                                     container["name"].as_string(), described(pod))));
  });
  pod_conditions(status, pod["spec"], false, false, runtime_.now_text());
  if (stays) status.set("phase", "Failed");
  say_started(pod, container);
  if (!stays) {
    event(pod, "Warning", "BackOff", fmt::format("Back-off restarting failed container {} in pod {}", container["name"].as_string(), described(pod)));
  }
  plan_next(id, plan, stays ? Plan::Stage::kNone : Plan::Stage::kRun, runtime_.simulated(wait));
  pod.set("status", status);
  return write(pod);
}

Status Kubelet::finish(Value pod, Plan& plan, const ObjectId& id) {
  const std::string now = runtime_.now_text();
  bool failed = false;
  Value status = pod["status"];
  for (const Value& container : pod["spec"]["containers"].items()) {
    const int64_t code = behaviour_of(runtime_.options(), pod, container).exit_code;
    failed |= code != 0;
    change_container(status, "containerStatuses", container["name"].as_string(), [&](Value& entry) {
      entry.set("state", terminated_state(entry["state"], code, code == 0 ? "Completed" : "Error", now));
      entry.set("ready", false);
      entry.set("started", false);
    });
  }
  if (failed && pod["spec"]["restartPolicy"].as_string() == "OnFailure") return crash(pod, plan, id);
  status.set("phase", failed ? "Failed" : "Succeeded");
  const std::string_view reason = failed ? "PodFailed" : "PodCompleted";
  for (const char* type : {"Ready", "ContainersReady"}) pod_condition(status, type, false, reason, "", now);
  plan_next(id, plan, Plan::Stage::kNone, Duration::zero());
  pod.set("status", status);
  return write(pod);
}

Status Kubelet::crash(Value pod, Plan& plan, const ObjectId& id) {
  const std::string now = runtime_.now_text();
  const bool again = plan.failures++ > 0;
  const bool stays = pod["spec"]["restartPolicy"].as_string() == "Never";
  const Duration wait = backoff(plan.failures - 2);
  Value status = pod["status"];
  for (const Value& container : pod["spec"]["containers"].items()) {
    const Behaviour behaviour = behaviour_of(runtime_.options(), pod, container);
    if (!crashes(behaviour) && behaviour.exit_code == 0) continue;
    const bool memory = has_fault(behaviour, Fault::kOutOfMemory);
    const int64_t code = memory ? 137 : std::max<int64_t>(behaviour.exit_code, 1);
    change_container(status, "containerStatuses", container["name"].as_string(), [&](Value& entry) {
      const Value ended = terminated_state(entry["state"], code, memory ? "OOMKilled" : "Error", now);
      entry.set("ready", false);
      entry.set("started", false);
      entry.set("state", ended);
      if (!again || stays) return;
      entry.set("lastState", ended);
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait);
      entry.set("state", waiting_state("CrashLoopBackOff", fmt::format("back-off {} restarting failed container={} pod={}", format_go_duration(seconds),
                                                                       container["name"].as_string(), described(pod))));
    });
    if (again) {
      event(pod, "Warning", "BackOff", fmt::format("Back-off restarting failed container {} in pod {}", container["name"].as_string(), described(pod)));
    }
  }
  pod_conditions(status, pod["spec"], true, false, now);
  if (stays) status.set("phase", "Failed");
  pod.set("status", status);
  plan_next(id, plan, stays ? Plan::Stage::kNone : Plan::Stage::kRestart, runtime_.simulated(again ? wait : Duration(kSecond)));
  return write(pod);
}

Status Kubelet::restart(Value pod, Plan& plan, const ObjectId& id) {
  const std::string now = runtime_.now_text();
  Value status = pod["status"];
  bool finishing = true;
  for (const Value& container : pod["spec"]["containers"].items()) {
    const Behaviour behaviour = behaviour_of(runtime_.options(), pod, container);
    finishing &= behaviour.finishes;
    if (!crashes(behaviour) && behaviour.exit_code == 0) continue;
    change_container(status, "containerStatuses", container["name"].as_string(), [&](Value& entry) {
      if (!entry["state"]["terminated"].is_null()) entry.set("lastState", Value(entry["state"]));
      entry.set("restartCount", entry["restartCount"].as_int() + 1);
      entry.set("state", running_state(now));
      entry.set("ready", true);
      entry.set("started", true);
    });
    say_started(pod, container);
  }
  pod_conditions(status, pod["spec"], true, true, now);
  status.set("phase", "Running");
  pod.set("status", status);
  plan_next(id, plan, finishing ? Plan::Stage::kFinish : Plan::Stage::kCrash, runtime_.simulated(runtime_.options().start));
  return write(pod);
}

}  // namespace taut::sandbox::workloads
