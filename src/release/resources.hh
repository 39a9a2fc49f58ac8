// The objects of a manifest, as helm builds them: what each is in the cluster, its namespace, whose it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "port/cluster.hh"
#include "release/run.hh"

namespace taut::release {

struct Resource {
  Value object;
  ObjectRef ref;

  // `Deployment "web" in namespace "default"`.
  std::string to_string() const;
  // The same object whatever the version: group, kind, namespace and name.
  bool same(const Resource& other) const;
};
using Resources = std::vector<Resource>;

// Reads a manifest; lists become their items, objects without a namespace come into `ns` where their kind has one.
// Errors are kubectl's: "resource mapping not found for name: ...", several in brackets.
Result<Resources> build_resources(Run& run, std::string_view manifest, const std::string& ns);

// Writes the label app.kubernetes.io/managed-by and the annotations meta.helm.sh/release-name and -namespace.
void mark_owned(Resources& resources, const std::string& name, const std::string& ns);

// kInvalid "invalid ownership metadata; label validation error: missing key ..." unless the live object bears the
// marks of this release.
Status check_ownership(const Value& live, const std::string& name, const std::string& ns);

// Those that exist already. Unless `take` is set, they must be the release's: kConflict "X exists and cannot be
// imported into the current release: invalid ownership metadata; ...".
Result<Resources> find_existing(Run& run, const Resources& resources, const std::string& name, const std::string& ns,
                                bool take);

// Those of `all` that `others` does not hold.
Resources without(const Resources& all, const Resources& others);

// The documents of a manifest in the order in which helm deletes them.
struct Document {
  std::string kind, name, text;
  bool keep = false;  // helm.sh/resource-policy: keep
};
Result<std::vector<Document>> uninstall_order(std::string_view manifest);

}  // namespace taut::release
