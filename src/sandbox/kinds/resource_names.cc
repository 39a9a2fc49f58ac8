#include "sandbox/kinds/resource_names.hh"

#include <algorithm>
#include <array>

#include "base/strings.hh"

namespace taut::sandbox::kinds {
namespace {

// Counted by quotas, in whole numbers.
constexpr std::array<std::string_view, 9> kCounted{
    "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims",
    "services.nodeports", "services.loadbalancers"};
constexpr std::array<std::string_view, 3> kComputed{"cpu", "memory", "ephemeral-storage"};

bool is_counted(std::string_view name) { return std::ranges::find(kCounted, name) != kCounted.end(); }
bool is_computed(std::string_view name) { return std::ranges::find(kComputed, name) != kComputed.end(); }

bool is_quota_name(std::string_view name) {
  if (is_counted(name) || name.starts_with("hugepages-") || name.starts_with("requests.hugepages-")) return true;
  if (name == "requests.storage") return true;
  for (std::string_view prefix : {"requests.", "limits."}) {
    if (name.starts_with(prefix)) return is_computed(name.substr(prefix.size()));
  }
  return is_computed(name);
}

bool is_extended(std::string_view name) {
  return !is_native_resource(name) && !name.starts_with("requests.") && qualified_name(fmt::format("requests.{}", name)).empty();
}

bool has_prefix(std::string_view name) { return name.find('/') != name.npos; }

}  // namespace

bool is_native_resource(std::string_view name) { return !has_prefix(name) || contains(name, "kubernetes.io/"); }

bool is_quota_resource(std::string_view name) { return is_quota_name(name); }

bool is_integer_resource(std::string_view name) { return is_counted(name) || is_extended(name); }

bool is_whole(const Quantity& quantity) { return quantity == Quantity::of(quantity.whole_up()); }

void check_resource(Checks& checks, const std::string& path, std::string_view name) {
  const Reasons reasons = qualified_name(name);
  checks.named(path, name, reasons);
  if (!reasons.empty() || has_prefix(name) || is_quota_name(name) || name == "storage") return;
  checks.invalid(path, name, "must be a standard resource type or fully qualified");
}

void check_container_resource(Checks& checks, const std::string& path, std::string_view name) {
  check_resource(checks, path, name);
  if (!has_prefix(name)) {
    if (!is_computed(name) && !name.starts_with("hugepages-")) checks.invalid(path, name, "must be a standard resource for containers");
  } else if (!is_native_resource(name) && !is_extended(name)) {
    checks.invalid(path, name, "doesn't follow extended resource name standard");
  }
}

void check_quota_resource(Checks& checks, const std::string& path, std::string_view name) {
  check_resource(checks, path, name);
  if (!has_prefix(name) && !is_quota_name(name)) checks.invalid(path, name, "must be a standard resource for quota");
}

}  // namespace taut::sandbox::kinds
