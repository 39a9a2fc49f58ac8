// What a namespace that is being deleted says about what holds it up.
#pragma once

#include <map>
#include <string>

#include "sandbox/cluster.hh"

namespace taut::sandbox {

struct RemainingContent {
  std::map<std::string, size_t> resources;   // "configmaps." and how many
  std::map<std::string, size_t> finalizers;
};

RemainingContent remaining_content(const Cluster& cluster, const std::string& ns);

// The five conditions of the namespace controller, in its words.
void describe_namespace(Value& ns, const RemainingContent& remaining, Time now);

}  // namespace taut::sandbox
