// The resources that the server serves: the built-in ones, and those of the CustomResourceDefinitions there are.
#pragma once

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "object/id.hh"
#include "sandbox/api_error.hh"
#include "sandbox/kinds/go_types.hh"
#include "schema/kinds.hh"
#include "schema/type.hh"

namespace taut::sandbox {

class CustomVersion;

// One resource in one version.
struct Resource {
  schema::KindInfo info;
  std::string list_kind;
  // Where its objects are stored, shared by all versions: "apps/deployments".
  std::string storage;
  // The version that objects are stored in; equal to the own version for all but a few.
  Gvk stored_as;
  const GoType* go = nullptr;                    // of built-in kinds
  std::shared_ptr<const CustomVersion> custom;   // of custom kinds
  std::shared_ptr<const CustomVersion> stored_custom;  // of the stored version of a custom kind
  bool preferred = false;                        // the first version of its group
  bool counts_generation = false;                // for custom kinds: metadata.generation follows the spec

  Gvk gvk() const { return {info.group, info.version, info.kind}; }
  ResourceName name() const { return {info.group, info.plural}; }
  bool has_subresource(std::string_view subresource) const { return info.subresource(subresource) != nullptr; }
};
using ResourcePtr = std::shared_ptr<const Resource>;

// A version of a group, in the order of discovery.
struct GroupVersion {
  std::string group;
  std::string version;
  std::vector<ResourcePtr> resources;  // by plural name
};

// Thread-safe. What look-ups return stays valid when a CRD changes; it is then merely out of date.
class Registry {
 public:
  Registry();

  ResourcePtr find(std::string_view group, std::string_view version, std::string_view plural) const;
  ResourcePtr find_kind(const Gvk& gvk) const;
  // Any version of a kind, the preferred one first.
  ResourcePtr find_kind(std::string_view group, std::string_view kind) const;
  bool has_group_version(std::string_view group, std::string_view version) const;
  bool has_group(std::string_view group) const;
  // All group versions, groups in discovery order, preferred versions first.
  std::vector<GroupVersion> group_versions() const;
  // One resource for every storage name.
  std::vector<ResourcePtr> stored() const;

  // Serves the versions of an established CRD, replacing what was served under its name; and stops serving it.
  void serve(std::string_view crd_name, std::vector<ResourcePtr> versions);
  void withdraw(std::string_view crd_name);

 private:
  mutable std::shared_mutex mutex_;
  std::vector<ResourcePtr> builtin_;
  std::map<std::string, std::vector<ResourcePtr>, std::less<>> custom_;  // by CRD name
  std::map<std::string, ResourcePtr, std::less<>> index_;               // "group/version/plural"
  void reindex();
};

}  // namespace taut::sandbox
