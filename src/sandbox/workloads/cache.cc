#include "sandbox/workloads/cache.hh"

#include <charconv>

#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

uint64_t version_of(const Value& object) {
  std::string_view text = object["metadata"]["resourceVersion"].as_string();
  uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

const Value* Cache::find(const ObjectId& id) const {
  auto kind = kinds_.find({id.group, id.kind});
  if (kind == kinds_.end()) return nullptr;
  auto at = kind->second.find({id.ns, id.name});
  return at == kind->second.end() ? nullptr : &at->second;
}

const Value* Cache::find(const Gvk& gvk, std::string_view ns, std::string_view name) const {
  return find(ObjectId{gvk.group, gvk.kind, std::string(ns), std::string(name)});
}

const Value* Cache::find_uid(std::string_view uid) const {
  auto at = uids_.find(std::string(uid));
  return at == uids_.end() ? nullptr : find(at->second);
}

std::vector<Value> Cache::list(const Gvk& gvk, std::string_view ns) const {
  std::vector<Value> out;
  auto kind = kinds_.find({gvk.group, gvk.kind});
  if (kind == kinds_.end()) return out;
  for (auto at = kind->second.lower_bound({std::string(ns), ""}); at != kind->second.end(); ++at) {
    if (!ns.empty() && at->first.first != ns) break;
    out.push_back(at->second);
  }
  return out;
}

std::vector<Value> Cache::dependents(std::string_view uid) const {
  std::vector<Value> out;
  auto at = dependents_.find(std::string(uid));
  if (at == dependents_.end()) return out;
  for (const ObjectId& id : at->second) {
    if (const Value* object = find(id)) out.push_back(*object);
  }
  return out;
}

std::vector<Value> Cache::controlled_by(std::string_view uid, const Gvk& kind) const {
  std::vector<Value> out;
  for (const Value& object : dependents(uid)) {
    if (object["kind"].as_string() == kind.kind && controller_uid(object) == uid) out.push_back(object);
  }
  return out;
}

std::vector<Value> Cache::in_namespace(std::string_view ns) const {
  std::vector<Value> out;
  if (ns.empty()) return out;
  for (const auto& [key, objects] : kinds_) {
    for (auto at = objects.lower_bound({std::string(ns), ""}); at != objects.end() && at->first.first == ns; ++at) {
      out.push_back(at->second);
    }
  }
  return out;
}

bool Cache::apply(const Value& object) {
  const ObjectId id = ObjectId::of(object);
  Value& slot = kinds_[{id.group, id.kind}][{id.ns, id.name}];
  if (!slot.is_null()) {
    if (version_of(object) < version_of(slot)) return false;
    index(slot, false);
  }
  slot = object;
  index(slot, true);
  return true;
}

void Cache::remove(const Value& object) {
  const ObjectId id = ObjectId::of(object);
  auto kind = kinds_.find({id.group, id.kind});
  if (kind == kinds_.end()) return;
  auto at = kind->second.find({id.ns, id.name});
  // A new object of the same name may be known already.
  if (at == kind->second.end() || version_of(at->second) > version_of(object)) return;
  index(at->second, false);
  kind->second.erase(at);
}

void Cache::expect_deletion(const ObjectId& id, std::string_view time) {
  auto kind = kinds_.find({id.group, id.kind});
  if (kind == kinds_.end()) return;
  auto at = kind->second.find({id.ns, id.name});
  if (at == kind->second.end() || is_deleting(at->second)) return;
  at->second.edit("metadata").set("deletionTimestamp", time);
}

void Cache::index(const Value& object, bool add) {
  const ObjectId id = ObjectId::of(object);
  const std::string uid = object["metadata"]["uid"].str();
  if (add) {
    uids_[uid] = id;
  } else {
    uids_.erase(uid);
  }
  for (const Value& owner : object["metadata"]["ownerReferences"].items()) {
    std::set<ObjectId>& ids = dependents_[owner["uid"].str()];
    if (add) {
      ids.insert(id);
    } else {
      ids.erase(id);
    }
    if (ids.empty()) dependents_.erase(owner["uid"].str());
  }
}

}  // namespace taut::sandbox::workloads
