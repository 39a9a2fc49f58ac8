#include "sandbox/store.hh"

#include "base/strings.hh"
#include "value/json.hh"

namespace taut::sandbox {

std::shared_ptr<const std::string> Item::json() const {
  auto known = std::atomic_load_explicit(&json_, std::memory_order_acquire);
  if (known) return known;
  auto made = std::make_shared<const std::string>(to_json(object_));
  std::atomic_store_explicit(&json_, made, std::memory_order_release);
  return made;
}

void Item::append_untyped_json(std::string& out) const {
  // Keys are sorted: apiVersion comes first, kind somewhere after it; their text is known.
  std::shared_ptr<const std::string> held = json();
  std::string_view text = *held;
  auto member = [&](std::string_view key) { return '"' + std::string(key) + "\":" + to_json(object_[key]) + ','; };
  std::string first = '{' + member("apiVersion");
  std::string kind = ',' + member("kind");
  size_t at = text.find(kind, first.size() - 1);
  if (!text.starts_with(first) || at == std::string_view::npos) {
    Value plain = object_;
    plain.erase("apiVersion");
    plain.erase("kind");
    append_json(plain, out);
    return;
  }
  out += '{';
  if (at < first.size()) {
    out += text.substr(at + kind.size());  // nothing between the two
    return;
  }
  out += text.substr(first.size(), at - first.size() + 1);
  out += text.substr(at + kind.size());
}

StoreKey StoreKey::of(std::string resource, std::string_view ns, std::string_view name) {
  std::string path(ns);
  if (!ns.empty()) path += '/';
  path += name;
  return {std::move(resource), std::move(path)};
}

uint64_t Store::revision() const {
  std::lock_guard lock(mutex_);
  return revision_;
}

ItemPtr Store::get(const StoreKey& key) const {
  std::lock_guard lock(mutex_);
  auto resource = resources_.find(key.resource);
  if (resource == resources_.end()) return nullptr;
  auto found = resource->second.find(key.path);
  return found == resource->second.end() ? nullptr : found->second;
}

size_t Store::count(const std::string& resource) const {
  std::lock_guard lock(mutex_);
  auto found = resources_.find(resource);
  return found == resources_.end() ? 0 : found->second.size();
}

bool Store::undo(const std::string& resource, uint64_t revision, Objects& out) const {
  if (revision < compacted_) return false;
  for (auto entry = log_.rbegin(); entry != log_.rend() && (*entry)->revision > revision; ++entry) {
    if ((*entry)->key.resource != resource) continue;
    if ((*entry)->before)
      out[(*entry)->key.path] = (*entry)->before;
    else
      out.erase((*entry)->key.path);
  }
  return true;
}

Result<Page> Store::list(const std::string& resource, std::string_view prefix, std::string_view from, size_t limit,
                         uint64_t revision) const {
  std::lock_guard lock(mutex_);
  static const Objects kNone;
  auto found = resources_.find(resource);
  const Objects* objects = found == resources_.end() ? &kNone : &found->second;
  Objects past;
  if (revision != 0 && revision < revision_) {
    past = *objects;
    if (!undo(resource, revision, past))
      return fail(Code::kGone, "The provided resource version is too old: {}", revision);
    objects = &past;
  }
  Page page;
  page.revision = revision == 0 ? revision_ : revision;
  auto at = objects->lower_bound(from.empty() ? prefix : from);
  if (limit == 0 && prefix.empty()) page.items.reserve(objects->size());
  for (; at != objects->end() && at->first.starts_with(prefix); ++at) {
    if (limit != 0 && page.items.size() == limit) {
      page.next = at->first;
      break;
    }
    page.items.push_back(at->second);
  }
  for (; at != objects->end() && at->first.starts_with(prefix); ++at) ++page.remaining;
  return page;
}

Result<ItemPtr> Store::put(const StoreKey& key, Value object, uint64_t expected) {
  return commit(key, std::move(object), expected, false);
}

Result<ItemPtr> Store::remove(const StoreKey& key, uint64_t expected) { return commit(key, Value(), expected, true); }

Result<ItemPtr> Store::commit(const StoreKey& key, Value object, uint64_t expected, bool removing) {
  ItemPtr result;
  {
    std::lock_guard lock(mutex_);
    Objects& objects = resources_[key.resource];
    auto found = objects.find(key.path);
    ItemPtr before = found == objects.end() ? nullptr : found->second;
    if ((before ? before->revision() : 0) != expected)
      return fail(Code::kConflict, "the object has been modified");
    uint64_t revision = revision_ + 1;
    if (removing) object = before->object();
    object.edit("metadata").set("resourceVersion", std::to_string(revision));
    result = std::make_shared<const Item>(std::move(object), revision);
    if (journal_) {
      std::string_view text = removing ? std::string_view() : std::string_view(*result->json());
      TAUT_TRY(journal_->write(key, revision, text));
    }
    revision_ = revision;
    if (removing)
      objects.erase(found);
    else
      objects[key.path] = result;
    append({revision, key, before, removing ? nullptr : result, removing ? result : nullptr});
  }
  for (const auto& listener : listeners_) listener();
  return result;
}

void Store::append(LogEntry entry) {
  log_.push_back(std::make_shared<const LogEntry>(std::move(entry)));
  if (log_.size() <= log_capacity_) return;
  compacted_ = log_.front()->revision;
  log_.pop_front();
}

bool Store::changes_since(uint64_t revision, size_t limit, std::vector<LogEntryPtr>& out) const {
  std::lock_guard lock(mutex_);
  if (revision < compacted_) return false;
  auto at = std::upper_bound(log_.begin(), log_.end(), revision,
                             [](uint64_t r, const LogEntryPtr& entry) { return r < entry->revision; });
  for (; at != log_.end() && limit-- != 0; ++at) out.push_back(*at);
  return true;
}

uint64_t Store::compacted() const {
  std::lock_guard lock(mutex_);
  return compacted_;
}

void Store::compact() {
  std::lock_guard lock(mutex_);
  log_.clear();
  compacted_ = revision_;
}

void Store::restore(const StoreKey& key, Value object, uint64_t revision) {
  std::lock_guard lock(mutex_);
  resources_[key.resource][key.path] = std::make_shared<const Item>(std::move(object), revision);
  revision_ = std::max(revision_, revision);
  compacted_ = revision_;
}

void Store::attach(std::unique_ptr<Journal> journal, uint64_t revision) {
  std::lock_guard lock(mutex_);
  journal_ = std::move(journal);
  revision_ = std::max(revision_, revision);
  compacted_ = revision_;
}

}  // namespace taut::sandbox
