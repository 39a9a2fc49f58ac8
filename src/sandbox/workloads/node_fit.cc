#include "sandbox/workloads/node_fit.hh"

#include <fmt/format.h>

#include <charconv>

#include "object/id.hh"
#include "object/quantity.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

bool tolerated(const Value& pod, const Value& taint) {
  for (const Value& toleration : pod["spec"]["tolerations"].items()) {
    std::string_view key = toleration["key"].as_string(), effect = toleration["effect"].as_string();
    if (!effect.empty() && effect != taint["effect"].as_string()) continue;
    const bool exists = toleration["operator"].as_string() == "Exists";
    if (key.empty() ? exists : key == taint["key"].as_string() && (exists || toleration["value"].as_string() == taint["value"].as_string())) {
      return true;
    }
  }
  return false;
}

int64_t number(std::string_view text) {
  int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

bool expression_matches(const Value& expression, const Value& values) {
  std::string_view op = expression["operator"].as_string();
  if (op != "Gt" && op != "Lt") return selector_matches(Value::map({{"matchExpressions", Value::list({expression})}}), values);
  const Value* present = values.find(expression["key"].as_string());
  if (!present) return false;
  const int64_t bound = number(expression["values"][0].as_string()), value = number(present->as_string());
  return op == "Gt" ? value > bound : value < bound;
}

bool term_matches(const Value& term, const Value& node) {
  if (term["matchExpressions"].empty() && term["matchFields"].empty()) return false;
  for (const Value& expression : term["matchExpressions"].items()) {
    if (!expression_matches(expression, node["metadata"]["labels"])) return false;
  }
  for (const Value& field : term["matchFields"].items()) {
    if (!expression_matches(field, Value::map({{"metadata.name", name_of(node)}}))) return false;
  }
  return true;
}

bool affinity_matches(const Value& pod, const Value& node) {
  if (!labels_match(pod["spec"]["nodeSelector"], node["metadata"]["labels"])) return false;
  const Value& required = pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
  if (required.is_null()) return true;
  for (const Value& term : required["nodeSelectorTerms"].items()) {
    if (term_matches(term, node)) return true;
  }
  return false;
}

Quantity requested(const Value& pod, std::string_view resource) {
  Quantity sum;
  for (const Value& container : pod["spec"]["containers"].items()) {
    auto quantity = Quantity::parse(container["resources"]["requests"][resource].as_string());
    if (quantity) sum = sum + *quantity;
  }
  return sum;
}

std::string unschedulable_taint(const Value& pod, const Value& node) {
  for (const Value& taint : node["spec"]["taints"].items()) {
    std::string_view effect = taint["effect"].as_string();
    if ((effect == "NoSchedule" || effect == "NoExecute") && !tolerated(pod, taint)) {
      return fmt::format("node(s) had untolerated taint {{{}: {}}}", taint["key"].as_string(), taint["value"].as_string());
    }
  }
  return {};
}

Value cordon() { return Value::map({{"effect", "NoSchedule"}, {"key", "node.kubernetes.io/unschedulable"}}); }

}  // namespace

std::vector<std::string> node_misfits(const Value& pod, const Value& node, const std::vector<Value>& present) {
  if (node["spec"]["unschedulable"].as_bool() && !tolerated(pod, cordon())) return {"node(s) were unschedulable"};
  if (std::string taint = unschedulable_taint(pod, node); !taint.empty()) return {taint};
  if (!affinity_matches(pod, node)) return {"node(s) didn't match Pod's node affinity/selector"};
  std::vector<std::string> out;
  const Value& room = node["status"]["allocatable"];
  if (static_cast<int64_t>(present.size()) + 1 > number(room["pods"].as_string("0"))) out.emplace_back("Too many pods");
  for (const char* resource : {"cpu", "memory"}) {
    Quantity wanted = requested(pod, resource);
    if (wanted == Quantity()) continue;
    for (const Value& other : present) wanted = wanted + requested(other, resource);
    auto limit = Quantity::parse(room[resource].as_string("0"));
    if (limit && wanted > *limit) out.push_back(fmt::format("Insufficient {}", resource));
  }
  return out;
}

bool node_takes_daemon(const Value& pod, const Value& node) {
  // Conditions of the node itself and cordons do not keep daemons away.
  for (const Value& taint : node["spec"]["taints"].items()) {
    std::string_view effect = taint["effect"].as_string();
    if (effect == "PreferNoSchedule" || taint["key"].as_string().starts_with("node.kubernetes.io/")) continue;
    if (!tolerated(pod, taint)) return false;
  }
  return affinity_matches(pod, node);
}

}  // namespace taut::sandbox::workloads
