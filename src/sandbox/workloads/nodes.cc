#include "sandbox/workloads/nodes.hh"

#include <fmt/format.h>

#include <charconv>

#include "base/hash.hh"
#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

using known::kNode;

constexpr std::string_view kNotReady = "node.kubernetes.io/not-ready";

int number_of(std::string_view node) {
  // A node of a copied cluster has a name of its own.
  if (!node.starts_with(kNodePrefix)) return static_cast<int>(hash64(node) % 250);
  int out = 0;
  std::string_view digits = node.substr(std::min(kNodePrefix.size(), node.size()));
  std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return out;
}

Value condition(std::string_view type, bool on, std::string_view reason, std::string_view message, std::string_view now) {
  return Value::map({{"lastHeartbeatTime", now}, {"lastTransitionTime", now}, {"message", message}, {"reason", reason},
                     {"status", on ? "True" : "False"}, {"type", type}});
}

Value node_status(std::string_view name, std::string_view now) {
  const Value room = Value::map({{"cpu", "8"}, {"ephemeral-storage", "100Gi"}, {"memory", "32Gi"}, {"pods", "110"}});
  Value status = Value::map({{"allocatable", room}, {"capacity", room}});
  status.set("addresses", Value::list({Value::map({{"address", node_address(name)}, {"type", "InternalIP"}}),
                                       Value::map({{"address", name}, {"type", "Hostname"}})}));
  status.set("conditions",
             Value::list({condition("MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available", now),
                          condition("DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure", now),
                          condition("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available", now),
                          condition("Ready", true, "KubeletReady", "kubelet is posting ready status", now)}));
  status.set("nodeInfo", Value::map({{"architecture", "amd64"}, {"containerRuntimeVersion", "taut-sandbox://1"}, {"kernelVersion", "6.1.0"},
                                     {"kubeletVersion", "v1.36.1"}, {"operatingSystem", "linux"}, {"osImage", "taut sandbox"}}));
  return status;
}

}  // namespace

std::string node_address(std::string_view node) { return fmt::format("172.18.0.{}", number_of(node) + 1); }

// 250 addresses in each of the networks 10.244.N, 10.245.N, ... of node N.
std::string pod_address(std::string_view node, uint64_t count) {
  return fmt::format("10.{}.{}.{}", 244 + count / 250, number_of(node), 2 + count % 250);
}

void NodeController::start() {
  for (int i = 1; i <= runtime_.options().nodes; ++i) {
    const std::string name = fmt::format("{}{}", kNodePrefix, i);
    const Value labels = Value::map({{"beta.kubernetes.io/arch", "amd64"}, {"beta.kubernetes.io/os", "linux"}, {"kubernetes.io/arch", "amd64"},
                                     {"kubernetes.io/hostname", name}, {"kubernetes.io/os", "linux"}});
    const Value metadata = Value::map({{"labels", labels}, {"name", name}});
    // One that survived a restart of the sandbox is as good as new; any other failure shows when no pod finds a node.
    (void)create(Value::map({{"apiVersion", "v1"}, {"kind", "Node"}, {"metadata", metadata}}));
  }
}

void NodeController::observe(const Change& change, const ObjectId& id) {
  if (id.kind != kNode.kind || !id.group.empty() || change.type == ChangeType::kDeleted || !id.name.starts_with(kNodePrefix)) return;
  enqueue(id);
}

Status NodeController::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found) return {};
  Value node = *found;
  if (!condition_is(node["status"], "Ready", "True")) {
    node.set("status", node_status(id.name, runtime_.now_text()));
    TAUT_ASSIGN(node, update_status(node));
  }
  Value kept = Value::list();
  for (const Value& taint : node["spec"]["taints"].items()) {
    if (taint["key"].as_string() != kNotReady) kept.push_back(taint);
  }
  if (kept.size() == node["spec"]["taints"].size()) return {};
  Value taints = kept.empty() ? Value() : kept;
  TAUT_TRY(patch(node, Value::map({{"spec", Value::map({{"taints", taints}})}})));
  return {};
}

}  // namespace taut::sandbox::workloads
