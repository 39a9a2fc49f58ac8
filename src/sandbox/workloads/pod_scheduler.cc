#include "sandbox/workloads/pod_scheduler.hh"

#include <fmt/format.h>

#include <map>

#include "base/strings.hh"
#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/node_fit.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

using known::kClaim;
using known::kNode;
using known::kPod;

bool waits_for_node(const Value& pod) {
  return pod["spec"]["nodeName"].empty() && pod_active(pod) && pod["spec"]["schedulingGates"].empty() &&
         pod["spec"]["schedulerName"].as_string("default-scheduler") == "default-scheduler";
}

std::string refusal(size_t nodes, const std::map<std::string, int>& reasons) {
  std::vector<std::string> parts;
  for (const auto& [reason, count] : reasons) parts.push_back(fmt::format("{} {}", count, reason));
  return fmt::format("0/{} nodes are available: {}. no new claims to deallocate, preemption: 0/{} nodes are available: {} Preemption is not "
                     "helpful for scheduling.",
                     nodes, join(parts, ", "), nodes, nodes);
}

// What a pod's claims lack; "" when all are bound, or will be once the pod has a node.
std::string claim_trouble(const Cache& cache, const Value& pod) {
  for (const Value& volume : pod["spec"]["volumes"].items()) {
    const std::string name = volume["persistentVolumeClaim"]["claimName"].str();
    if (name.empty()) continue;
    const Value* claim = cache.find(kClaim, namespace_of(pod), name);
    if (!claim) return fmt::format("persistentvolumeclaim \"{}\" not found", name);
    if ((*claim)["status"]["phase"].as_string() == "Bound") continue;
    const Value* cls = cache.find(known::kStorageClass, "", (*claim)["spec"]["storageClassName"].as_string());
    const bool waits = cls && (*cls)["volumeBindingMode"].as_string() == "WaitForFirstConsumer";
    if (!waits) return "pod has unbound immediate PersistentVolumeClaims";
  }
  return {};
}

}  // namespace

void PodScheduler::observe(const Change& change, const ObjectId& id) {
  if (id.group.empty() && id.kind == kPod.kind) {
    if (change.type != ChangeType::kDeleted && waits_for_node(change.object) &&
        condition_of(change.object["status"], "PodScheduled").is_null()) {
      enqueue_after(id, runtime_.simulated(runtime_.options().schedule));
    } else if (change.type == ChangeType::kDeleted) {
      retry_pending();
    }
  } else if (id.group.empty() && (id.kind == kNode.kind || id.kind == kClaim.kind)) {
    retry_pending();
  }
}

// Room was made, or a node or claim changed: those that found no place look again.
void PodScheduler::retry_pending() {
  for (const Value& pod : cache_.list(kPod, "")) {
    if (waits_for_node(pod) && !condition_of(pod["status"], "PodScheduled").is_null()) enqueue(ObjectId::of(pod));
  }
}

Status PodScheduler::bind(const Value& pod, std::string_view node) {
  const Value target = Value::map({{"apiVersion", "v1"}, {"kind", "Node"}, {"name", node}});
  const Value metadata = Value::map({{"name", pod["metadata"]["name"]}, {"namespace", pod["metadata"]["namespace"]}, {"uid", uid_of(pod)}});
  auto bound = client_->create(Value::map({{"apiVersion", "v1"}, {"kind", "Binding"}, {"metadata", metadata}, {"target", target}}));
  if (!bound) return bound.error().code() == Code::kNotFound ? Status() : fail(bound.error());
  event(pod, "Normal", "Scheduled", fmt::format("Successfully assigned {}/{} to {}", namespace_of(pod), name_of(pod), node));
  return {};
}

Status PodScheduler::refuse(const Value& pod, const std::string& message) {
  const Value& present = condition_of(pod["status"], "PodScheduled");
  if (present["message"].as_string() == message) return {};
  event(pod, "Warning", "FailedScheduling", message);
  Value fresh = pod;
  put_condition(fresh.edit("status"), Value::map({{"lastProbeTime", Value()}, {"lastTransitionTime", runtime_.now_text()}, {"message", message},
                                                  {"reason", "Unschedulable"}, {"status", "False"}, {"type", "PodScheduled"}}));
  TAUT_TRY(update_status(fresh));
  return {};
}

Status PodScheduler::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found || !waits_for_node(*found)) return {};
  const Value pod = *found;
  std::map<std::string, std::vector<Value>> held;
  for (const Value& other : cache_.list(kPod, "")) {
    if (!pod_finished(other) && !other["spec"]["nodeName"].empty()) held[other["spec"]["nodeName"].str()].push_back(other);
  }
  const std::vector<Value> nodes = cache_.list(kNode, "");
  if (std::string trouble = claim_trouble(cache_, pod); !trouble.empty()) {
    return refuse(pod, fmt::format("0/{} nodes are available: {}. no new claims to deallocate, preemption: 0/{} nodes are available: {} "
                                   "Preemption is not helpful for scheduling.",
                                   nodes.size(), trouble, nodes.size(), nodes.size()));
  }
  std::map<std::string, int> reasons;
  const Value* best = nullptr;
  for (const Value& node : nodes) {
    const std::vector<std::string> misfits = node_misfits(pod, node, held[std::string(name_of(node))]);
    for (const std::string& misfit : misfits) ++reasons[misfit];
    if (misfits.empty() && (!best || held[std::string(name_of(node))].size() < held[std::string(name_of(*best))].size())) best = &node;
  }
  if (best) return bind(pod, name_of(*best));
  if (nodes.empty()) return refuse(pod, "no nodes available to schedule pods");
  return refuse(pod, refusal(nodes.size(), reasons));
}

}  // namespace taut::sandbox::workloads
