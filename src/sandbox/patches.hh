// The patch types as functions on objects.
#pragma once

#include <string>
#include <string_view>

#include "sandbox/api_error.hh"
#include "sandbox/cluster.hh"
#include "sandbox/request_info.hh"

namespace taut::sandbox {

enum class PatchKind { kJson, kMerge, kStrategic, kApply };

// The body of a JSON, merge or strategic patch; 400 "error decoding patch: ..." when it is not one.
ApiResult<Value> read_patch(PatchKind kind, std::string_view body);

// The patched object, not decoded yet. 422 where the patch does not fit the object, 400 and 500 for strategic
// patches that are wrong in themselves.
ApiResult<Value> apply_patch(const Resource& resource, PatchKind kind, const Value& old, const Value& patch);

// What server-side apply makes of `old` (null when there is no object), decoded and defaulted, owners included.
ApiResult<Value> apply_config(const Cluster& cluster, const Resource& resource, const RequestInfo& info, const Value& old,
                              Value config, bool force, WriteContext& context);

// fmt.Sprint of a decoded JSON value: "map[a:1 b:[x y]]".
std::string go_map_text(const Value& value);

}  // namespace taut::sandbox
