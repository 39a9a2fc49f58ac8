#include "sandbox/flow_control.hh"

#include <algorithm>
#include <array>

#include "base/strings.hh"

namespace taut::sandbox {
namespace {

// What a schema takes, in the few forms that the built-in ones have.
enum class Takes : uint8_t { kAll, kProbes, kLeases, kNodes };

struct Schema {
  std::string_view name, level;
  int precedence;
  std::string_view distinguisher;  // "" for exempt requests
  Takes takes;
  std::array<std::string_view, 3> subjects;  // "group:", "user:" or "account:" (a namespace), and the name
};

// In the order in which they are tried.
constexpr std::array<Schema, 11> kSchemas{{
    {"exempt", "exempt", 1, "", Takes::kAll, {"group:system:masters"}},
    {"probes", "exempt", 2, "", Takes::kProbes, {"group:system:unauthenticated", "group:system:authenticated"}},
    {"system-leader-election", "leader-election", 100, "ByUser", Takes::kLeases,
     {"user:system:kube-controller-manager", "user:system:kube-scheduler", "account:kube-system"}},
    {"system-node-high", "node-high", 400, "ByUser", Takes::kNodes, {"group:system:nodes"}},
    {"system-nodes", "system", 500, "ByUser", Takes::kAll, {"group:system:nodes"}},
    {"kube-controller-manager", "workload-high", 800, "ByNamespace", Takes::kAll, {"user:system:kube-controller-manager"}},
    {"kube-scheduler", "workload-high", 800, "ByNamespace", Takes::kAll, {"user:system:kube-scheduler"}},
    {"kube-system-service-accounts", "workload-high", 900, "ByNamespace", Takes::kAll, {"account:kube-system"}},
    {"service-accounts", "workload-low", 9000, "ByUser", Takes::kAll, {"group:system:serviceaccounts"}},
    {"global-default", "global-default", 9900, "ByUser", Takes::kAll, {"group:system:unauthenticated", "group:system:authenticated"}},
    {"catch-all", "catch-all", 10000, "ByUser", Takes::kAll, {"group:system:unauthenticated", "group:system:authenticated"}},
}};

struct Level {
  std::string_view name;
  int shares, lendable;
  int queues = 0, hand = 0;  // 0: what does not fit is refused at once
};

constexpr std::array<Level, 7> kLevels{{{"catch-all", 5, 0},
                                        {"global-default", 20, 50, 128, 6},
                                        {"leader-election", 10, 0, 16, 4},
                                        {"node-high", 40, 25, 64, 6},
                                        {"system", 30, 33, 64, 6},
                                        {"workload-high", 40, 50, 128, 6},
                                        {"workload-low", 100, 90, 128, 6}}};

Value named(std::string_view kind, std::string_view name) {
  Value annotations = Value::map({{"apf.kubernetes.io/autoupdate-spec", "true"}});
  return Value::map({{"apiVersion", "flowcontrol.apiserver.k8s.io/v1"}, {"kind", kind}, {"metadata", Value::map({{"annotations", annotations}, {"name", name}})}});
}

Value subject_of(std::string_view text) {
  const size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon), name = text.substr(colon + 1);
  if (kind == "group") return Value::map({{"group", Value::map({{"name", name}})}, {"kind", "Group"}});
  if (kind == "user") return Value::map({{"kind", "User"}, {"user", Value::map({{"name", name}})}});
  return Value::map({{"kind", "ServiceAccount"}, {"serviceAccount", Value::map({{"name", "*"}, {"namespace", name}})}});
}

Value resource_rule(Value verbs, std::string_view group, Value resources, bool cluster_wide) {
  Value out = Value::map({{"apiGroups", Value::list({group})}, {"namespaces", Value::list({"*"})}, {"resources", std::move(resources)}, {"verbs", std::move(verbs)}});
  if (cluster_wide) out.set("clusterScope", true);
  return out;
}

Value rule_of(const Schema& schema) {
  const Value star = Value::list({"*"});
  Value out = Value::map();
  for (std::string_view subject : schema.subjects) {
    if (!subject.empty()) out.edit("subjects").push_back(subject_of(subject));
  }
  auto paths = [&](Value verbs, Value urls) {
    out.set("nonResourceRules", Value::list({Value::map({{"nonResourceURLs", std::move(urls)}, {"verbs", std::move(verbs)}})}));
  };
  switch (schema.takes) {
    case Takes::kAll:
      out.set("resourceRules", Value::list({resource_rule(star, "*", star, true)}));
      paths(star, star);
      break;
    case Takes::kProbes: paths(Value::list({"get"}), Value::list({"/healthz", "/readyz", "/livez"})); break;
    case Takes::kLeases:
      out.set("resourceRules", Value::list({resource_rule(Value::list({"get", "create", "update"}), "coordination.k8s.io", Value::list({"leases"}), false)}));
      break;
    case Takes::kNodes:
      out.set("resourceRules", Value::list({resource_rule(star, "", Value::list({"nodes", "nodes/status"}), true),
                                            resource_rule(star, "coordination.k8s.io", Value::list({"leases"}), false)}));
      break;
  }
  return out;
}

Value schema_object(const Schema& schema) {
  Value spec = Value::map({{"matchingPrecedence", schema.precedence}, {"priorityLevelConfiguration", Value::map({{"name", schema.level}})},
                           {"rules", Value::list({rule_of(schema)})}});
  if (!schema.distinguisher.empty()) spec.set("distinguisherMethod", Value::map({{"type", schema.distinguisher}}));
  Value out = named("FlowSchema", schema.name);
  out.set("spec", std::move(spec));
  return out;
}

Value level_object(const Level& level) {
  Value response = Value::map({{"type", level.queues == 0 ? "Reject" : "Queue"}});
  if (level.queues > 0) response.set("queuing", Value::map({{"handSize", level.hand}, {"queueLengthLimit", 50}, {"queues", level.queues}}));
  Value limited = Value::map({{"lendablePercent", level.lendable}, {"limitResponse", std::move(response)}, {"nominalConcurrencyShares", level.shares}});
  Value out = named("PriorityLevelConfiguration", level.name);
  out.set("spec", Value::map({{"limited", std::move(limited)}, {"type", "Limited"}}));
  return out;
}

bool is_subject(std::string_view subject, const User& user) {
  const size_t colon = subject.find(':');
  const std::string_view kind = subject.substr(0, colon), name = subject.substr(colon + 1);
  if (kind == "user") return user.name == name;
  if (kind == "group") return std::ranges::find(user.groups, name) != user.groups.end();
  return user.name.starts_with(fmt::format("system:serviceaccount:{}:", name));
}

bool takes(const Schema& schema, const User& user, const Attributes& request) {
  const bool subject = std::ranges::any_of(schema.subjects, [&](std::string_view one) { return !one.empty() && is_subject(one, user); });
  const bool lease = request.resource == "leases" && request.group == "coordination.k8s.io";
  switch (subject ? schema.takes : Takes::kProbes) {
    case Takes::kAll: return true;
    case Takes::kProbes:
      return subject && request.verb == "get" && (request.path == "/healthz" || request.path == "/readyz" || request.path == "/livez");
    case Takes::kLeases: return lease && (request.verb == "get" || request.verb == "create" || request.verb == "update");
    case Takes::kNodes: return lease || (request.resource == "nodes" && request.group.empty());
  }
  return false;
}

}  // namespace

