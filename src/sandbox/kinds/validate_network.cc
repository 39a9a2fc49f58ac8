#include <array>
#include <set>

#include "base/strings.hh"
#include "sandbox/kinds/addresses.hh"
#include "sandbox/kinds/internal_json.hh"
#include "sandbox/kinds/validation.hh"

namespace taut::sandbox::kinds {
namespace {

void required_segment(Checks& checks, const std::string& field, const Value& name) {
  if (name.empty()) return checks.required(field);
  checks.named(field, name, path_segment(name.as_string()));
}

// ---- Ingress

void ingress_backend(Checks& checks, const std::string& path, const Value& backend) {
  const Value& service = backend["service"];
  const Value& resource = backend["resource"];
  if (!service.is_null() && !resource.is_null()) return checks.invalid(path, "", "cannot set both resource and service backends");
  if (!resource.is_null()) {
    const std::string own = child(path, "resource");
    if (!resource["apiGroup"].empty()) checks.named(child(own, "apiGroup"), resource["apiGroup"], dns_subdomain(resource["apiGroup"].as_string()));
    required_segment(checks, child(own, "kind"), resource["kind"]);
    required_segment(checks, child(own, "name"), resource["name"]);
    return;
  }
  if (service.is_null()) return checks.invalid(path, "", "resource or service backend is required");
  if (service["name"].empty()) {
    checks.required(child(path, "service.name"));
  } else {
    checks.named(child(path, "service.name"), service["name"], dns_label(service["name"].as_string()));
  }
  const Value& name = service["port"]["name"];
  const Value& number = service["port"]["number"];
  if (!name.empty() && number.as_int() != 0) {
    checks.invalid(path, "", "cannot set both port name & port number");
  } else if (!name.empty()) {
    checks.named(child(path, "service.port.name"), name, port_name(name.as_string()));
  } else if (number.as_int() != 0) {
    checks.port(child(path, "service.port.number"), number);
  } else {
    checks.required(path, "port name or number is required");
  }
}

void ingress_path(Checks& checks, const std::string& path, const Value& entry) {
  const Value& type = entry["pathType"];
  const std::string text = entry["path"].str();
  if (type.is_null()) return checks.required(child(path, "pathType"), "pathType must be specified");
  const bool strict = type.as_string() == "Exact" || type.as_string() == "Prefix";
  if (strict || type.as_string() == "ImplementationSpecific") {
    if (!text.starts_with("/") && (strict || !text.empty())) checks.invalid(child(path, "path"), text, "must be an absolute path");
    for (const char* part : {"//", "/./", "/../", "%2f", "%2F"}) {
      if (strict && contains(text, part)) checks.invalid(child(path, "path"), text, fmt::format("must not contain '{}'", part));
    }
    for (const char* suffix : {"/..", "/."}) {
      if (strict && text.ends_with(suffix)) checks.invalid(child(path, "path"), text, fmt::format("cannot end with '{}'", suffix));
    }
  } else {
    checks.unsupported(child(path, "pathType"), type, {"Exact", "ImplementationSpecific", "Prefix"});
  }
  ingress_backend(checks, child(path, "backend"), entry["backend"]);
}

void ingress_host(Checks& checks, const std::string& path, const Value& host) {
  const std::string_view text = host.as_string();
  checks.named(path, host, contains(text, "*") ? wildcard_subdomain(text) : dns_subdomain(text));
}

void ingress_rule(Checks& checks, const std::string& path, const Value& rule) {
  if (const Value& host = rule["host"]; !host.empty()) {
    if (is_address(host.as_string())) checks.invalid(child(path, "host"), host, "must be a DNS name, not an IP address");
    ingress_host(checks, child(path, "host"), host);
  }
  const Value& http = rule["http"];
  if (http.is_null()) return;
  const std::string paths = child(path, "http.paths");
  if (http["paths"].empty()) checks.required(paths);
  for (size_t p = 0; p < http["paths"].size(); ++p) ingress_path(checks, at(paths, p), http["paths"][p]);
}

void ingress(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  const Value& rules = spec["rules"];
  if (rules.empty() && spec["defaultBackend"].is_null()) checks.invalid("spec", Value(), "either `defaultBackend` or `rules` must be specified");
  if (!spec["defaultBackend"].is_null()) ingress_backend(checks, "spec.defaultBackend", spec["defaultBackend"]);
  for (size_t i = 0; i < rules.size(); ++i) ingress_rule(checks, at("spec.rules", i), rules[i]);
  const Value& tls = spec["tls"];
  for (size_t i = 0; i < tls.size(); ++i) {
    const std::string path = at("spec.tls", i);
    const Value& hosts = tls[i]["hosts"];
    for (size_t h = 0; h < hosts.size(); ++h) ingress_host(checks, at(child(path, "hosts"), h), hosts[h]);
    if (const Value& name = tls[i]["secretName"]; !name.empty()) checks.named(child(path, "secretName"), name, dns_subdomain(name.as_string()));
  }
  const Value& name = spec["ingressClassName"];
  if (!name.is_null()) checks.named("spec.ingressClassName", name, dns_subdomain(name.as_string()));
  const Value& annotation = object["metadata"]["annotations"]["kubernetes.io/ingress.class"];
  if (checks.creating() && !annotation.is_null() && !name.is_null() && annotation != name) {
    checks.invalid("annotations.kubernetes.io/ingress.class", annotation, "must match `ingressClassName` when both are specified");
  }
}

// ---- IngressClass

bool is_domain_path(std::string_view text) {
  const size_t slash = text.find('/');
  return slash != text.npos && slash > 0 && slash + 1 < text.size();
}

void ingress_class(Checks& checks, const Value& object) {
  const Value& controller = object["spec"]["controller"];
  if (controller.empty()) {
    checks.required("spec.controller");
  } else if (!is_domain_path(controller.as_string())) {
    checks.invalid("spec.controller", controller, "must be a domain-prefixed path (such as \"acme.io/foo\")");
  } else {
    const std::string_view host = controller.as_string().substr(0, controller.as_string().find('/'));
    checks.named("spec.controller", host, dns_subdomain(host));
  }
  if (controller.size() > 250) checks.too_long("spec.controller", 250);
  const Value& parameters = object["spec"]["parameters"];
  if (parameters.is_null()) return;
  const std::string path = "spec.parameters";
  if (!parameters["apiGroup"].is_null()) {
    checks.named(child(path, "apiGroup"), parameters["apiGroup"], dns_subdomain(parameters["apiGroup"].as_string()));
  }
  for (const char* field : {"kind", "name"}) required_segment(checks, child(path, field), parameters[field]);
  const Value& scope = parameters["scope"];
  const Value& ns = parameters["namespace"];
  if (scope.is_null()) return checks.required(child(path, "scope"));
  checks.one_of(child(path, "scope"), scope, {"Cluster", "Namespace"});
  if (scope.as_string() == "Namespace") {
    if (ns.is_null()) return checks.required(child(path, "namespace"), "`parameters.scope` is set to 'Namespace'");
    checks.named(child(path, "namespace"), ns, dns_label(ns.as_string()));
  } else if (scope.as_string() == "Cluster" && !ns.is_null()) {
    checks.forbidden(child(path, "namespace"), "`parameters.scope` is set to 'Cluster'");
  }
}

void ingress_class_update(Checks& checks, const Value& fresh, const Value& old) {
  const Value& controller = fresh["spec"]["controller"];
  if (controller != old["spec"]["controller"]) checks.invalid("spec.controller", controller.str(), "field is immutable");
}

// ---- NetworkPolicy

void policy_port(Checks& checks, const std::string& path, const Value& port) {
  if (!port["protocol"].is_null()) checks.one_of(child(path, "protocol"), port["protocol"], {"TCP", "UDP", "SCTP"});
  const Value& first = port["port"];
  const Value& last = port["endPort"];
  const std::string last_path = child(path, "endPort");
  if (first.is_null()) {
    if (!last.is_null()) checks.invalid(last_path, last, "may not be specified when `port` is not specified");
  } else if (first.is_string()) {
    if (!last.is_null()) checks.invalid(last_path, last, "may not be specified when `port` is non-numeric");
    checks.named(child(path, "port"), first, port_name(first.as_string()));
  } else {
    checks.port(child(path, "port"), first);
    if (last.is_null()) return;
    if (last.as_int() < first.as_int()) checks.invalid(last_path, first, "must be greater than or equal to `port`");
    checks.port(last_path, last);
  }
}

void policy_block(Checks& checks, const std::string& path, const Value& block) {
  if (block["cidr"].empty()) return checks.required(child(path, "cidr"));
  checks.network(child(path, "cidr"), block["cidr"]);
  const auto whole = Network::parse(block["cidr"].as_string());
  if (!whole) return;
  const Value& except = block["except"];
  for (size_t i = 0; i < except.size(); ++i) {
    const std::string item = at(child(path, "except"), i);
    checks.network(item, except[i]);
    const auto part = Network::parse(except[i].as_string());
    if (part && !whole->strictly_holds(*part)) checks.invalid(item, except[i], "must be a strict subset of `cidr`");
  }
}

void policy_peer(Checks& checks, const std::string& path, const Value& peer) {
  for (const char* field : {"podSelector", "namespaceSelector"}) {
    if (!peer[field].is_null()) checks.selector(child(path, field), peer[field]);
  }
  const bool block = !peer["ipBlock"].is_null(), selects = !peer["podSelector"].is_null() || !peer["namespaceSelector"].is_null();
  if (block) policy_block(checks, child(path, "ipBlock"), peer["ipBlock"]);
  if (!block && !selects) checks.required(path, "must specify a peer");
  if (block && selects) checks.forbidden(path, "may not specify both ipBlock and another peer");
}

void policy_rules(Checks& checks, const std::string& path, const Value& rules, const char* peers) {
  for (size_t i = 0; i < rules.size(); ++i) {
    const std::string item = at(path, i);
    const Value& ports = rules[i]["ports"];
    for (size_t p = 0; p < ports.size(); ++p) policy_port(checks, at(child(item, "ports"), p), ports[p]);
    for (size_t p = 0; p < rules[i][peers].size(); ++p) policy_peer(checks, at(child(item, peers), p), rules[i][peers][p]);
  }
}

void network_policy(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  checks.selector("spec.podSelector", spec["podSelector"]);
  policy_rules(checks, "spec.ingress", spec["ingress"], "from");
  policy_rules(checks, "spec.egress", spec["egress"], "to");
  const Value& types = spec["policyTypes"];
  if (types.size() > 2) return checks.invalid("spec.policyTypes", types, "may not specify more than two policyTypes");
  for (size_t i = 0; i < types.size(); ++i) checks.one_of(at("spec.policyTypes", i), types[i], {"Ingress", "Egress"});
}

// ---- Endpoints and EndpointSlices

void endpoint_address(Checks& checks, const std::string& path, const Value& address) {
  checks.address(child(path, "ip"), address["ip"]);
  if (!address["hostname"].empty()) checks.named(child(path, "hostname"), address["hostname"], dns_label(address["hostname"].as_string()));
  if (!address["nodeName"].is_null()) checks.named(child(path, "nodeName"), address["nodeName"], dns_subdomain(address["nodeName"].as_string()));
  check_endpoint_address(checks, child(path, "ip"), address["ip"].as_string());
}

void endpoint_subsets(Checks& checks, const Value& subsets) {
  for (size_t i = 0; i < subsets.size(); ++i) {
    const std::string path = at("subsets", i);
    const Value& ports = subsets[i]["ports"];
    if (subsets[i]["addresses"].empty() && subsets[i]["notReadyAddresses"].empty()) checks.required(path, "must specify `addresses` or `notReadyAddresses`");
    for (const char* list : {"addresses", "notReadyAddresses"}) {
      for (size_t a = 0; a < subsets[i][list].size(); ++a) endpoint_address(checks, at(child(path, list), a), subsets[i][list][a]);
    }
    for (size_t p = 0; p < ports.size(); ++p) {
      const std::string item = at(child(path, "ports"), p);
      const Value& port = ports[p];
      if (ports.size() > 1 && port["name"].empty()) {
        checks.required(child(item, "name"));
      } else if (!port["name"].empty()) {
        checks.named(child(item, "name"), port["name"], dns_label(port["name"].as_string()));
      }
      checks.port(child(item, "port"), port["port"]);
      checks.given_one_of(child(item, "protocol"), port["protocol"], {"SCTP", "TCP", "UDP"});
      if (!port["appProtocol"].is_null()) checks.named(child(item, "appProtocol"), port["appProtocol"], qualified_name(port["appProtocol"].as_string()));
    }
  }
}

// Addresses that an update does not touch were judged before, maybe by other rules.
void endpoints(Checks& checks, const Value& object) {
  if (checks.creating()) endpoint_subsets(checks, object["subsets"]);
}

void endpoints_update(Checks& checks, const Value& fresh, const Value& old) {
  if (fresh["subsets"] != old["subsets"]) endpoint_subsets(checks, fresh["subsets"]);
}

void slice_ports(Checks& checks, const Value& ports) {
  std::set<std::string, std::less<>> names;
  for (size_t i = 0; i < ports.size(); ++i) {
    const std::string item = at("ports", i), name = ports[i]["name"].str();
    if (!name.empty()) checks.named(child(item, "name"), name, dns_label(name));
    if (!names.insert(name).second) checks.duplicate(child(item, "name"), name);
    checks.given_one_of(child(item, "protocol"), ports[i]["protocol"], {"SCTP", "TCP", "UDP"});
    if (!ports[i]["appProtocol"].is_null()) {
      checks.named(child(item, "appProtocol"), ports[i]["appProtocol"], qualified_name(ports[i]["appProtocol"].as_string()));
    }
  }
}

void slice_address(Checks& checks, const std::string& list, size_t index, const Value& address, std::string_view type) {
  const std::string path = at(list, index);
  if (type == "FQDN" || (type != "IPv4" && type != "IPv6")) return;
  if (!is_address(address.as_string())) return checks.address(path, address);
  const bool six = contains(address.as_string(), ":");
  if (six != (type == "IPv6")) checks.invalid(list, address, fmt::format("must be an {} address", type));
  check_endpoint_address(checks, path, address.as_string());
}

void slice_endpoints(Checks& checks, const Value& object) {
  const std::string type = object["addressType"].str();
  const Value& endpoints = object["endpoints"];
  for (size_t i = 0; i < endpoints.size(); ++i) {
    const std::string item = at("endpoints", i), list = child(item, "addresses");
    const Value& addresses = endpoints[i]["addresses"];
    if (addresses.empty()) checks.required(list, "must contain at least 1 address");
    for (size_t a = 0; a < addresses.size(); ++a) slice_address(checks, list, a, addresses[a], type);
    const Value& node = endpoints[i]["nodeName"];
    if (!node.is_null()) checks.named(child(item, "nodeName"), node, dns_subdomain(node.as_string()));
    const Value& host = endpoints[i]["hostname"];
    if (!host.is_null()) checks.named(child(item, "hostname"), host, dns_label(host.as_string()));
  }
}

void endpoint_slice(Checks& checks, const Value& object) {
  checks.given_one_of("addressType", object["addressType"], {"FQDN", "IPv4", "IPv6"});
  slice_ports(checks, object["ports"]);
  if (checks.creating()) slice_endpoints(checks, object);
}

void endpoint_slice_update(Checks& checks, const Value& fresh, const Value& old) {
  if (fresh["endpoints"] != old["endpoints"]) slice_endpoints(checks, fresh);
  if (fresh["addressType"] != old["addressType"]) checks.invalid("addressType", fresh["addressType"].str(), "field is immutable");
}

constexpr std::array<ValidationRule, 5> kRules{{
    {"networking/v1.Ingress", ingress, nullptr},
    {"networking/v1.IngressClass", ingress_class, ingress_class_update},
    {"networking/v1.NetworkPolicy", network_policy, nullptr},
    {"core/v1.Endpoints", endpoints, endpoints_update},
    {"discovery/v1.EndpointSlice", endpoint_slice, endpoint_slice_update},
}};

}  // namespace

std::span<const ValidationRule> network_validation() { return kRules; }

}  // namespace taut::sandbox::kinds
