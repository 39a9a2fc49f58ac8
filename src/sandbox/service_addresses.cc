#include "sandbox/service_addresses.hh"

#include "base/strings.hh"

namespace taut::sandbox {
namespace {

constexpr int64_t kFirstPort = 30000, kLastPort = 32767;

bool wants_ports(const Value& spec) {
  std::string_view type = spec["type"].as_string();
  return type == "NodePort" || (type == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"].as_bool(true));
}

kinds::Problem bad_port(size_t index, int64_t port, std::string_view why) {
  return {"FieldValueInvalid", fmt::format("Invalid value: {}: {}", port, why), fmt::format("spec.ports[{}].nodePort", index)};
}

bool holds_port(const Value* service, int64_t port) {
  if (service == nullptr) return false;
  if ((*service)["spec"]["healthCheckNodePort"].as_int() == port) return true;
  for (const Value& p : (*service)["spec"]["ports"].items())
    if (p["nodePort"].as_int() == port) return true;
  return false;
}

}  // namespace

std::string ServiceAddresses::free_address() {
  for (;;) {
    next_address_ = next_address_ % 65000 + 1;
    std::string out = fmt::format("10.96.{}.{}", next_address_ / 256, next_address_ % 256);
    if (!addresses_.contains(out)) return out;
  }
}

int64_t ServiceAddresses::free_port() {
  for (int64_t tries = 0; tries <= kLastPort - kFirstPort; ++tries) {
    int64_t port = kFirstPort + next_port_++ % (kLastPort - kFirstPort + 1);
    if (!ports_.contains(port)) return port;
  }
  return 0;
}

void ServiceAddresses::address(Value& spec, const Value* old, bool dry_run, std::vector<kinds::Problem>& problems) {
  if (spec["type"].as_string() == "ExternalName") {
    for (const char* key : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"}) spec.erase(key);
    return;
  }
  std::string wanted = spec["clusterIP"].str();
  if (wanted.empty() && old != nullptr && (*old)["spec"]["type"].as_string() != "ExternalName")
    wanted = (*old)["spec"]["clusterIP"].str();
  bool kept = old != nullptr && (*old)["spec"]["clusterIP"].as_string() == wanted && !wanted.empty();
  if (wanted.empty()) {
    wanted = free_address();
    if (!dry_run) addresses_.insert(wanted);
  } else if (!kept && wanted != "None") {
    bool inside = wanted.starts_with("10.96.");
    std::string why = inside ? "provided IP is already allocated"
                             : "the provided network does not match the current range";
    if (!inside)
      why = "the provided IP (" + wanted + ") is not in the valid range. The range of valid IPs is 10.96.0.0/16";
    if (!inside || addresses_.contains(wanted))
      problems.push_back({"FieldValueInvalid",
                          fmt::format("Invalid value: [\"{}\"]: failed to allocate IP {}: {}", wanted, wanted, why),
                          "spec.clusterIPs"});
    else if (!dry_run)
      addresses_.insert(wanted);
  }
  spec.set("clusterIP", wanted);
  spec.set("clusterIPs", Value::list({wanted}));
  if (!spec.contains("ipFamilies")) spec.set("ipFamilies", Value::list({"IPv4"}));
  if (!spec.contains("ipFamilyPolicy")) spec.set("ipFamilyPolicy", "SingleStack");
}

void ServiceAddresses::ports(Value& spec, const Value* old, bool dry_run, std::vector<kinds::Problem>& problems) {
  if (!wants_ports(spec)) return;
  std::set<int64_t> taken_here;
  for (size_t i = 0; i < spec["ports"].size(); ++i) {
    const Value& port = spec["ports"][i];
    int64_t wanted = port["nodePort"].as_int();
    if (wanted == 0 && old != nullptr)
      for (const Value& was : (*old)["spec"]["ports"].items())
        if (was["port"] == port["port"] && was["protocol"] == port["protocol"]) wanted = was["nodePort"].as_int();
    if (wanted == 0) {
      wanted = free_port();
    } else if (!holds_port(old, wanted) && !taken_here.contains(wanted)) {
      if (wanted < kFirstPort || wanted > kLastPort) {
        problems.push_back(bad_port(i, wanted, "provided port is not in the valid range. The range of valid ports is 30000-32767"));
        continue;
      }
      if (ports_.contains(wanted)) {
        problems.push_back(bad_port(i, wanted, "provided port is already allocated"));
        continue;
      }
    }
    taken_here.insert(wanted);
    if (!dry_run) ports_.insert(wanted);
    spec.edit("ports").edit(i).set("nodePort", wanted);
  }
  bool local = spec["type"].as_string() == "LoadBalancer" && spec["externalTrafficPolicy"].as_string() == "Local";
  if (local && spec["healthCheckNodePort"].as_int() == 0) {
    int64_t port = old != nullptr ? (*old)["spec"]["healthCheckNodePort"].as_int() : 0;
    if (port == 0) port = free_port();
    if (!dry_run) ports_.insert(port);
    spec.set("healthCheckNodePort", port);
  }
}

std::vector<kinds::Problem> ServiceAddresses::allocate(Value& service, const Value* old, bool dry_run) {
  std::lock_guard lock(mutex_);
  std::vector<kinds::Problem> problems;
  Value& spec = service.edit("spec");
  address(spec, old, dry_run, problems);
  ports(spec, old, dry_run, problems);
  return problems;
}

void ServiceAddresses::release(const Value& service, const Value* keeper) {
  std::lock_guard lock(mutex_);
  std::string_view address = service["spec"]["clusterIP"].as_string();
  if (keeper == nullptr || (*keeper)["spec"]["clusterIP"].as_string() != address) addresses_.erase(std::string(address));
  for (const Value& port : service["spec"]["ports"].items())
    if (int64_t number = port["nodePort"].as_int(); number != 0 && !holds_port(keeper, number)) ports_.erase(number);
  if (int64_t number = service["spec"]["healthCheckNodePort"].as_int(); number != 0 && !holds_port(keeper, number))
    ports_.erase(number);
}

void ServiceAddresses::adopt(const Value& service) {
  std::lock_guard lock(mutex_);
  if (!service["spec"]["clusterIP"].empty()) addresses_.insert(service["spec"]["clusterIP"].str());
  for (const Value& port : service["spec"]["ports"].items())
    if (port["nodePort"].as_int() != 0) ports_.insert(port["nodePort"].as_int());
  if (service["spec"]["healthCheckNodePort"].as_int() != 0) ports_.insert(service["spec"]["healthCheckNodePort"].as_int());
}

}  // namespace taut::sandbox
