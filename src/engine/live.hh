// What the engine knows of a cluster: the objects that some Unit owns or wants, and for all others only that they
// exist (eight bytes each).
#pragma once

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/error.hh"
#include "base/hash.hh"
#include "base/time.hh"
#include "engine/ownership.hh"
#include "engine/unit.hh"
#include "object/id.hh"

namespace taut::engine {

// An object as seen in one version of its API.
struct LiveKey {
  ObjectId id;
  std::string version;
  auto operator<=>(const LiveKey&) const = default;
};

}  // namespace taut::engine

template <>
struct std::hash<taut::engine::LiveKey> {
  size_t operator()(const taut::engine::LiveKey& key) const noexcept {
    return taut::mix(std::hash<taut::ObjectId>()(key.id), taut::hash64(key.version));
  }
};

namespace taut::engine {

// Not to be copied or moved: it points into itself.
class LiveStore {
 public:
  enum class Presence : uint8_t { kAbsent, kHeld, kUnread };  // kUnread: it exists, but is not held

  explicit LiveStore(const std::vector<const Ownership*>& ownerships) : ownerships_(ownerships) {}
  LiveStore(const LiveStore&) = delete;
  LiveStore& operator=(const LiveStore&) = delete;

  // Kinds.
  struct Kind {
    bool known = false;
    bool served = false;
    bool namespaced = true;
    bool synced = false;
    std::optional<Error> error;  // why it is not, or why its watch is down
    Time down_since{};           // with `error`
  };
  // True when the kind was not asked for before.
  bool request(const Gvk& gvk) { return kinds_.try_emplace(gvk).second; }
  size_t held() const;
  Kind& kind(const Gvk& gvk) { return kinds_[gvk]; }
  const Kind* find_kind(const Gvk& gvk) const;
  // Synced, or known not to be served.
  bool ready(const Gvk& gvk) const;
  const std::unordered_map<Gvk, Kind>& kinds() const { return kinds_; }

  // Objects. Each returns the Units that the change concerns; none when this version was seen already.
  std::set<UnitKey> changed(const Gvk& gvk, const Value& object);
  std::set<UnitKey> gone(const Gvk& gvk, const ObjectId& id);
  Presence presence(const LiveKey& key) const;
  const Value* find(const LiveKey& key) const;
  // The names as they stand in tracking marks, without a Unit's key, map to it while it is registered.
  void register_unit(const std::string& owner, const UnitKey& unit) { units_by_owner_[owner] = unit; }
  void unregister_unit(const std::string& owner) { units_by_owner_.erase(owner); }
  // The objects marked with this owner, in their order.
  const std::vector<const LiveKey*>& owned_by(const std::string& owner) const;
  // The owner in an object's mark; empty when it has none.
  std::string owner_of(const Value& object) const;

  // A Unit wants these objects: they are held from now on. Replaces what it wanted before.
  void want(const UnitKey& unit, const std::vector<LiveKey>& keys);
  const std::vector<const LiveKey*>& wanted_by(const UnitKey& unit) const;

 private:
  // An object that is held or wanted. Names are held once: all else points to the keys of the maps here, which stay
  // where they are.
  struct Place {
    Value object;  // null: not held
    const std::string* owner = nullptr;
    std::vector<const UnitKey*> wanted_by;
  };
  using Places = std::unordered_map<LiveKey, Place>;
  static uint64_t digest(const LiveKey& key) { return std::hash<LiveKey>()(key); }
  void set_owner(Places::value_type& place, const std::string& owner);
  void add_units(const Place& place, std::set<UnitKey>& units) const;
  void leave(const LiveKey& key);

  const std::vector<const Ownership*>& ownerships_;
  std::unordered_map<Gvk, Kind> kinds_;
  Places places_;
  std::unordered_set<uint64_t> others_;
  std::unordered_map<std::string, std::vector<const LiveKey*>> by_owner_;
  std::unordered_map<UnitKey, std::vector<const LiveKey*>> wants_;
  std::unordered_map<std::string, UnitKey> units_by_owner_;
};

}  // namespace taut::engine
