#include "engine/live.hh"

#include <algorithm>
#include <charconv>

#include "base/hash.hh"

namespace taut::engine {
namespace {

bool is_same(const Value& a, const Value& b) {
  const Value& version = a["metadata"]["resourceVersion"];
  return !version.empty() && version == b["metadata"]["resourceVersion"] && a["metadata"]["uid"] == b["metadata"]["uid"];
}

// Resource versions are ordered numbers (Kubernetes 1.35 says so); anything else is taken as newer.
bool is_older(const Value& candidate, const Value& held) {
  auto number = [](const Value& object) -> std::optional<uint64_t> {
    std::string_view text = object["metadata"]["resourceVersion"].as_string();
    uint64_t out = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return out;
  };
  if (candidate["metadata"]["uid"] != held["metadata"]["uid"]) return false;
  auto a = number(candidate), b = number(held);
  return a && b && *a < *b;
}

}  // namespace

const LiveStore::Kind* LiveStore::find_kind(const Gvk& gvk) const {
  auto it = kinds_.find(gvk);
  return it == kinds_.end() ? nullptr : &it->second;
}

bool LiveStore::ready(const Gvk& gvk) const {
  const Kind* kind = find_kind(gvk);
  return kind && kind->known && (kind->synced || !kind->served);
}

std::string LiveStore::owner_of(const Value& object) const {
  for (const Ownership* ownership : ownerships_)
    if (auto owner = ownership->owner(object)) return *owner;
  return {};
}

size_t LiveStore::held() const {
  return static_cast<size_t>(std::ranges::count_if(places_, [](const auto& place) { return !place.second.object.is_null(); }));
}

// Moves a place from the list of one owner to that of another; "": of nobody.
void LiveStore::set_owner(Places::value_type& place, const std::string& owner) {
  auto& [key, at] = place;
  auto before = [](const LiveKey* a, const LiveKey* b) { return *a < *b; };
  if (at.owner && *at.owner == owner) return;
  if (at.owner) {
    auto old = by_owner_.find(*at.owner);
    std::erase(old->second, &key);
    if (old->second.empty()) by_owner_.erase(old);
    at.owner = nullptr;
  }
  if (owner.empty()) return;
  auto& [name, keys] = *by_owner_.try_emplace(owner).first;
  keys.insert(std::ranges::upper_bound(keys, &key, before), &key);
  at.owner = &name;
}

// Those that want the object, and the one that owns it.
void LiveStore::add_units(const Place& place, std::set<UnitKey>& units) const {
  for (const UnitKey* unit : place.wanted_by) units.insert(*unit);
  if (!place.owner) return;
  if (auto it = units_by_owner_.find(*place.owner); it != units_by_owner_.end()) units.insert(it->second);
}

std::set<UnitKey> LiveStore::changed(const Gvk& gvk, const Value& object) {
  LiveKey key{ObjectId::of(object), gvk.version};
  std::string owner = owner_of(object);
  std::set<UnitKey> units;
  auto it = places_.find(key);
  if (it != places_.end() && !it->second.object.is_null()) {
    if (is_older(object, it->second.object) || is_same(object, it->second.object)) return {};
    add_units(it->second, units);
  }
  bool wanted = it != places_.end() && !it->second.wanted_by.empty();
  if (owner.empty() && !wanted) {
    leave(key);
    others_.insert(digest(key));
    return units;
  }
  others_.erase(digest(key));
  if (it == places_.end()) it = places_.try_emplace(key).first;
  it->second.object = object;
  set_owner(*it, owner);
  add_units(it->second, units);
  return units;
}

std::set<UnitKey> LiveStore::gone(const Gvk& gvk, const ObjectId& id) {
  LiveKey key{id, gvk.version};
  std::set<UnitKey> units;
  if (auto it = places_.find(key); it != places_.end()) add_units(it->second, units);
  others_.erase(digest(key));
  leave(key);
  return units;
}

// The object is not held any more; its place goes when nobody wants it.
void LiveStore::leave(const LiveKey& key) {
  auto it = places_.find(key);
  if (it == places_.end()) return;
  set_owner(*it, "");
  it->second.object = nullptr;
  if (it->second.wanted_by.empty()) places_.erase(it);
}

LiveStore::Presence LiveStore::presence(const LiveKey& key) const {
  if (find(key)) return Presence::kHeld;
  return others_.contains(digest(key)) ? Presence::kUnread : Presence::kAbsent;
}

const Value* LiveStore::find(const LiveKey& key) const {
  auto it = places_.find(key);
  return it == places_.end() || it->second.object.is_null() ? nullptr : &it->second.object;
}

const std::vector<const LiveKey*>& LiveStore::owned_by(const std::string& owner) const {
  static const std::vector<const LiveKey*> kNone;
  auto it = by_owner_.find(owner);
  return it == by_owner_.end() ? kNone : it->second;
}

const std::vector<const LiveKey*>& LiveStore::wanted_by(const UnitKey& unit) const {
  static const std::vector<const LiveKey*> kNone;
  auto it = wants_.find(unit);
  return it == wants_.end() ? kNone : it->second;
}

void LiveStore::want(const UnitKey& unit, const std::vector<LiveKey>& keys) {
  auto& [name, wants] = *wants_.try_emplace(unit).first;
  std::vector<const LiveKey*> old = std::exchange(wants, {});
  for (const LiveKey* key : old) std::erase(places_.find(*key)->second.wanted_by, &name);
  for (const LiveKey& key : keys) {
    auto& [held, place] = *places_.try_emplace(key).first;
    if (std::ranges::find(place.wanted_by, &name) != place.wanted_by.end()) continue;
    place.wanted_by.push_back(&name);
    wants.push_back(&held);
  }
  wants.shrink_to_fit();
  for (const LiveKey* key : old) {
    auto it = places_.find(*key);
    if (!it->second.wanted_by.empty() || it->second.owner) continue;
    if (!it->second.object.is_null()) others_.insert(digest(*key));
    places_.erase(it);
  }
  if (wants.empty()) wants_.erase(unit);
}

}  // namespace taut::engine