std::vector<Value> flow_control_objects() {
  Value exempt = named("PriorityLevelConfiguration", "exempt");
  exempt.set("spec", Value::map({{"exempt", Value::map({{"lendablePercent", 0}, {"nominalConcurrencyShares", 0}})}, {"type", "Exempt"}}));
  std::vector<Value> out{exempt};
  for (const Level& level : kLevels) out.push_back(level_object(level));
  for (const Schema& schema : kSchemas) out.push_back(schema_object(schema));
  return out;
}

void add_flow_headers(const Cluster& cluster, const User& user, const Attributes& attributes, Response& response) {
  const Schema* schema = std::ranges::find_if(kSchemas, [&](const Schema& one) { return user.admin ? true : takes(one, user, attributes); });
  if (schema == kSchemas.end()) schema = &kSchemas.back();
  auto add = [&](const char* header, const char* resource, std::string_view name) {
    ItemPtr item = cluster.store.get(StoreKey::of(std::string("flowcontrol.apiserver.k8s.io/") + resource, "", name));
    if (item) response.headers.emplace_back(header, item->object()["metadata"]["uid"].str());
  };
  add("X-Kubernetes-Pf-Flowschema-Uid", "flowschemas", schema->name);
  add("X-Kubernetes-Pf-Prioritylevel-Uid", "prioritylevelconfigurations", schema->level);
}

}  // namespace taut::sandbox
