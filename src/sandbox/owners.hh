// The kinds as src/smd wants to see them.
#pragma once

#include "sandbox/cluster.hh"
#include "smd/smd.hh"

namespace taut::sandbox {

smd::KindInfo smd_kind(const Cluster& cluster, const Resource& resource, std::string_view subresource);

// Stores a new state of `item` as a controller's update: owners are kept as for a request of that manager.
Result<ItemPtr> put_tracked(Cluster& cluster, const StoreKey& key, const ItemPtr& item, Value object, const std::string& manager,
                            const std::string& subresource);

// What an update of spec.replicas through the scale subresource makes of the owners: who held the field loses it
// to an owner of that subresource; where nobody held it, nobody does after it (scaleHandler of apimachinery).
void track_scale(Value& fresh, const Value& old, std::string_view replicas_path, const std::string& manager,
                 const std::string& api_version);

// What the merge refused, as a Status. A 409 has a cause for every field in conflict.
ApiError refusal_error(const smd::Refusal& refusal);

}  // namespace taut::sandbox
