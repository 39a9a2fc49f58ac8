#include <array>
#include <set>

#include "object/quantity.hh"
#include "sandbox/kinds/validation.hh"

namespace taut::sandbox::kinds {
namespace {

void check_handler(Checks& checks, const std::string& path, const Value& handler) {
  int handlers = 0;
  if (const Value& exec = handler["exec"]; !exec.is_null()) {
    ++handlers;
    if (exec["command"].empty()) checks.required(child(path, "exec.command"));
  }
  if (const Value& http = handler["httpGet"]; !http.is_null()) {
    ++handlers;
    checks.port_or_name(child(path, "httpGet.port"), http["port"]);
    checks.one_of(child(path, "httpGet.scheme"), http["scheme"], {"HTTP", "HTTPS"});
  }
  if (const Value& tcp = handler["tcpSocket"]; !tcp.is_null()) {
    ++handlers;
    checks.port_or_name(child(path, "tcpSocket.port"), tcp["port"]);
  }
  if (const Value& grpc = handler["grpc"]; !grpc.is_null()) {
    ++handlers;
    checks.port(child(path, "grpc.port"), grpc["port"]);
  }
  if (!handler["sleep"].is_null()) ++handlers;
  if (handlers == 0) checks.required(path, "must specify a handler type");
  if (handlers > 1) checks.forbidden(path, "may not specify more than 1 handler type");
}

void check_probe(Checks& checks, const std::string& path, const Value& probe, bool once) {
  if (probe.is_null()) return;
  check_handler(checks, path, probe);
  for (const char* field : {"initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"}) {
    checks.not_negative(child(path, field), probe[field]);
  }
  const Value& grace = probe["terminationGracePeriodSeconds"];
  if (!grace.is_null() && grace.as_int() <= 0) checks.invalid(child(path, "terminationGracePeriodSeconds"), grace, "must be greater than 0");
  if (once && probe["successThreshold"].as_int() != 1) checks.invalid(child(path, "successThreshold"), probe["successThreshold"], "must be 1");
}

void check_ports(Checks& checks, const std::string& path, const Value& ports) {
  std::set<std::string, std::less<>> names;
  for (size_t i = 0; i < ports.size(); ++i) {
    const std::string item = at(path, i);
    const Value& port = ports[i];
    if (!port["name"].empty()) {
      const Reasons reasons = port_name(port["name"].as_string());
      checks.named(child(item, "name"), port["name"], reasons);
      if (reasons.empty() && !names.insert(port["name"].str()).second) checks.duplicate(child(item, "name"), port["name"]);
    }
    if (port["containerPort"].as_int() == 0) {
      checks.required(child(item, "containerPort"));
    } else {
      checks.port(child(item, "containerPort"), port["containerPort"]);
    }
    if (port["hostPort"].as_int() != 0) checks.port(child(item, "hostPort"), port["hostPort"]);
    checks.one_of(child(item, "protocol"), port["protocol"], {"SCTP", "TCP", "UDP"});
  }
}

void check_key_reference(Checks& checks, const std::string& path, const Value& reference) {
  if (reference["key"].empty()) {
    checks.required(child(path, "key"));
  } else {
    checks.named(child(path, "key"), reference["key"], config_key(reference["key"].as_string()));
  }
}

void check_env(Checks& checks, const std::string& path, const Value& variables) {
  for (size_t i = 0; i < variables.size(); ++i) {
    const Value& variable = variables[i];
    const std::string item = at(path, i), from_path = child(item, "valueFrom");
    if (variable["name"].empty()) {
      checks.required(child(item, "name"));
    } else {
      checks.named(child(item, "name"), variable["name"], env_name(variable["name"].as_string()));
    }
    const Value& from = variable["valueFrom"];
    if (from.is_null()) continue;
    for (const char* field : {"configMapKeyRef", "secretKeyRef"}) {
      if (!from[field].is_null()) check_key_reference(checks, child(from_path, field), from[field]);
    }
    if (from.empty()) {
      checks.invalid(from_path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
    } else if (!variable["value"].empty()) {
      checks.invalid(from_path, "", "may not be specified when `value` is not empty");
    } else if (from.size() > 1) {
      checks.invalid(from_path, "", "may not have more than one field specified at a time");
    }
  }
}

void check_mounts(Checks& checks, const std::string& path, const Value& mounts, const Value& volumes) {
  std::set<std::string, std::less<>> places;
  for (size_t i = 0; i < mounts.size(); ++i) {
    const std::string item = at(path, i);
    const Value& mount = mounts[i];
    const std::string name = mount["name"].str(), place = mount["mountPath"].str();
    if (name.empty()) checks.required(child(item, "name"));
    if (!volumes.contains(name)) checks.not_found(child(item, "name"), name);
    if (place.empty()) checks.required(child(item, "mountPath"));
    if (!places.insert(place).second) checks.invalid(child(item, "mountPath"), place, "must be unique");
    if (!mount["subPath"].empty() && mount["subPath"].as_string().starts_with("/")) {
      checks.invalid(child(path, "subPath"), mount["subPath"], "must be a relative path");
    }
  }
}

void check_amounts(Checks& checks, const std::string& path, const Value& resources) {
  for (const char* side : {"limits", "requests"}) {
    for (const Entry& amount : resources[side].entries()) {
      const std::string item = key(child(path, side), amount.key());
      checks.named(item, amount.name, qualified_name(amount.key()));
      auto quantity = Quantity::parse(amount.value.as_string());
      if (quantity && *quantity < Quantity()) checks.invalid(item, amount.value, "must be greater than or equal to 0");
    }
  }
  for (const Entry& request : resources["requests"].entries()) {
    const Value* limit = resources["limits"].find(request.key());
    if (!limit) continue;
    auto wanted = Quantity::parse(request.value.as_string()), most = Quantity::parse(limit->as_string());
    if (wanted && most && *wanted > *most) {
      checks.invalid(child(path, "requests"), request.value, fmt::format("must be less than or equal to {} limit of {}", request.key(), most->to_string()));
    }
  }
}

void check_containers(Checks& checks, const std::string& path, const Value& containers, const Value& volumes, std::set<std::string>& names) {
  for (size_t i = 0; i < containers.size(); ++i) {
    const std::string item = at(path, i);
    check_container(checks, item, containers[i], volumes);
    if (!names.insert(containers[i]["name"].str()).second) checks.duplicate(child(item, "name"), containers[i]["name"]);
    for (const char* hook : {"postStart", "preStop"}) {
      const Value& handler = containers[i]["lifecycle"][hook];
      if (!handler.is_null()) check_handler(checks, child(item, fmt::format("lifecycle.{}", hook)), handler);
    }
    check_probe(checks, child(item, "livenessProbe"), containers[i]["livenessProbe"], true);
    check_probe(checks, child(item, "readinessProbe"), containers[i]["readinessProbe"], false);
    check_probe(checks, child(item, "startupProbe"), containers[i]["startupProbe"], true);
  }
}

void check_source(Checks& checks, const std::string& path, const std::string& type, const Value& source) {
  if (type == "configMap" && source["name"].empty()) checks.required(child(path, "configMap.name"));
  if (type == "secret" && source["secretName"].empty()) checks.required(child(path, "secret.secretName"));
  if (type == "persistentVolumeClaim" && source["claimName"].empty()) checks.required(child(path, "persistentVolumeClaim.claimName"));
  if (type == "hostPath" && source["path"].empty()) checks.required(child(path, "hostPath.path"));
  if (type == "nfs") {
    if (source["server"].empty()) checks.required(child(path, "nfs.server"));
    if (source["path"].empty()) checks.required(child(path, "nfs.path"));
  }
  if (type == "csi" && source["driver"].empty()) checks.required(child(path, "csi.driver"));
  const Value& mode = source["defaultMode"];
  if (!mode.is_null() && (mode.as_int() < 0 || mode.as_int() > 0777)) {
    checks.invalid(child(child(path, type), "defaultMode"), mode, "must be a number between 0 and 0777 (octal), both inclusive");
  }
}

void check_spread(Checks& checks, const std::string& path, const Value& constraints) {
  for (size_t i = 0; i < constraints.size(); ++i) {
    const std::string item = at(path, i);
    const Value& constraint = constraints[i];
    if (constraint["maxSkew"].as_int() <= 0) checks.invalid(child(item, "maxSkew"), constraint["maxSkew"].as_int(), "must be greater than zero");
    if (constraint["topologyKey"].empty()) {
      checks.required(child(item, "topologyKey"), "can not be empty");
    } else {
      checks.named(child(item, "topologyKey"), constraint["topologyKey"], qualified_name(constraint["topologyKey"].as_string()));
    }
    checks.one_of(child(item, "whenUnsatisfiable"), constraint["whenUnsatisfiable"], {"DoNotSchedule", "ScheduleAnyway"});
    if (!constraint["labelSelector"].is_null()) checks.selector(child(item, "labelSelector"), constraint["labelSelector"]);
  }
}

void check_tolerations(Checks& checks, const std::string& path, const Value& tolerations) {
  for (size_t i = 0; i < tolerations.size(); ++i) {
    const std::string item = at(path, i);
    const Value& toleration = tolerations[i];
    if (!toleration["key"].empty()) checks.named(child(item, "key"), toleration["key"], qualified_name(toleration["key"].as_string()));
    const std::string op = toleration["operator"].str();
    if (toleration["key"].empty() && op != "Exists") {
      checks.invalid(child(item, "operator"), toleration["operator"].str(), "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
    }
    if (!toleration["tolerationSeconds"].is_null() && toleration["effect"].as_string() != "NoExecute") {
      checks.invalid(child(item, "effect"), toleration["effect"].str(), "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    if (op == "Exists" && !toleration["value"].empty()) {
      checks.invalid(child(item, "operator"), toleration, "value must be empty when `operator` is 'Exists'");
    } else if (!op.empty() && op != "Exists" && op != "Equal") {
      checks.unsupported(child(item, "operator"), op, {"Equal", "Exists"});
    }
    if (!toleration["effect"].empty()) {
      checks.one_of(child(item, "effect"), toleration["effect"], {"NoSchedule", "PreferNoSchedule", "NoExecute"});
    }
  }
}

void check_names(Checks& checks, const std::string& path, const Value& spec) {
  if (!spec["serviceAccountName"].empty()) {
    checks.named(child(path, "serviceAccountName"), spec["serviceAccountName"], dns_subdomain(spec["serviceAccountName"].as_string()));
  }
  if (!spec["nodeName"].empty()) checks.named(child(path, "nodeName"), spec["nodeName"], dns_subdomain(spec["nodeName"].as_string()));
  if (const Value& seconds = spec["activeDeadlineSeconds"]; !seconds.is_null() && (seconds.as_int() < 1 || seconds.as_int() > INT32_MAX)) {
    checks.invalid(child(path, "activeDeadlineSeconds"), seconds, "must be between 1 and 2147483647, inclusive");
  }
  for (const char* field : {"hostname", "subdomain"}) {
    if (!spec[field].empty()) checks.named(child(path, field), spec[field], dns_label(spec[field].as_string()));
  }
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

// The pod's spec with what an update may change taken from `old`.
Value without_changeable(const Value& fresh, const Value& old) {
  Value out = fresh;
  for (const char* list : {"containers", "initContainers"}) {
    Value containers = out[list];
    for (size_t i = 0; i < containers.size(); ++i) containers.edit(i).set("image", old[list][i]["image"]);
    if (!containers.empty()) out.set(list, containers);
  }
  for (const char* field : {"activeDeadlineSeconds", "tolerations", "schedulingGates"}) {
    if (const Value* before = old.find(field)) {
      out.set(field, *before);
    } else {
      out.erase(field);
    }
  }
  return out;
}

}  // namespace

void check_container(Checks& checks, const std::string& path, const Value& container, const Value& volumes) {
  if (container["name"].empty()) {
    checks.required(child(path, "name"));
  } else {
    checks.named(child(path, "name"), container["name"], dns_label(container["name"].as_string()));
  }
  if (container["image"].empty()) checks.required(child(path, "image"));
  checks.one_of(child(path, "terminationMessagePolicy"), container["terminationMessagePolicy"], {"File", "FallbackToLogsOnError"});
  check_ports(checks, child(path, "ports"), container["ports"]);
  check_env(checks, child(path, "env"), container["env"]);
  check_mounts(checks, child(path, "volumeMounts"), container["volumeMounts"], volumes);
  checks.one_of(child(path, "imagePullPolicy"), container["imagePullPolicy"], {"Always", "IfNotPresent", "Never"});
  check_amounts(checks, child(path, "resources"), container["resources"]);
}

Value check_volumes(Checks& checks, const std::string& path, const Value& volumes) {
  Value known = Value::map();
  for (size_t i = 0; i < volumes.size(); ++i) {
    Checks own;
    const std::string item = at(path, i);
    bool first = true;
    // In the order in which the server looks at the types.
    constexpr std::array<std::string_view, 12> kTypes{"emptyDir", "hostPath", "gitRepo", "secret", "nfs", "iscsi",
                                                      "persistentVolumeClaim", "downwardAPI", "configMap", "projected", "csi", "ephemeral"};
    for (std::string_view type : kTypes) {
      const Value& source = volumes[i][type];
      if (source.is_null()) continue;
      if (!first) {
        own.forbidden(child(item, type), "may not specify more than 1 volume type");
      } else {
        check_source(own, item, std::string(type), source);
      }
      first = false;
    }
    const std::string name = volumes[i]["name"].str();
    if (name.empty()) {
      own.required(child(item, "name"));
    } else {
      own.named(child(item, "name"), name, dns_label(name));
    }
    if (known.contains(name)) own.duplicate(child(item, "name"), name);
    if (own.clean()) known.set(name, true);
    checks.append(own.take());
  }
  return known;
}

void check_pod_spec(Checks& checks, const std::string& path, const Value& spec) {
  const Value volumes = check_volumes(checks, child(path, "volumes"), spec["volumes"]);
  std::set<std::string> names;
  if (spec["containers"].empty()) {
    checks.required(child(path, "containers"));
  } else {
    check_containers(checks, child(path, "containers"), spec["containers"], volumes, names);
  }
  check_containers(checks, child(path, "initContainers"), spec["initContainers"], volumes, names);
  checks.one_of(child(path, "restartPolicy"), spec["restartPolicy"], {"Always", "OnFailure", "Never"});
  checks.one_of(child(path, "dnsPolicy"), spec["dnsPolicy"], {"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"});
  checks.labels(child(path, "nodeSelector"), spec["nodeSelector"]);
  check_spread(checks, child(path, "topologySpreadConstraints"), spec["topologySpreadConstraints"]);
  check_names(checks, path, spec);
  check_tolerations(checks, child(path, "tolerations"), spec["tolerations"]);
}

void check_pod_template(Checks& checks, const std::string& path, const Value& pod_template) {
  checks.labels(child(path, "labels"), pod_template["metadata"]["labels"]);
  for (const Entry& annotation : pod_template["metadata"]["annotations"].entries()) {
    checks.named(child(path, "annotations"), annotation.name, qualified_name(annotation.key()));
  }
  check_pod_spec(checks, child(path, "spec"), pod_template["spec"]);
}

void check_pod_update(Checks& checks, const Value& fresh, const Value& old) {
  const Value& spec = fresh["spec"];
  const Value& before = old["spec"];
  for (const char* list : {"containers", "initContainers"}) {
    if (spec[list].size() == before[list].size()) continue;
    return checks.forbidden(child("spec", list), "pod updates may not add or remove containers");
  }
  const Value& kept = before["tolerations"];
  for (const Value& toleration : kept.items()) {
    bool found = false;
    for (const Value& other : spec["tolerations"].items()) found |= same_but_seconds(other, toleration);
    if (found) continue;
    checks.forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds");
    break;
  }
  if (without_changeable(spec, before) != before) checks.forbidden("spec", fmt::format("{}\n", kPodUpdate));
}

}  // namespace taut::sandbox::kinds
