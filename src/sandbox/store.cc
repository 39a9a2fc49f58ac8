#include "sandbox/store.hh"

#include <algorithm>

namespace taut::sandbox {

namespace {

constexpr size_t kRecentBytes = 1u << 20;

// Not by make_shared: the slots and records refer weakly to what they lent, and would keep its memory for good.
template <class T>
std::shared_ptr<const T> own(T* made) {
  return std::shared_ptr<const T>(made);
}

size_t bytes_of(const LogEntry& entry) {
  size_t out = 0;
  for (const ItemPtr& item : {entry.before, entry.after, entry.deleted})
    if (item) out += item->encoded()->text.size();
  return out;
}

// The first path that is above all that start with `prefix`, "" or "namespace/".
std::string after_prefix(std::string_view prefix) {
  std::string out(prefix);
  ++out.back();
  return out;
}

}  // namespace

ItemPtr Store::Slot::lend() const {
  if (kept) return kept;
  ItemPtr out = lent.lock();
  if (!out) lent = out = own(new Item(encoded, revision));
  return out;
}

LogEntryPtr Store::Record::lend() const {
  LogEntryPtr known = lent.lock();
  if (known) return known;
  auto item = [](const EncodedPtr& e, uint64_t r) { return e ? own(new Item(e, r)) : nullptr; };
  auto made = own(new LogEntry{revision, key, item(before, before_revision), item(after, revision), item(deleted, revision)});
  lent = made;
  return made;
}

Store::Slot Store::make_slot(const StoreKey& key, const ItemPtr& item) {
  bool everywhere = key.path.find('/') == std::string::npos;
  return {item->encoded(), item->revision(), item, everywhere ? item : nullptr};
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
  return found == resource->second.end() ? nullptr : found->second.lend();
}

size_t Store::count(const std::string& resource) const {
  std::lock_guard lock(mutex_);
  auto found = resources_.find(resource);
  return found == resources_.end() ? 0 : found->second.size();
}

bool Store::undo(const std::string& resource, uint64_t revision, Objects& out) const {
  if (revision < compacted_) return false;
  for (auto record = log_.rbegin(); record != log_.rend() && record->revision > revision; ++record) {
    if (record->key.resource != resource) continue;
    if (record->before)
      out[record->key.path] = Slot{record->before, record->before_revision, {}, nullptr};
    else
      out.erase(record->key.path);
  }
  return true;
}

Result<Page> Store::list(const std::string& resource, std::string_view prefix, std::string_view from, size_t limit,
                         uint64_t revision, Form form) const {
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
  // What nobody holds yet is made for this list only: to remember ten thousand of them would cost more than it saves.
  auto show = [](const Slot& slot) {
    if (slot.kept) return slot.kept;
    ItemPtr known = slot.lent.lock();
    return known ? known : std::make_shared<const Item>(slot.encoded, slot.revision);
  };
  if (!from.empty() && !from.starts_with(prefix)) return page;
  // Where the prefix ends is looked up once: to compare each path would wait for its memory.
  auto at = objects->lower_bound(from.empty() ? prefix : from);
  auto end = prefix.empty() ? objects->end() : objects->lower_bound(after_prefix(prefix));
  for (size_t taken = 0; at != end; ++at, ++taken) {
    if (limit != 0 && taken == limit) {
      page.next = at->first;
      page.remaining = static_cast<size_t>(std::distance(at, end));
      break;
    }
    if (form == Form::kTexts) page.texts.push_back(at->second.kept ? at->second.kept->encoded() : at->second.encoded);
    else page.items.push_back(show(at->second));
  }
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
    ItemPtr before = found == objects.end() ? nullptr : found->second.lend();
    if ((before ? before->revision() : 0) != expected)
      return fail(Code::kConflict, "the object has been modified");
    uint64_t revision = revision_ + 1;
    if (removing) object = before->object();
    object.edit("metadata").set("resourceVersion", std::to_string(revision));
    result = own(new Item(std::move(object), revision));
    if (journal_) {
      std::string_view text = removing ? std::string_view() : std::string_view(*result->json());
      TAUT_TRY(journal_->write(key, revision, text));
    }
    revision_ = revision;
    if (removing)
      objects.erase(found);
    else
      objects[key.path] = make_slot(key, result);
    append({revision, key, before, removing ? nullptr : result, removing ? result : nullptr});
  }
  for (const auto& listener : listeners_) listener();
  return result;
}

void Store::append(LogEntry entry) {
  LogEntryPtr shared = own(new LogEntry(std::move(entry)));
  auto text = [](const ItemPtr& item) { return item ? item->encoded() : nullptr; };
  log_.push_back({shared->revision, shared->key, text(shared->before), text(shared->after), text(shared->deleted),
                  shared->before ? shared->before->revision() : 0, shared});
  recent_bytes_ += bytes_of(*shared);
  recent_.push_back(std::move(shared));
  while (recent_.size() > 1 && recent_bytes_ > kRecentBytes) {
    recent_bytes_ -= bytes_of(*recent_.front());
    recent_.pop_front();
  }
  if (log_.size() <= log_capacity_) return;
  compacted_ = log_.front().revision;
  log_.pop_front();
}

bool Store::changes_since(uint64_t revision, size_t limit, std::vector<LogEntryPtr>& out) const {
  std::lock_guard lock(mutex_);
  if (revision < compacted_) return false;
  auto at = std::upper_bound(log_.begin(), log_.end(), revision, [](uint64_t r, const Record& record) { return r < record.revision; });
  for (; at != log_.end() && limit-- != 0; ++at) out.push_back(at->lend());
  return true;
}

uint64_t Store::compacted() const {
  std::lock_guard lock(mutex_);
  return compacted_;
}

void Store::compact() {
  std::lock_guard lock(mutex_);
  log_.clear();
  recent_.clear();
  recent_bytes_ = 0;
  compacted_ = revision_;
}

void Store::restore(const StoreKey& key, std::string_view json, uint64_t revision) {
  std::lock_guard lock(mutex_);
  resources_[key.resource][key.path] = make_slot(key, std::make_shared<const Item>(encoded_text(json), revision));
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
