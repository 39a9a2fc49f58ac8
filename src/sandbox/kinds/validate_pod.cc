#include <set>

#include "base/strings.hh"
#include "sandbox/kinds/internal_json.hh"
#include "sandbox/kinds/pod_parts.hh"
#include "sandbox/kinds/validation.hh"

namespace taut::sandbox::kinds {
namespace {

void check_host_network(Checks& checks, const std::string& path, const Value& spec, bool is_pod) {
  if (!spec["hostNetwork"].as_bool()) return;
  const Value& containers = spec["containers"];
  for (size_t c = 0; c < containers.size(); ++c) {
    const Value& ports = containers[c]["ports"];
    for (size_t i = 0; i < ports.size(); ++i) {
      const int64_t host = ports[i]["hostPort"].as_int();
      if ((!is_pod && host == 0) || host == ports[i]["containerPort"].as_int()) continue;
      checks.invalid(child(at(child(at(path, c), "ports"), i), "hostPort"), host, "must match `containerPort` when `hostNetwork` is true");
    }
  }
}

void check_dns(Checks& checks, const std::string& path, const Value& spec) {
  const Value& config = spec["dnsConfig"];
  const Value& servers = config["nameservers"];
  if (spec["dnsPolicy"].as_string() == "None") {
    if (config.is_null()) return checks.required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
    if (servers.empty()) return checks.required(child(path, "nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None");
  }
  if (servers.size() > 3) checks.invalid(child(path, "nameservers"), servers, "must not have more than 3 nameservers");
  for (size_t i = 0; i < servers.size(); ++i) checks.address(at(child(path, "nameservers"), i), servers[i]);
  const Value& searches = config["searches"];
  if (searches.size() > 32) checks.invalid(child(path, "searches"), searches, "must not have more than 32 search paths");
  for (size_t i = 0; i < searches.size(); ++i) {
    std::string text = searches[i].str();
    if (text == ".") continue;
    if (text.ends_with('.')) text.pop_back();
    checks.named(at(child(path, "searches"), i), text, dns_subdomain_with_underscore(text));
  }
  const Value& options = config["options"];
  for (size_t i = 0; i < options.size(); ++i) {
    if (options[i]["name"].empty()) checks.required(at(child(path, "options"), i), "must not be empty");
  }
}

void check_gates(Checks& checks, const std::string& path, const Value& spec) {
  const Value& readiness = spec["readinessGates"];
  for (size_t i = 0; i < readiness.size(); ++i) {
    const Value& type = readiness[i]["conditionType"];
    checks.named(child(at(child(path, "readinessGates"), i), "conditionType"), type, qualified_name(type.as_string()));
  }
  const Value& scheduling = spec["schedulingGates"];
  std::set<std::string, std::less<>> seen;
  for (size_t i = 0; i < scheduling.size(); ++i) {
    const std::string item = at(child(path, "schedulingGates"), i), name = scheduling[i]["name"].str();
    checks.named(item, name, qualified_name(name));
    if (!seen.insert(name).second) checks.duplicate(item, name);
  }
}

void check_host_users(Checks& checks, const std::string& path, const Value& spec) {
  if (spec["hostUsers"].as_bool(true)) return;
  if (spec["hostPID"].as_bool()) checks.forbidden(child(path, "HostPID"), "when `hostUsers` is false");
  if (spec["hostIPC"].as_bool()) checks.forbidden(child(path, "HostIPC"), "when `hostUsers` is false");
}

void check_names(Checks& checks, const std::string& path, const Value& spec) {
  for (const char* field : {"serviceAccountName", "nodeName"}) {
    if (!spec[field].empty()) checks.named(child(path, field), spec[field], dns_subdomain(spec[field].as_string()));
  }
  if (const Value& seconds = spec["activeDeadlineSeconds"]; !seconds.is_null() && (seconds.as_int() < 1 || seconds.as_int() > INT32_MAX)) {
    checks.invalid(child(path, "activeDeadlineSeconds"), seconds, "must be between 1 and 2147483647, inclusive");
  }
  for (const char* field : {"hostname", "subdomain"}) {
    if (!spec[field].empty()) checks.named(child(path, field), spec[field], dns_label(spec[field].as_string()));
  }
}

void check_aliases(Checks& checks, const std::string& path, const Value& aliases) {
  for (size_t i = 0; i < aliases.size(); ++i) {
    checks.address(child(at(path, i), "ip"), aliases[i]["ip"]);
    const Value& names = aliases[i]["hostnames"];
    for (size_t n = 0; n < names.size(); ++n) checks.named(at(child(at(path, i), "hostnames"), n), names[n], dns_subdomain(names[n].as_string()));
  }
}

void check_classes(Checks& checks, const std::string& path, const Value& spec) {
  for (const char* field : {"priorityClassName", "runtimeClassName"}) {
    const Value& name = spec[field];
    if (!name.empty() || (!name.is_null() && std::string_view(field) == "runtimeClassName")) {
      checks.named(child(path, field), name, dns_subdomain(name.as_string()));
    }
  }
  if (!spec["preemptionPolicy"].is_null()) {
    checks.given_one_of(child(path, "preemptionPolicy"), spec["preemptionPolicy"], {"PreemptLowerPriority", "Never"});
  }
  if (!spec["overhead"].is_null()) check_amounts(checks, child(path, "overhead"), Value::map({{"limits", spec["overhead"]}}));
}

constexpr std::string_view kPodUpdate =
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
    "previously negative)";

bool same_but_seconds(const Value& a, const Value& b) {
  Value x = a, y = b;
  x.erase("tolerationSeconds");
  y.erase("tolerationSeconds");
  return x == y;
}

void take_over(Value& fresh, const Value& old, const char* field) {
  if (const Value* before = old.find(field)) {
    fresh.set(field, *before);
  } else {
    fresh.erase(field);
  }
}

// The pod's spec with what an update may change taken from `old`.
Value without_changeable(const Value& fresh, const Value& old) {
  Value out = fresh;
  for (const char* list : {"containers", "initContainers"}) {
    Value containers = out[list];
    for (size_t i = 0; i < containers.size(); ++i) containers.edit(i).set("image", old[list][i]["image"]);
    if (!containers.empty()) out.set(list, containers);
  }
  for (const char* field : {"activeDeadlineSeconds", "tolerations", "schedulingGates"}) take_over(out, old, field);
  constexpr const char* kGrace = "terminationGracePeriodSeconds";
  if (old[kGrace].as_int() < 0 && out[kGrace].as_int() == 1) take_over(out, old, kGrace);
  return out;
}

// False when the containers are not the same ones, so that nothing else can be compared.
bool check_container_updates(Checks& checks, const Value& spec, const Value& before) {
  for (const char* list : {"containers", "initContainers"}) {
    const std::string path = child("spec", list);
    if (spec[list].size() != before[list].size()) {
      checks.forbidden(path, "pod updates may not add or remove containers");
      return false;
    }
    for (size_t i = 0; i < spec[list].size(); ++i) {
      const std::string image = spec[list][i]["image"].str();
      if (image.empty()) checks.required(child(at(path, i), "image"));
      if (trim(image) != image) checks.invalid(child(at(path, i), "image"), image, "must not have leading or trailing whitespace");
    }
  }
  return true;
}

// False when the rest is not looked at any more.
bool check_deadline_update(Checks& checks, const Value& now, const Value& before) {
  const std::string path = "spec.activeDeadlineSeconds";
  if (now.is_null()) {
    if (!before.is_null()) checks.invalid(path, Value(), "must not update from a positive integer to nil value");
    return true;
  }
  if (now.as_int() < 0 || now.as_int() > INT32_MAX) {
    checks.invalid(path, now, "must be between 0 and 2147483647, inclusive");
    return false;
  }
  if (before.is_null() || before.as_int() >= now.as_int()) return true;
  checks.invalid(path, now, "must be less than or equal to previous value");
  return false;
}

void check_toleration_updates(Checks& checks, const Value& now, const Value& before) {
  for (const Value& toleration : before.items()) {
    bool found = false;
    for (const Value& other : now.items()) found |= same_but_seconds(other, toleration);
    if (!found) return checks.forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds");
  }
  check_tolerations(checks, "spec.tolerations", now);
}

void check_gate_updates(Checks& checks, const Value& now, const Value& before) {
  for (size_t i = 0; i < now.size(); ++i) {
    bool known = false;
    for (const Value& gate : before.items()) known |= gate["name"] == now[i]["name"];
    if (known) continue;
    checks.forbidden(child(at("spec.schedulingGates", i), "name"),
                     fmt::format("only deletion is allowed, but found new scheduling gate '{}'", now[i]["name"].as_string()));
  }
}

}  // namespace

void check_pod_spec(Checks& checks, const std::string& path, const Value& spec, bool is_pod) {
  const Value volumes = check_volumes(checks, child(path, "volumes"), spec["volumes"]);
  check_containers(checks, child(path, "containers"), spec, volumes);
  check_init_containers(checks, child(path, "initContainers"), spec, volumes);
  check_host_network(checks, child(path, "containers"), spec, is_pod);
  checks.given_one_of(child(path, "restartPolicy"), spec["restartPolicy"], {"Always", "OnFailure", "Never"});
  checks.given_one_of(child(path, "dnsPolicy"), spec["dnsPolicy"], {"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"});
  checks.labels(child(path, "nodeSelector"), spec["nodeSelector"]);
  check_pod_security(checks, child(path, "securityContext"), spec);
  check_affinity(checks, child(path, "affinity"), spec["affinity"]);
  check_dns(checks, child(path, "dnsConfig"), spec);
  check_gates(checks, path, spec);
  check_spread(checks, child(path, "topologySpreadConstraints"), spec["topologySpreadConstraints"]);
  check_host_users(checks, path, spec);
  check_names(checks, path, spec);
  check_tolerations(checks, child(path, "tolerations"), spec["tolerations"]);
  check_aliases(checks, child(path, "hostAliases"), spec["hostAliases"]);
  check_classes(checks, path, spec);
}

void check_pod_template(Checks& checks, const std::string& path, const Value& pod_template) {
  checks.labels(child(path, "labels"), pod_template["metadata"]["labels"]);
  for (const Entry& annotation : pod_template["metadata"]["annotations"].entries()) {
    checks.named(child(path, "annotations"), annotation.name, qualified_name(to_lower(annotation.key())));
  }
  check_pod_spec(checks, child(path, "spec"), pod_template["spec"], false);
  if (!pod_template["spec"]["ephemeralContainers"].empty()) {
    checks.forbidden(child(path, "spec.ephemeralContainers"), "ephemeral containers not allowed in pod template");
  }
}

void check_pod(Checks& checks, const Value& pod) {
  const Value& spec = pod["spec"];
  check_pod_spec(checks, "spec", spec, true);
  for (const char* list : {"containers", "initContainers"}) {
    for (size_t i = 0; i < spec[list].size(); ++i) {
      const Value& image = spec[list][i]["image"];
      if (trim(image.as_string()) != image.as_string()) {
        checks.invalid(child(at(child("spec", list), i), "image"), image, "must not have leading or trailing whitespace");
      }
    }
  }
  if (!checks.creating()) return;
  if (!spec["ephemeralContainers"].empty()) checks.forbidden("spec.ephemeralContainers", "cannot be set on create");
  if (!spec["nodeName"].empty() && !spec["schedulingGates"].empty()) {
    checks.forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared");
  }
}

void check_pod_update(Checks& checks, const Value& fresh, const Value& old) {
  const Value& spec = fresh["spec"];
  const Value& before = old["spec"];
  if (!check_container_updates(checks, spec, before)) return;
  if (!check_deadline_update(checks, spec["activeDeadlineSeconds"], before["activeDeadlineSeconds"])) return;
  check_toleration_updates(checks, spec["tolerations"], before["tolerations"]);
  check_gate_updates(checks, spec["schedulingGates"], before["schedulingGates"]);
  const Value kept = without_changeable(spec, before);
  if (kept == before) return;
  checks.forbidden("spec", fmt::format("{}\n{}", kPodUpdate, internal_diff("core/v1.PodSpec", before, kept)));
}

}  // namespace taut::sandbox::kinds
