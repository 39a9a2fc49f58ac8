#include <set>

#include "base/strings.hh"
#include "object/quantity.hh"
#include "sandbox/kinds/pod_parts.hh"
#include "sandbox/kinds/resource_names.hh"
#include "sandbox/kinds/validation.hh"

namespace taut::sandbox::kinds {
namespace {

using Names = std::set<std::string, std::less<>>;

// ---- probes and hooks

constexpr std::string_view kHeader =
    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";

bool is_header(std::string_view text) {
  auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && std::ranges::all_of(text, fits);
}

void check_http(Checks& checks, const std::string& path, const Value& http) {
  if (http["path"].empty()) checks.required(child(path, "path"));
  checks.port_or_name(child(path, "port"), http["port"]);
  checks.one_of(child(path, "scheme"), http["scheme"], {"HTTP", "HTTPS"});
  for (const Value& header : http["httpHeaders"].items()) {
    if (!is_header(header["name"].as_string())) checks.invalid(child(path, "httpHeaders"), header["name"].str(), kHeader);
  }
}

void check_action(Checks& checks, const std::string& path, std::string_view type, const Value& action, const Value& grace) {
  if (type == "exec" && action["command"].empty()) checks.required(child(path, "command"));
  if (type == "httpGet") check_http(checks, path, action);
  if (type == "tcpSocket") checks.port_or_name(child(path, "port"), action["port"]);
  if (type == "grpc") checks.port(child(path, "port"), action["port"]);
  const int64_t seconds = action["seconds"].as_int();
  if (type == "sleep" && !grace.is_null() && (seconds < 0 || seconds > grace.as_int())) {
    checks.invalid(path, seconds, fmt::format("must be non-negative and less than terminationGracePeriodSeconds ({})", grace.as_int()));
  }
}

void check_handler(Checks& checks, const std::string& path, const Value& handler, const Value& grace) {
  int handlers = 0;
  for (const char* type : {"exec", "httpGet", "tcpSocket", "grpc", "sleep"}) {
    if (handler[type].is_null()) continue;
    if (handlers++ > 0) {
      checks.forbidden(child(path, type), "may not specify more than 1 handler type");
    } else {
      check_action(checks, child(path, type), type, handler[type], grace);
    }
  }
  if (handlers == 0) checks.required(path, "must specify a handler type");
}

void check_probe(Checks& checks, const std::string& path, const Value& probe, const Value& grace) {
  check_handler(checks, path, probe, grace);
  for (const char* field : {"initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"}) {
    checks.not_negative(child(path, field), probe[field]);
  }
  const Value& own = probe["terminationGracePeriodSeconds"];
  if (!own.is_null() && own.as_int() <= 0) checks.invalid(child(path, "terminationGracePeriodSeconds"), own, "must be greater than 0");
}

void check_probes(Checks& checks, const std::string& item, const Value& container, const Value& grace) {
  const Value& lifecycle = container["lifecycle"];
  for (const char* hook : {"postStart", "preStop"}) {
    if (!lifecycle[hook].is_null()) check_handler(checks, child(item, fmt::format("lifecycle.{}", hook)), lifecycle[hook], grace);
  }
  for (const char* name : {"livenessProbe", "readinessProbe", "startupProbe"}) {
    const Value& probe = container[name];
    const std::string path = child(item, name);
    if (probe.is_null()) continue;
    check_probe(checks, path, probe, grace);
    if (std::string_view(name) == "readinessProbe") {
      const Value& own = probe["terminationGracePeriodSeconds"];
      if (!own.is_null()) checks.invalid(child(path, "terminationGracePeriodSeconds"), own, "must not be set for readinessProbes");
    } else if (probe["successThreshold"].as_int() != 1) {
      checks.invalid(child(path, "successThreshold"), probe["successThreshold"].as_int(), "must be 1");
    }
  }
}

// ---- ports

void check_ports(Checks& checks, const std::string& path, const Value& ports) {
  Names names;
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
    checks.given_one_of(child(item, "protocol"), port["protocol"], {"SCTP", "TCP", "UDP"});
  }
}

void unique_host_ports(Checks& checks, const std::string& path, const Value& container, Names& taken) {
  const Value& ports = container["ports"];
  for (size_t i = 0; i < ports.size(); ++i) {
    const int64_t port = ports[i]["hostPort"].as_int();
    if (port == 0) continue;
    const std::string text = fmt::format("{}/{}/{}", ports[i]["protocol"].as_string(), ports[i]["hostIP"].as_string(), port);
    if (!taken.insert(text).second) checks.duplicate(child(at(child(path, "ports"), i), "hostPort"), text);
  }
}

// ---- environment

void check_key_reference(Checks& checks, const std::string& path, const Value& reference) {
  checks.named(child(path, "name"), reference["name"], dns_subdomain(reference["name"].as_string()));
  if (reference["key"].empty()) {
    checks.required(child(path, "key"));
  } else {
    checks.named(child(path, "key"), reference["key"], config_key(reference["key"].as_string()));
  }
}

void check_value_source(Checks& checks, const std::string& path, const Value& variable) {
  const Value& from = variable["valueFrom"];
  if (from.is_null()) return;
  if (!from["fieldRef"].is_null()) check_field_reference(checks, child(path, "fieldRef"), from["fieldRef"], false);
  if (!from["resourceFieldRef"].is_null()) check_resource_reference(checks, child(path, "resourceFieldRef"), from["resourceFieldRef"], false);
  for (const char* field : {"configMapKeyRef", "secretKeyRef"}) {
    if (!from[field].is_null()) check_key_reference(checks, child(path, field), from[field]);
  }
  if (from.empty()) {
    checks.invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
  } else if (!variable["value"].empty()) {
    checks.invalid(path, "", "may not be specified when `value` is not empty");
  } else if (from.size() > 1) {
    checks.invalid(path, "", "may not have more than one field specified at a time");
  }
}

void check_env(Checks& checks, const std::string& path, const Value& variables) {
  for (size_t i = 0; i < variables.size(); ++i) {
    const Value& variable = variables[i];
    const std::string item = at(path, i);
    if (variable["name"].empty()) {
      checks.required(child(item, "name"));
    } else {
      checks.named(child(item, "name"), variable["name"], env_name(variable["name"].as_string()));
    }
    check_value_source(checks, child(item, "valueFrom"), variable);
  }
}

void check_env_from(Checks& checks, const std::string& path, const Value& sources) {
  for (size_t i = 0; i < sources.size(); ++i) {
    const std::string item = at(path, i);
    if (!sources[i]["prefix"].empty()) checks.named(child(item, "prefix"), sources[i]["prefix"], env_name(sources[i]["prefix"].as_string()));
    int kinds = 0;
    for (const char* type : {"configMapRef", "secretRef"}) {
      const Value& source = sources[i][type];
      if (source.is_null()) continue;
      ++kinds;
      const std::string name_path = child(child(item, type), "name");
      if (source["name"].empty()) {
        checks.required(name_path);
      } else {
        checks.named(name_path, source["name"], dns_subdomain(source["name"].as_string()));
      }
    }
    // Of the whole list, not of the item.
    if (kinds == 0) checks.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
    if (kinds > 1) checks.invalid(path, "", "may not have more than one field specified at a time");
  }
}

// ---- mounts

void check_propagation(Checks& checks, const std::string& path, const Value& mode, const Value& container) {
  if (mode.is_null()) return;
  checks.one_of(path, mode, {"Bidirectional", "HostToContainer", "None"});
  if (mode.as_string() == "Bidirectional" && !container["securityContext"]["privileged"].as_bool()) {
    checks.forbidden(path, "Bidirectional mount propagation is available only to privileged containers");
  }
}

void check_recursive(Checks& checks, const std::string& path, const Value& mount) {
  const Value& mode = mount["recursiveReadOnly"];
  if (mode.is_null() || mode.as_string() == "Disabled") return;
  if (mode.as_string() != "Enabled" && mode.as_string() != "IfPossible") {
    return checks.unsupported(path, mode, {"Disabled", "Enabled", "IfPossible"});
  }
  if (!mount["readOnly"].as_bool()) checks.forbidden(path, "may only be specified when readOnly is true");
  const Value& propagation = mount["mountPropagation"];
  if (!propagation.is_null() && propagation.as_string() != "None") {
    checks.forbidden(path, "may only be specified when mountPropagation is None or not specified");
  }
}

bool any_has(const Value& list, const char* field, std::string_view text) {
  return std::ranges::any_of(list.items(), [&](const Value& item) { return item[field].as_string() == text; });
}

void check_mounts(Checks& checks, const std::string& path, const Value& container, const Value& volumes) {
  Names places;
  const Value& mounts = container["volumeMounts"];
  const Value& devices = container["volumeDevices"];
  for (size_t i = 0; i < mounts.size(); ++i) {
    const std::string item = at(path, i);
    const Value& mount = mounts[i];
    const std::string name = mount["name"].str(), place = mount["mountPath"].str();
    if (name.empty()) checks.required(child(item, "name"));
    if (!volumes.contains(name)) checks.not_found(child(item, "name"), name);
    if (place.empty()) checks.required(child(item, "mountPath"));
    if (!places.insert(place).second) checks.invalid(child(item, "mountPath"), place, "must be unique");
    if (any_has(devices, "name", name)) checks.invalid(child(item, "name"), name, "must not already exist in volumeDevices");
    if (any_has(devices, "devicePath", place)) checks.invalid(child(item, "mountPath"), place, "must not already exist as a path in volumeDevices");
    // From here on the server names the list, not the item.
    if (!mount["subPath"].empty()) check_inner_path(checks, child(path, "subPath"), mount["subPath"].as_string());
    if (!mount["subPathExpr"].empty()) {
      if (!mount["subPath"].empty()) checks.invalid(child(item, "subPathExpr"), mount["subPathExpr"], "subPathExpr and subPath are mutually exclusive");
      check_inner_path(checks, child(path, "subPathExpr"), mount["subPathExpr"].as_string());
    }
    check_propagation(checks, child(path, "mountPropagation"), mount["mountPropagation"], container);
    check_recursive(checks, child(path, "recursiveReadOnly"), mount);
  }
}

void check_devices(Checks& checks, const std::string& path, const Value& container, const Value& volumes) {
  Names names, places;
  const Value& devices = container["volumeDevices"];
  const Value& mounts = container["volumeMounts"];
  for (size_t i = 0; i < devices.size(); ++i) {
    const std::string item = at(path, i), name = devices[i]["name"].str(), place = devices[i]["devicePath"].str();
    const Value* volume = volumes.find(name);
    if (name.empty()) checks.required(child(item, "name"));
    if (names.contains(name)) checks.invalid(child(item, "name"), name, "must be unique");
    if (volume && (*volume)["persistentVolumeClaim"].is_null() && (*volume)["ephemeral"].is_null()) {
      checks.invalid(child(item, "name"), name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
    }
    if (!volume) checks.not_found(child(item, "name"), name);
    if (place.empty()) checks.required(child(item, "devicePath"));
    if (places.contains(place)) checks.invalid(child(item, "devicePath"), place, "must be unique");
    Checks steps;
    check_no_backsteps(steps, child(path, "devicePath"), place);
    if (!steps.clean()) {
      checks.invalid(child(item, "devicePath"), place, "can not contain backsteps ('..')");
    } else {
      places.insert(place);
    }
    if (any_has(mounts, "name", name)) checks.invalid(child(item, "name"), name, "must not already exist in volumeMounts");
    if (any_has(mounts, "mountPath", place)) checks.invalid(child(item, "devicePath"), place, "must not already exist as a path in volumeMounts");
    if (!name.empty()) names.insert(name);
  }
}

// ---- resources

void check_resize(Checks& checks, const std::string& path, const Value& policies, const Value& pod_policy) {
  Names seen;
  for (size_t i = 0; i < policies.size(); ++i) {
    const Value& resource = policies[i]["resourceName"];
    if (!seen.insert(resource.str()).second) checks.duplicate(at(path, i), resource);
    checks.given_one_of(path, resource, {"cpu", "memory"});
    checks.given_one_of(path, policies[i]["restartPolicy"], {"NotRequired", "RestartContainer"});
    if (pod_policy.as_string() == "Never" && policies[i]["restartPolicy"].as_string() != "NotRequired") {
      checks.invalid(path, policies[i]["restartPolicy"], "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
    }
  }
}

void check_amount(Checks& checks, const std::string& path, const Entry& amount) {
  check_container_resource(checks, path, amount.key());
  auto quantity = Quantity::parse(amount.value.as_string());
  if (!quantity) return;
  if (*quantity < Quantity()) checks.invalid(path, amount.value, "must be greater than or equal to 0");
  if (is_integer_resource(amount.key()) && !is_whole(*quantity)) checks.invalid(path, amount.value, "must be an integer");
}

void check_common(Checks& checks, const std::string& path, const Value& container, const Value& spec, const Value& volumes) {
  if (container["name"].empty()) {
    checks.required(child(path, "name"));
  } else {
    checks.named(child(path, "name"), container["name"], dns_label(container["name"].as_string()));
  }
  if (container["image"].empty()) checks.required(child(path, "image"));
  checks.given_one_of(child(path, "terminationMessagePolicy"), container["terminationMessagePolicy"], {"File", "FallbackToLogsOnError"});
  check_ports(checks, child(path, "ports"), container["ports"]);
  check_env(checks, child(path, "env"), container["env"]);
  check_env_from(checks, child(path, "envFrom"), container["envFrom"]);
  check_mounts(checks, child(path, "volumeMounts"), container, volumes);
  check_devices(checks, child(path, "volumeDevices"), container, volumes);
  checks.given_one_of(child(path, "imagePullPolicy"), container["imagePullPolicy"], {"Always", "IfNotPresent", "Never"});
  check_amounts(checks, child(path, "resources"), container["resources"]);
  check_resize(checks, child(path, "resizePolicy"), container["resizePolicy"], spec["restartPolicy"]);
  check_container_security(checks, child(path, "securityContext"), container["securityContext"], spec["hostUsers"].as_bool(true));
}

}  // namespace

void check_amounts(Checks& checks, const std::string& path, const Value& resources) {
  for (const Entry& limit : resources["limits"].entries()) check_amount(checks, key(child(path, "limits"), limit.key()), limit);
  for (const Entry& request : resources["requests"].entries()) {
    const std::string requests = child(path, "requests");
    check_amount(checks, key(requests, request.key()), request);
    const bool overcommit = is_native_resource(request.key()) && !request.key().starts_with("hugepages-");
    const Value* limit = resources["limits"].find(request.key());
    if (!limit) {
      if (!overcommit) checks.required(child(path, "limits"), "Limit must be set for non overcommitable resources");
      continue;
    }
    auto wanted = Quantity::parse(request.value.as_string()), most = Quantity::parse(limit->as_string());
    if (!wanted || !most || *wanted == *most) continue;
    if (!overcommit) {
      checks.invalid(requests, request.value, fmt::format("must be equal to {} limit of {}", request.key(), most->to_string()));
    } else if (*wanted > *most) {
      checks.invalid(requests, request.value, fmt::format("must be less than or equal to {} limit of {}", request.key(), most->to_string()));
    }
  }
}

void check_containers(Checks& checks, const std::string& path, const Value& spec, const Value& volumes) {
  const Value& containers = spec["containers"];
  if (containers.empty()) return checks.required(path);
  Names names, host_ports;
  for (size_t i = 0; i < containers.size(); ++i) {
    const std::string item = at(path, i);
    check_common(checks, item, containers[i], spec, volumes);
    if (!names.insert(containers[i]["name"].str()).second) checks.duplicate(child(item, "name"), containers[i]["name"].str());
    check_probes(checks, item, containers[i], spec["terminationGracePeriodSeconds"]);
    if (const Value& policy = containers[i]["restartPolicy"]; !policy.is_null()) {
      checks.one_of(child(item, "restartPolicy"), policy, {"Always", "Never", "OnFailure"});
    }
  }
  for (size_t i = 0; i < containers.size(); ++i) unique_host_ports(checks, at(path, i), containers[i], host_ports);
}

void check_init_containers(Checks& checks, const std::string& path, const Value& spec, const Value& volumes) {
  Names names;
  for (const Value& container : spec["containers"].items()) names.insert(container["name"].str());
  const Value& containers = spec["initContainers"];
  for (size_t i = 0; i < containers.size(); ++i) {
    const std::string item = at(path, i), name = containers[i]["name"].str();
    check_common(checks, item, containers[i], spec, volumes);
    const Value& policy = containers[i]["restartPolicy"];
    if (!policy.is_null()) checks.one_of(child(item, "restartPolicy"), policy, {"Always", "Never", "OnFailure"});
    if (names.contains(name)) {
      checks.duplicate(child(item, "name"), name);
    } else if (!name.empty()) {
      names.insert(name);
    }
    Names host_ports;
    unique_host_ports(checks, at(path, 0), containers[i], host_ports);
    if (policy.as_string() == "Always") {
      check_probes(checks, item, containers[i], spec["terminationGracePeriodSeconds"]);
      continue;
    }
    for (const char* field : {"lifecycle", "livenessProbe", "readinessProbe", "startupProbe"}) {
      if (!containers[i][field].is_null()) checks.forbidden(child(item, field), "may not be set for init containers without restartPolicy=Always");
    }
  }
}

}  // namespace taut::sandbox::kinds
