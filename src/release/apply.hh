// Objects of a release written to the cluster: created, updated, removed; by server-side apply (helm 4's way), by
// patches computed here (helm 3's), or by replacement. Mirrors helm 4's pkg/kube client.
#pragma once

#include <string>
#include <vector>

#include "release/resources.hh"

namespace taut::release {

struct ApplyOptions {
  bool server_side = true;
  bool force_conflicts = false;  // with server_side: take fields over
  bool force_replace = false;    // without: PUT in place of PATCH
  bool three_way_custom = false; // three-way merges for custom resources too, when taking ownership
  // Fields that helm wrote by client-side updates go over to its server-side applies first.
  bool adopt_fields = false;
};

// Creates all, in order; goes on after a failure, as helm does, and joins the errors with line feeds. The objects
// become what the server answered.
Status create_all(Run& run, Resources& resources, const ApplyOptions& options);

struct Updated {
  Resources created;  // also those whose creation failed
  Status status;
};
// Brings `target` about where `original` was: creates, updates, and deletes what only `original` has, unless its live
// object is to be kept.
Updated update_all(Run& run, const Resources& original, Resources& target, const ApplyOptions& options);

// Deletes all, in order; what is not there counts as deleted. One message for each that could not be.
std::vector<std::string> delete_all(Run& run, const Resources& resources, const std::string& propagation);

}  // namespace taut::release
