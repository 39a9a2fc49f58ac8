// The kinds as src/smd wants to see them.
#pragma once

#include "sandbox/cluster.hh"
#include "smd/smd.hh"

namespace taut::sandbox {

smd::KindInfo smd_kind(const Cluster& cluster, const Resource& resource, std::string_view subresource);

// What the merge refused, as a Status. A 409 has a cause for every field in conflict.
ApiError refusal_error(const smd::Refusal& refusal);

}  // namespace taut::sandbox
