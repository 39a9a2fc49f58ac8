// Server-side apply and the bookkeeping of field owners, as kube-apiserver 1.36 does them. Pure: no I/O, no clock.
//
//   auto kind = smd::builtin_kind("apps/v1", "Deployment", "");
//   auto result = smd::apply(kind, live, {.config = config, .manager = "taut", .now = now});
//
// The server works in this order: merge in the version of the request (`apply`), then decode, default and validate,
// then store. The functions here are the first step; what they return has not been defaulted. Values are compared
// as they are written, before decoding, as the server does: `1000m` and `1` differ.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hh"
#include "smd/updater.hh"

namespace taut::smd {

struct Cause {
  std::string reason;
  std::string message;
  std::string field;
};

// What the server answers instead of an object; the fields of a Status body.
struct Refusal {
  int code = 500;
  std::string reason;  // "Conflict", "BadRequest"; "" for internal errors of the merge
  std::string message;
  std::vector<Cause> causes;

  Error to_error() const;
};

template <class T>
using Outcome = tl::expected<T, Refusal>;

struct ApplyRequest {
  Value config;
  std::string manager;
  bool force = false;
  std::string subresource;
  Time now;
};

// The object that an apply makes of `live` (null when there is none yet), with metadata.managedFields.
// Refuses with 409 and a cause a field on conflicts, 400 for an object of another type or one that carries
// managedFields, 500 for one that does not fit the type.
// Linear in the size of the objects times the number of managers.
Outcome<Value> apply(const KindInfo& kind, const Value& live, const ApplyRequest& request);

struct UpdateRequest {
  // As the request makes it: decoded and defaulted, but before admission and what the kind itself sets or resets
  // (status, allocated addresses), which nobody owns.
  Value object;
  std::string manager;  // "" is written as "unknown"
  std::string subresource;
  Time now;
};

// The object of a create (`live` null), a replace or a patch, with metadata.managedFields brought up to date.
// managedFields in the object itself are taken as sent where they can be read (`[]` and `[{}]` clear them), but
// never through a subresource. Where the owners cannot be worked out the object comes back without managedFields,
// as from the server.
Value update(const KindInfo& kind, const Value& live, const UpdateRequest& request);

// The stored form of `object` when only times in its managedFields differ from `old`: with the old times, so that a
// change that changes nothing is none. Otherwise `object` itself.
Value keep_times_if_unchanged(const Value& old, Value object);

// What an apply would make of `live` (null when there is none), for a plan without a call to the server. Fields
// that the server adds by itself (defaults) are not there, unless `live` has them.
Outcome<Value> predict(const Value& live, const Value& config, const std::string& manager, bool force, Time now);

// The kind of a built-in object for a request to the main resource (subresource "") or to a subresource, with the
// fields that the endpoint resets. Nothing when there is no such kind.
std::optional<KindInfo> builtin_kind(std::string_view api_version, std::string_view kind,
                                     std::string_view subresource);

// The fields that an endpoint resets. For custom resources `group` is theirs; `has_status` says whether they have
// a status subresource (built-in kinds are looked up).
Set reset_fields(std::string_view group, std::string_view kind, std::string_view subresource, bool has_status);

// The manager of a request that names none: its User-Agent up to the first '/', printable characters only, at most
// 128 bytes.
std::string manager_of_user_agent(std::string_view user_agent);

}  // namespace taut::smd
