// The names of resources in requests, limits, quotas and limit ranges, as pkg/apis/core/helper has them.
#pragma once

#include <string>
#include <string_view>

#include "object/quantity.hh"
#include "sandbox/kinds/checks.hh"

namespace taut::sandbox::kinds {

// "cpu", "kubernetes.io/batman": names that belong to Kubernetes.
bool is_native_resource(std::string_view name);
// Resources that come in whole numbers only: pods, services, GPUs.
bool is_integer_resource(std::string_view name);
// What quotas count by name: "requests.cpu", "pods".
bool is_quota_resource(std::string_view name);
bool is_whole(const Quantity& quantity);

// What may be requested at all, in a container, and counted by a quota.
void check_resource(Checks& checks, const std::string& path, std::string_view name);
void check_container_resource(Checks& checks, const std::string& path, std::string_view name);
void check_quota_resource(Checks& checks, const std::string& path, std::string_view name);

}  // namespace taut::sandbox::kinds
