// metadata.managedFields: who owns which fields, and since when.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.hh"
#include "base/time.hh"
#include "smd/set.hh"

namespace taut::smd {

// What tells one manager from another. An applier is the same at every version of the API, an updater is not.
struct ManagerId {
  std::string manager;
  std::string operation;    // "Apply" or "Update"
  std::string api_version;  // empty for an applier
  std::string subresource;
  auto operator<=>(const ManagerId&) const = default;
};

struct Owned {
  Set set;
  std::string api_version;  // in which the paths are written
  bool applied = false;
  Value time;  // RFC 3339 text as it was stored; null when there is none
};

using ManagedFields = std::map<ManagerId, Owned>;

// Reads an object's metadata.managedFields; null or absent gives no managers. Fails on the first entry that the
// API server would not take: an operation other than Apply and Update, no apiVersion, a fieldsType other than
// FieldsV1, fields that cannot be read.
Result<ManagedFields> decode_managed_fields(const Value& entries);

// The list in the server's order (operation, time in seconds, manager, apiVersion, subresource); null when there
// are no managers.
Value encode_managed_fields(const ManagedFields& managers);

// Folds the oldest updaters into "ancient-changes" (one a version) until at most `limit` remain, as far as that
// is possible. Appliers do not count.
void cap_update_managers(ManagedFields& managers, size_t limit = 10);

}  // namespace taut::smd
