// Validation of the built-in kinds, one function a kind, as pkg/apis/*/validation has them and in that order.
#pragma once

#include <span>
#include <string_view>

#include "sandbox/kinds/checks.hh"

namespace taut::sandbox::kinds {

struct ValidationRule {
  std::string_view type;  // "apps/v1.Deployment"
  void (*create)(Checks& checks, const Value& object);
  // After `create` has judged the new state, or before it where the real server does so; null where nothing more is asked.
  void (*update)(Checks& checks, const Value& fresh, const Value& old);
  bool update_first = false;
};

std::span<const ValidationRule> workload_validation();
std::span<const ValidationRule> core_validation();
std::span<const ValidationRule> platform_validation();
std::span<const ValidationRule> network_validation();
std::span<const ValidationRule> limits_validation();
std::span<const ValidationRule> autoscaling_validation();

// A pod's spec at `path`, or that of a template.
void check_pod_spec(Checks& checks, const std::string& path, const Value& spec, bool is_pod);
// A Pod of its own.
void check_pod(Checks& checks, const Value& pod);
// The spec of a PersistentVolumeClaim, also inside other objects.
void check_claim_spec(Checks& checks, const std::string& path, const Value& spec);
// Labels, annotations and spec of a template at `path`.
void check_pod_template(Checks& checks, const std::string& path, const Value& pod_template);
// What may change in a Pod that exists.
void check_pod_update(Checks& checks, const Value& fresh, const Value& old);

}  // namespace taut::sandbox::kinds
