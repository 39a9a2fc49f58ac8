// Ids of resources as kustomize has them: group, version, kind, name and namespace, with the text forms of its
// errors.
//
// Two ids are equal when their effective namespaces are: "" is "default", and kinds that are known to be
// cluster-scoped have a namespace of their own whatever they say. Mirrors kustomize 5.8.1, kyaml/resid.
#pragma once

#include <string>
#include <string_view>

#include "object/id.hh"

namespace taut::kustomize {

struct ResId {
  Gvk gvk;
  std::string name;
  std::string ns;
  bool cluster_scoped = false;  // certainly, by the schema in use

  // "_non_namespaceable_" for cluster-scoped kinds, else the namespace or "default".
  std::string_view effective_namespace() const;
  bool same_namespace(const ResId& other) const { return effective_namespace() == other.effective_namespace(); }
  // Group, version, kind and name.
  bool same_gvkn(const ResId& other) const { return gvk == other.gvk && name == other.name; }
  bool equals(const ResId& other) const { return same_gvkn(other) && same_namespace(other); }
  // Equal ids have equal hashes.
  uint64_t hash() const;
  // "Deployment.v1.apps/web.prod"; parts that are empty are "[noGrp]", "[noVer]", "[noKind]", "[noName]", "[noNs]".
  std::string to_string() const;
  // Go's %#v, which a few messages hold.
  std::string go_syntax() const;
};

// "Deployment.v1.apps", with the same words for empty parts.
std::string gvk_text(const Gvk& gvk);

// True when every part that `selector` has is equal; its empty parts match anything.
bool gvk_selected(const Gvk& gvk, const Gvk& selector);

inline constexpr std::string_view kClusterNamespace = "_non_namespaceable_";

}  // namespace taut::kustomize
