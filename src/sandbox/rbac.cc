// RBAC: roles and bindings as stored, evaluated at each request (plugin/pkg/auth/authorizer/rbac).
#include "base/strings.hh"
#include "sandbox/auth.hh"

namespace taut::sandbox {
namespace {

bool has(const Value& list, std::string_view wanted) {
  for (const Value& item : list.items())
    if (item.as_string() == wanted || item.as_string() == "*") return true;
  return false;
}

bool resource_matches(const Value& rule, const Attributes& a) {
  std::string full = a.subresource.empty() ? a.resource : a.resource + '/' + a.subresource;
  for (const Value& item : rule["resources"].items()) {
    std::string_view text = item.as_string();
    if (text == "*" || text == full) return true;
    if (!a.subresource.empty() && text == "*/" + a.subresource) return true;
  }
  return false;
}

bool path_matches(const Value& rule, std::string_view path) {
  for (const Value& item : rule["nonResourceURLs"].items()) {
    std::string_view text = item.as_string();
    if (text == "*" || text == path) return true;
    if (text.ends_with('*') && path.starts_with(text.substr(0, text.size() - 1))) return true;
  }
  return false;
}

bool rule_allows(const Value& rule, const Attributes& a) {
  if (!has(rule["verbs"], a.verb)) return false;
  if (!a.path.empty()) return path_matches(rule, a.path);
  if (!has(rule["apiGroups"], a.group) || !resource_matches(rule, a)) return false;
  if (rule["resourceNames"].empty()) return true;
  for (const Value& name : rule["resourceNames"].items())
    if (name.as_string() == a.name && !a.name.empty()) return true;
  return false;
}

bool binds(const Value& binding, const User& user, std::string_view ns) {
  for (const Value& subject : binding["subjects"].items()) {
    std::string_view kind = subject["kind"].as_string(), name = subject["name"].as_string();
    if (kind == "User" && name == user.name) return true;
    if (kind == "Group" && std::find(user.groups.begin(), user.groups.end(), name) != user.groups.end()) return true;
    std::string_view home = subject["namespace"].empty() ? ns : subject["namespace"].as_string();
    if (kind == "ServiceAccount" && user.name == fmt::format("system:serviceaccount:{}:{}", home, name)) return true;
  }
  return false;
}

constexpr const char* kGroup = "rbac.authorization.k8s.io/";

// Calls `visit(rule)` for every rule that is bound to the user, cluster-wide or in `ns`, until it returns true.
template <class Visit>
bool each_rule(const Cluster& cluster, const User& user, std::string_view ns, Visit visit) {
  auto visit_binding = [&](const Value& binding, std::string_view home) {
    if (!binds(binding, user, home)) return false;
    const Value& ref = binding["roleRef"];
    bool cluster_role = ref["kind"].as_string() == "ClusterRole";
    ItemPtr role = cluster_role ? cluster.store.get({std::string(kGroup) + "clusterroles", ref["name"].str()})
                                : cluster.store.get(StoreKey::of(std::string(kGroup) + "roles", home, ref["name"].as_string()));
    if (!role) return false;
    for (const Value& rule : role->object()["rules"].items())
      if (visit(rule)) return true;
    return false;
  };
  auto wide = cluster.store.list(std::string(kGroup) + "clusterrolebindings", "", "", 0, 0);
  if (wide)
    for (const ItemPtr& item : wide->items)
      if (visit_binding(item->object(), "")) return true;
  if (ns.empty()) return false;
  auto local = cluster.store.list(std::string(kGroup) + "rolebindings", std::string(ns) + '/', "", 0, 0);
  if (local)
    for (const ItemPtr& item : local->items)
      if (visit_binding(item->object(), ns)) return true;
  return false;
}

}  // namespace

bool allowed(const Cluster& cluster, const User& user, const Attributes& attributes) {
  if (user.admin) return true;
  return each_rule(cluster, user, attributes.ns, [&](const Value& rule) { return rule_allows(rule, attributes); });
}

Value rules_for(const Cluster& cluster, const User& user, std::string_view ns) {
  Value resources = Value::list(), paths = Value::list();
  auto add = [&](const Value& rule) {
    if (!rule["nonResourceURLs"].empty())
      paths.push_back(Value::map({{"verbs", rule["verbs"]}, {"nonResourceURLs", rule["nonResourceURLs"]}}));
    if (rule["resources"].empty()) return false;
    Value out = Value::map({{"verbs", rule["verbs"]}, {"apiGroups", rule["apiGroups"]}, {"resources", rule["resources"]}});
    if (!rule["resourceNames"].empty()) out.set("resourceNames", rule["resourceNames"]);
    resources.push_back(std::move(out));
    return false;
  };
  each_rule(cluster, user, ns, add);
  return Value::map({{"resourceRules", std::move(resources)}, {"nonResourceRules", std::move(paths)}, {"incomplete", false}});
}

}  // namespace taut::sandbox
