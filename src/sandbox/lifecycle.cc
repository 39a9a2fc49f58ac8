#include "sandbox/lifecycle.hh"

#include "base/log.hh"
#include "base/strings.hh"
#include "sandbox/definitions.hh"
#include "sandbox/namespace_status.hh"
#include "sandbox/owners.hh"

namespace taut::sandbox {
namespace {

constexpr auto kBurst = std::chrono::milliseconds(50);
constexpr const char* kManager = "kube-controller-manager";
constexpr auto kPatience = std::chrono::seconds(3);

bool deleting(const Value& object) { return object["metadata"].contains("deletionTimestamp"); }

bool has_finalizer(const Value& object, std::string_view name) {
  for (const Value& f : object["metadata"]["finalizers"].items())
    if (f.as_string() == name) return true;
  return false;
}

std::string uid_of(const Value& object) { return object["metadata"]["uid"].str(); }

// Of an object, or of a reference to one.
Hash128 uid_hash(const Value& object_or_reference) {
  const Value& meta = object_or_reference["metadata"];
  return hash128((meta.is_map() ? meta : object_or_reference)["uid"].as_string());
}

std::string_view namespace_part(const StoreKey& key) {
  size_t slash = key.path.find('/');
  return slash == std::string::npos ? std::string_view() : std::string_view(key.path).substr(0, slash);
}

}  // namespace

Lifecycle::Lifecycle(Cluster& cluster, Writer& writer) : cluster_(cluster), writer_(writer) {}
Lifecycle::~Lifecycle() { stop(); }

void Lifecycle::start() {
  position_ = cluster_.store.revision();
  scan();
  thread_ = std::thread([this] { run(); });
}

void Lifecycle::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Lifecycle::notify() {
  std::lock_guard lock(mutex_);
  // Once is enough: waking a thread costs more than most commits do.
  if (!std::exchange(pending_, true)) wake_.notify_one();
}

bool Lifecycle::is_done() {
  std::lock_guard lock(mutex_);
  return waiting_ && !pending_;
}

void Lifecycle::scan() {
  live_.clear();
  dependents_.clear();
  for (const ResourcePtr& r : cluster_.registry.stored()) {
    auto page = cluster_.store.list(r->storage, "", "", 0, 0);
    if (!page) continue;
    for (const ItemPtr& item : page->items)
      index(StoreKey::of(r->storage, r->info.namespaced ? namespace_of(item->object()) : "", name_of(item->object())), nullptr, item);
  }
}

void Lifecycle::run() {
  for (;;) {
    std::vector<LogEntryPtr> entries;
    if (!cluster_.store.changes_since(position_, 1000, entries)) {
      position_ = cluster_.store.revision();
      scan();
    }
    for (const LogEntryPtr& entry : entries) {
      position_ = entry->revision;
      observe(*entry);
    }
    work();
    std::unique_lock lock(mutex_);
    // Changes are taken together, as they come in bursts.
    if (!entries.empty() && !stopping_ && wake_.wait_for(lock, kBurst, [this] { return stopping_; })) return;
    if (!entries.empty() && !stopping_) continue;
    // A second look now and then at what could not be finished.
    auto patience = to_check_.empty() && to_finish_.empty() && namespaces_.empty() ? std::chrono::seconds(60) : std::chrono::seconds(1);
    waiting_ = true;
    wake_.wait_for(lock, patience, [this] { return stopping_ || pending_; });
    waiting_ = false;
    // A real collector is not there in the same instant: who deletes an object with finalizers can still read it.
    if (pending_) wake_.wait_for(lock, kBurst, [this] { return stopping_; });
    pending_ = false;
    if (stopping_) return;
  }
}

void Lifecycle::index(const StoreKey& key, const ItemPtr& before, const ItemPtr& after) {
  if (before)
    for (const Value& owner : before->object()["metadata"]["ownerReferences"].items()) {
      auto found = dependents_.find(uid_hash(owner));
      if (found == dependents_.end()) continue;
      found->second.erase(key);
      // The owner may be waiting for this one.
      if (auto live = live_.find(found->first); live != live_.end()) to_finish_.insert(live->second);
      if (found->second.empty()) dependents_.erase(found);
    }
  if (before && (!after || uid_of(before->object()) != uid_of(after->object()))) live_.erase(uid_hash(before->object()));
  if (!after) return;
  const Value& object = after->object();
  live_[uid_hash(object)] = key;
  known_.insert(uid_hash(object));
  for (const Value& owner : object["metadata"]["ownerReferences"].items()) dependents_[uid_hash(owner)].insert(key);
  if (!object["metadata"]["ownerReferences"].empty()) to_check_.insert(key);
  if (deleting(object)) {
    to_finish_.insert(key);
    if (key.resource == "namespaces") namespaces_.insert(key.path);
  }
}

void Lifecycle::observe(const LogEntry& entry) {
  index(entry.key, entry.before, entry.after);
  if (entry.after) return;
  auto orphans = dependents_.find(uid_hash(entry.before->object()));
  if (orphans != dependents_.end()) to_check_.insert(orphans->second.begin(), orphans->second.end());
  std::string ns(namespace_part(entry.key));
  if (ItemPtr item = ns.empty() ? nullptr : cluster_.store.get({"namespaces", ns}); item && deleting(item->object())) namespaces_.insert(ns);
}

void Lifecycle::work() {
  for (const StoreKey& key : std::exchange(to_check_, {})) check_owners(key);
  for (const StoreKey& key : std::exchange(to_finish_, {})) finish_deletion(key);
  for (const std::string& ns : std::exchange(namespaces_, {})) empty_namespace(ns);
}

void Lifecycle::remove(const StoreKey& key, const Value& object, std::string propagation) {
  ResourcePtr resource = cluster_.registry.find_kind(Gvk::of(object));
  if (!resource) return;
  DeletionOptions options;
  options.propagation = std::move(propagation);
  options.uid = uid_of(object);
  auto done = writer_.remove(*resource, namespace_part(key), name_of(object), options);
  if (!done && done.error().code != 404) log::debug("garbage collector: {}", done.error().message);
}

void Lifecycle::check_owners(const StoreKey& key) {
  ItemPtr item = cluster_.store.get(key);
  if (!item || deleting(item->object())) return;
  const Value& owners = item->object()["metadata"]["ownerReferences"];
  if (owners.empty()) return;
  size_t solid = 0, waiting = 0, absent = 0;
  bool unseen = false;
  for (const Value& owner : owners.items()) {
    auto live = live_.find(uid_hash(owner));
    ItemPtr there = live == live_.end() ? nullptr : cluster_.store.get(live->second);
    if (!there || uid_of(there->object()) != owner["uid"].as_string()) {
      ++absent;
      unseen = unseen || !known_.contains(uid_hash(owner));
    }
    else if (deleting(there->object()) && has_finalizer(there->object(), "foregroundDeletion")) ++waiting;
    else ++solid;
  }
  auto gone = [&](const Value& owner) {
    auto live = live_.find(uid_hash(owner));
    if (live == live_.end()) return true;
    ItemPtr there = cluster_.store.get(live->second);
    return !there || (deleting(there->object()) && has_finalizer(there->object(), "foregroundDeletion"));
  };
  // An owner that was never there may be about to come, or the reference is from another cluster: no haste.
  if (unseen && !patience_over(key)) return;
  if (solid > 0) {
    if (absent + waiting > 0) drop_owners(key, gone);
    return;
  }
  bool blocked = dependents_.contains(uid_hash(item->object()));
  remove(key, item->object(), waiting > 0 && blocked ? "Foreground" : "Background");
}

void Lifecycle::drop_owners(const StoreKey& key, const std::function<bool(const Value&)>& drop) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    ItemPtr item = cluster_.store.get(key);
    if (!item) return;
    Value object = item->object();
    Value kept = Value::list();
    for (const Value& owner : object["metadata"]["ownerReferences"].items())
      if (!drop(owner)) kept.push_back(owner);
    if (kept.size() == object["metadata"]["ownerReferences"].size()) return;
    if (kept.empty()) object.edit("metadata").erase("ownerReferences");
    else object.edit("metadata").set("ownerReferences", std::move(kept));
    if (put_tracked(cluster_, key, item, std::move(object), kManager, "")) return;
  }
}

