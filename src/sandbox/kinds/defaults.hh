// The defaulting rules, each tied to the Go type it belongs to, as pkg/apis/*/v1/defaults.go ties them: a rule for
// core/v1.Container holds in a Pod, in a Deployment's template and in a CronJob alike.
#pragma once

#include <span>
#include <string_view>

#include "sandbox/kinds/go_types.hh"
#include "value/value.hh"

namespace taut::sandbox::kinds {

struct DefaultRule {
  std::string_view type;  // "core/v1.Container"
  void (*apply)(Value& object);
};

// Calls the rule of the struct and of every struct inside it. The object is settled (shapes.hh), and to be settled after.
void apply_rules(const GoType& shape, Value& object);

std::span<const DefaultRule> pod_rules();        // pods, their containers and volumes
std::span<const DefaultRule> workload_rules();   // apps, batch, autoscaling
std::span<const DefaultRule> core_rules();       // services, storage, configuration, namespaces
std::span<const DefaultRule> platform_rules();   // networking, rbac, admission, API extension

}  // namespace taut::sandbox::kinds
