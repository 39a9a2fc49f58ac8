// What templates may know of the cluster: .Capabilities.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "helm/compat.hh"

namespace taut::helm {

struct KubeVersion {
  std::string version;     // "v1.33.4-gke.1"
  std::string normalized;  // "v1.33.4": what constraints are checked against
  std::string major, minor;

  // A version with at least two numbers, with or without "v". kInvalid in the words of apimachinery.
  static Result<KubeVersion> parse(std::string_view text);
  bool operator==(const KubeVersion&) const = default;
};

struct Capabilities {
  KubeVersion kube_version;
  std::vector<std::string> api_versions;  // "v1", "apps/v1", "apps/v1/Deployment"
  std::string helm_version;
  bool operator==(const Capabilities&) const = default;
};

// What helm assumes without a cluster: the Kubernetes version and the groups that its client library knows.
Capabilities default_capabilities(Compat compat);

// The groups and versions of default_capabilities().
std::span<const std::string_view> known_api_versions();

}  // namespace taut::helm
