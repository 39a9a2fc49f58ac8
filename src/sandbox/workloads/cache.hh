// What the controllers know of the cluster: the latest state of each object, by kind, by uid and by owner.
// Used on the scheduler's thread only. Copies share their values.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "object/id.hh"
#include "value/value.hh"

namespace taut::sandbox::workloads {

class Cache {
 public:
  // nullptr when there is none; valid until the cache changes.
  const Value* find(const ObjectId& id) const;
  const Value* find(const Gvk& gvk, std::string_view ns, std::string_view name) const;
  const Value* find_uid(std::string_view uid) const;
  // In the order of namespace and name; ns "" means all.
  std::vector<Value> list(const Gvk& gvk, std::string_view ns) const;
  // All objects that name `uid` among their owners, of any kind.
  std::vector<Value> dependents(std::string_view uid) const;
  // Those of one kind for which `uid` is the controller.
  std::vector<Value> controlled_by(std::string_view uid, const Gvk& kind) const;
  // Every namespaced object in a namespace.
  std::vector<Value> in_namespace(std::string_view ns) const;

  // Takes an object in unless a newer state is known; false when it was stale.
  bool apply(const Value& object);
  void remove(const Value& object);
  // Marks an object as being deleted until its next state arrives: our own delete is known before its event.
  void expect_deletion(const ObjectId& id, std::string_view time);

 private:
  using KindKey = std::pair<std::string, std::string>;  // group, kind
  using Objects = std::map<std::pair<std::string, std::string>, Value>;  // namespace, name
  void index(const Value& object, bool add);

  std::map<KindKey, Objects> kinds_;
  std::unordered_map<std::string, ObjectId> uids_;
  std::unordered_map<std::string, std::set<ObjectId>> dependents_;
};

}  // namespace taut::sandbox::workloads
