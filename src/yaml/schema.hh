// The two readings of YAML scalars that Kubernetes tools have.
#pragma once

#include <cstdint>

namespace taut {

enum class Schema : uint8_t {
  // go-yaml v2 through sigs.k8s.io/yaml: kubectl, Argo CD, Flux, Helm, kustomization.yaml. YAML 1.1 booleans
  // (y, yes, on, ...), timestamps stay text, keys of other types become strings.
  kGo11,
  // go-yaml v3 as kustomize reads resources: only true and false are booleans, timestamps become RFC 3339.
  kGoV3,
};

}  // namespace taut
