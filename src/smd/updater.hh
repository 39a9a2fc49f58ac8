// The core of field ownership: what an apply or an update does to an object and to the managers' sets, without
// managedFields' encoding, defaults or the rules about particular managers (manager.hh has those).
//
// Mirrors structured-merge-diff v6.3 (merge.Updater).
#pragma once

#include <functional>
#include <map>
#include <string>

#include "smd/managed_fields.hh"
#include "smd/typed.hh"

namespace taut::smd {

// What must be known of the kind of an object at each of its versions.
struct KindInfo {
  std::string api_version;  // of the request
  std::string kind;
  // The type at a version; nullptr when it is not served any more.
  std::function<const schema::Type*(std::string_view api_version)> type;
  // The object at another version. Empty: only apiVersion changes, as for custom resources without a webhook.
  std::function<Result<Value>(const Value& object, std::string_view api_version)> convert;
  // Fields that the endpoint resets and that are therefore never owned through it: `status` on the main resource.
  Set reset;
  // A Go struct on the server: fields without `omitempty` are there even when they are empty.
  bool structured = false;
};

struct Conflict {
  ManagerId manager;
  Path path;
};

// An object of the request's version, merged or as it is to be stored, and who owns what.
struct Updated {
  Value object;
  ManagedFields managers;
  bool unchanged = false;  // apply only: equal to the live object
};

struct UpdateFailure {
  std::vector<Conflict> conflicts;  // by manager, then by path; when empty, `message` says what went wrong
  std::string message;
};

template <class T>
using UpdateResult = tl::expected<T, UpdateFailure>;

class Updater {
 public:
  explicit Updater(const KindInfo& kind) : kind_(kind) {}

  // `live` and `config` are valid for the type of the request's version.
  UpdateResult<Updated> apply(const Value& live, const Value& config, ManagedFields managers, const ManagerId& manager,
                              bool force) const;
  UpdateResult<ManagedFields> update(const Value& live, const Value& object, ManagedFields managers,
                                     const ManagerId& manager) const;

 private:
  struct Versioned {
    Value object;
    const schema::Type* type = nullptr;  // nullptr: the version is not served any more
  };
  UpdateResult<Versioned> at_version(const Value& object, const std::string& api_version) const;
  UpdateResult<ManagedFields> reconciled(const Value& live, ManagedFields managers) const;
  // Takes from the other managers what changes from `live` to `object`; fails on conflicts unless forced.
  UpdateResult<Comparison> take_over(const Value& live, const Value& object, ManagedFields& managers,
                                     const ManagerId& manager, bool force) const;
  UpdateResult<Comparison> comparison_at(const Value& live, const Value& object, const std::string& api_version,
                                         bool& missing) const;
  UpdateResult<Value> prune(const Value& merged, const ManagedFields& managers, const ManagerId& manager,
                            const Owned* last) const;
  UpdateResult<Value> add_back_owned(const Value& merged, Value pruned, const std::string& version,
                                     const ManagedFields& managers) const;

  const KindInfo& kind_;
};

}  // namespace taut::smd
