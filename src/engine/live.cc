#include "engine/live.hh"

#include <charconv>

#include "base/hash.hh"

namespace taut::engine {
namespace {

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

std::set<UnitKey> LiveStore::changed(const Gvk& gvk, const Value& object) {
  LiveKey key{ObjectId::of(object), gvk.version};
  std::string owner = owner_of(object);
  std::set<UnitKey> units;
  auto note_owner = [&](const std::string& name) {
    if (auto it = units_by_owner_.find(name); it != units_by_owner_.end()) units.insert(it->second);
  };
  auto wanted = wanted_.find(key);
  if (wanted != wanted_.end()) units = wanted->second;
  auto held = held_.find(key);
  if (held != held_.end()) {
    if (is_older(object, held->second.object)) return {};
    note_owner(held->second.owner);
    if (held->second.owner != owner) by_owner_[held->second.owner].erase(key);
  }
  if (owner.empty() && wanted == wanted_.end()) {
    held_.erase(key);
    others_.insert(digest(key));
    return units;
  }
  others_.erase(digest(key));
  held_[key] = {object, owner};
  if (!owner.empty()) by_owner_[owner].insert(key);
  note_owner(owner);
  return units;
}

std::set<UnitKey> LiveStore::gone(const Gvk& gvk, const ObjectId& id) {
  LiveKey key{id, gvk.version};
  std::set<UnitKey> units;
  if (auto it = wanted_.find(key); it != wanted_.end()) units = it->second;
  if (auto it = held_.find(key); it != held_.end())
    if (auto unit = units_by_owner_.find(it->second.owner); unit != units_by_owner_.end()) units.insert(unit->second);
  forget(key);
  return units;
}

void LiveStore::forget(const LiveKey& key) {
  others_.erase(digest(key));
  auto it = held_.find(key);
  if (it == held_.end()) return;
  if (auto owned = by_owner_.find(it->second.owner); owned != by_owner_.end()) owned->second.erase(key);
  held_.erase(it);
}

LiveStore::Presence LiveStore::presence(const LiveKey& key) const {
  if (held_.contains(key)) return Presence::kHeld;
  return others_.contains(digest(key)) ? Presence::kUnread : Presence::kAbsent;
}

const Value* LiveStore::find(const LiveKey& key) const {
  auto it = held_.find(key);
  return it == held_.end() ? nullptr : &it->second.object;
}

const std::set<LiveKey>& LiveStore::owned_by(const std::string& owner) const {
  static const std::set<LiveKey> kNone;
  auto it = by_owner_.find(owner);
  return it == by_owner_.end() ? kNone : it->second;
}

void LiveStore::want(const UnitKey& unit, const std::vector<LiveKey>& keys) {
  for (const LiveKey& key : wants_[unit]) {
    auto it = wanted_.find(key);
    it->second.erase(unit);
    if (!it->second.empty()) continue;
    wanted_.erase(it);
  }
  auto old = std::move(wants_[unit]);
  for (const LiveKey& key : keys) wanted_[key].insert(unit);
  for (const LiveKey& key : old) {
    auto held = held_.find(key);
    if (held == held_.end() || !held->second.owner.empty() || wanted_.contains(key)) continue;
    held_.erase(held);
    others_.insert(digest(key));
  }
  if (keys.empty())
    wants_.erase(unit);
  else
    wants_[unit] = keys;
}

}  // namespace taut::engine
