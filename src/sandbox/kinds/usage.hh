// What objects use of what ResourceQuotas and LimitRanges bound, as pkg/quota/v1/evaluator/core has it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "object/id.hh"
#include "object/quantity.hh"
#include "value/value.hh"

namespace taut::sandbox::kinds {

using Amounts = std::map<std::string, Quantity, std::less<>>;

// "requests" or "limits" of a whole pod: of its containers together, or of the init container that wants most.
Amounts pod_amounts(const Value& spec, const char* side);

// Everything that a quota could count of an object; `resource` is "pods" or "deployments.apps".
Amounts usage_of(const Gvk& gvk, std::string_view resource, const Value& object);

// Whether a quota with scopes looks at the object.
bool quota_covers(const Value& quota_spec, const Gvk& gvk, const Value& object);

// "limits.cpu for: a,b" for each resource of `wanted` that containers of a pod leave open, sorted.
std::vector<std::string> missing_amounts(const Value& spec, const std::vector<std::string>& wanted);

}  // namespace taut::sandbox::kinds
