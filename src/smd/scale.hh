// Who owns the replicas when they are changed through the scale subresource.
//
// A Scale object has managedFields of its own: for each manager that owns the parent's replicas, `spec.replicas` in
// autoscaling/v1. After a write to the Scale they are carried back to the parent. Mirrors apimachinery's
// managedfields.ScaleHandler.
#pragma once

#include <map>
#include <string>

#include "base/result.hh"
#include "smd/managed_fields.hh"

namespace taut::smd {

// Where the replicas are in the parent, by its apiVersion; an empty path for a version that has no scale.
using ReplicasPaths = std::map<std::string, Path>;

// {"apps/v1": .spec.replicas} and the like, for the built-in kinds that scale.
ReplicasPaths builtin_replicas_paths(const std::string& api_version);

// managedFields of the Scale, from those of the parent. Fails where those cannot be read.
Result<Value> scale_managed_fields(const Value& parent_entries, const ReplicasPaths& paths);

// managedFields of the parent after a write to the Scale. `api_version` is the parent's.
Result<Value> parent_managed_fields(const Value& parent_entries, const Value& scale_entries,
                                    const std::string& api_version, const ReplicasPaths& paths);

}  // namespace taut::smd