bool Lifecycle::drop_finalizer(const StoreKey& key, std::string_view finalizer) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    ItemPtr item = cluster_.store.get(key);
    if (!item || !has_finalizer(item->object(), finalizer)) return true;
    Value object = item->object();
    Value kept = Value::list();
    for (const Value& f : object["metadata"]["finalizers"].items())
      if (f.as_string() != finalizer) kept.push_back(f);
    bool last = kept.empty();
    if (last) object.edit("metadata").erase("finalizers");
    else object.edit("metadata").set("finalizers", std::move(kept));
    bool ends = last && object["metadata"]["deletionGracePeriodSeconds"].as_int() == 0;
    auto put = put_tracked(cluster_, key, item, std::move(object), kManager, "");
    if (!put) continue;
    if (ends) (void)writer_.purge(key, *put);
    return true;
  }
  return false;
}

void Lifecycle::finish_deletion(const StoreKey& key) {
  ItemPtr item = cluster_.store.get(key);
  if (!item || !deleting(item->object())) return;
  const Value& object = item->object();
  if (key.resource == kDefinitions) return clean_up_definition(cluster_, writer_, key);
  auto found = dependents_.find(uid_hash(object));
  Keys dependents = found == dependents_.end() ? Keys{} : found->second;
  std::string uid = uid_of(object);
  if (has_finalizer(object, "orphan")) {
    for (const StoreKey& d : dependents) drop_owners(d, [&](const Value& owner) { return owner["uid"].as_string() == uid; });
    drop_finalizer(key, "orphan");
  } else if (has_finalizer(object, "foregroundDeletion")) {
    bool blocked = false;
    for (const StoreKey& d : dependents) {
      ItemPtr dependent = cluster_.store.get(d);
      if (!dependent) continue;
      for (const Value& owner : dependent->object()["metadata"]["ownerReferences"].items())
        blocked = blocked || (owner["uid"].as_string() == uid && owner["blockOwnerDeletion"].as_bool());
      check_owners(d);
    }
    if (!blocked) drop_finalizer(key, "foregroundDeletion");
  }
}

