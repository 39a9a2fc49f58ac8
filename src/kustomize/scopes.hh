// Whether a kind is namespaced, from kustomize's own table (kyaml/openapi, precomputedIsNamespaceScoped).
#pragma once

#include "object/id.hh"

namespace taut::kustomize {

enum class Scope : uint8_t { kUnknown, kNamespaced, kCluster };

// By group, version and kind; kinds of other versions are unknown.
Scope known_scope(const Gvk& gvk);

}  // namespace taut::kustomize