bool Lifecycle::patience_over(const StoreKey& key) {
  auto now = std::chrono::steady_clock::now();
  auto [since, first] = waiting_since_.try_emplace(key, now);
  if (!first && now - since->second >= kPatience) {
    waiting_since_.erase(since);
    return true;
  }
  to_check_.insert(key);
  return false;
}

void Lifecycle::empty_namespace(const std::string& name) {
  StoreKey key{"namespaces", name};
  ItemPtr item = cluster_.store.get(key);
  if (!item || !deleting(item->object())) return;
  size_t left = 0;
  for (const ResourcePtr& r : cluster_.registry.stored()) {
    if (!r->info.namespaced || !r->info.has_verb("delete")) continue;
    auto page = cluster_.store.list(r->storage, name + '/', "", 0, 0);
    if (!page) continue;
    for (const ItemPtr& object : page->items)
      if (!deleting(object->object()))
        remove(StoreKey::of(r->storage, name, name_of(object->object())), object->object(), "Background");
    auto after = cluster_.store.list(r->storage, name + '/', "", 1, 0);
    if (after) left += after->items.size();
  }
  item = cluster_.store.get(key);
  if (!item) return;
  Value object = item->object();
  if (left != 0) {
    describe_namespace(object, remaining_content(cluster_, name), cluster_.now());
    if (object != item->object() && !put_tracked(cluster_, key, item, std::move(object), kManager, "status")) namespaces_.insert(name);
    return;
  }
  Value kept = Value::list();
  for (const Value& f : object["spec"]["finalizers"].items())
    if (f.as_string() != "kubernetes") kept.push_back(f);
  object.edit("spec").erase("finalizers");
  if (!kept.empty()) object.edit("spec").set("finalizers", kept);
  auto put = cluster_.store.put(key, std::move(object), item->revision());
  if (!put) namespaces_.insert(name);
  else if (kept.empty() && (*put)->object()["metadata"]["finalizers"].empty()) (void)writer_.purge(key, *put);
}

}  // namespace taut::sandbox
