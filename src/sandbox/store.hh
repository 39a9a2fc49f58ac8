// The store: every object at its newest revision, and a log of recent changes that watches resume from.
//
// One counter numbers all writes, as etcd's revision does; it is the resourceVersion. Objects are held as JSON and
// lent as Items, which never change: readers share them and lists cost no copies. What was written lately, and what has
// no namespace (it is asked for at every turn), stays decoded. Old revisions are reconstructed from the log, as far as
// it reaches; older ones are gone (kGone), as after etcd's compaction.
//
// All methods are thread-safe. Commits happen one at a time; each is durable in the Journal, if there is one,
// before it is visible.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hh"
#include "sandbox/item.hh"
#include "value/value.hh"

namespace taut::sandbox {

// Where an object is: the storage name of its resource ("apps/deployments") and "namespace/name", or "name".
struct StoreKey {
  std::string resource;
  std::string path;
  static StoreKey of(std::string resource, std::string_view ns, std::string_view name);
};

struct LogEntry {
  uint64_t revision;
  StoreKey key;
  ItemPtr before;  // null when created
  ItemPtr after;   // null when deleted
  // For a deletion: the last state under the revision of the deletion, as watches report it.
  ItemPtr deleted;
};
using LogEntryPtr = std::shared_ptr<const LogEntry>;

// Keeps commits durable. Called with the store locked, in the order of revisions.
class Journal {
 public:
  virtual ~Journal() = default;
  // `json` is empty for a deletion. An error refuses the commit; nothing has changed then.
  virtual Status write(const StoreKey& key, uint64_t revision, std::string_view json) = 0;
};

struct Page {
  std::vector<ItemPtr> items;
  std::vector<EncodedPtr> texts;  // in place of the items, when only texts were asked for
  uint64_t revision = 0;   // of the whole list
  std::string next;        // the path to go on from; empty when this is the end
  uint64_t remaining = 0;  // items after this page
};

class Store {
 public:
  enum class Form { kItems, kTexts };

  explicit Store(size_t log_capacity) : log_capacity_(log_capacity) {}

  uint64_t revision() const;
  ItemPtr get(const StoreKey& key) const;

  // Objects of a resource whose path starts with `prefix` ("" or "namespace/"), in the order of paths, starting
  // at `from`, at most `limit` (0: all), as of `revision` (0: now). kGone when that revision is no longer held.
  Result<Page> list(const std::string& resource, std::string_view prefix, std::string_view from, size_t limit,
                    uint64_t revision, Form form = Form::kItems) const;
  size_t count(const std::string& resource) const;

  // Stores `object` under `key` if the present revision of the key is `expected` (0: absent), else kConflict.
  // resourceVersion is set here.
  Result<ItemPtr> put(const StoreKey& key, Value object, uint64_t expected);
  // Removes it under the same condition; returns the deleted object with the revision of the deletion.
  Result<ItemPtr> remove(const StoreKey& key, uint64_t expected);

  // Entries of the log after `revision`, at most `limit`; false when the log does not reach back so far.
  bool changes_since(uint64_t revision, size_t limit, std::vector<LogEntryPtr>& out) const;
  // The oldest revision from which changes_since works.
  uint64_t compacted() const;
  // Forgets the log up to the present, as a compaction does; for fault injection.
  void compact();

  // `listener` is called after every commit, outside the lock, on the committing thread; it must be quick.
  // Set before use and not changed afterwards.
  void on_commit(std::function<void()> listener) { listeners_.push_back(std::move(listener)); }

  // For start-up only: what a journal held, as JSON of encode(), and the journal to write to from now on.
  void restore(const StoreKey& key, std::string_view json, uint64_t revision);
  void attach(std::unique_ptr<Journal> journal, uint64_t revision);

 private:
  // An object, and the Item that was lent last, as long as somebody has it.
  struct Slot {
    EncodedPtr encoded;
    uint64_t revision = 0;
    mutable std::weak_ptr<const Item> lent;
    ItemPtr kept;  // of objects without a namespace

    ItemPtr lend() const;
  };
  using Objects = std::map<std::string, Slot, std::less<>>;

  // A change. Shares the JSON with the slots, and is lent as they are.
  struct Record {
    uint64_t revision;
    StoreKey key;
    EncodedPtr before, after, deleted;
    uint64_t before_revision = 0;
    mutable std::weak_ptr<const LogEntry> lent;

    LogEntryPtr lend() const;
  };

  void append(LogEntry entry);
  Result<ItemPtr> commit(const StoreKey& key, Value object, uint64_t expected, bool removing);
  bool undo(const std::string& resource, uint64_t revision, Objects& out) const;
  static Slot make_slot(const StoreKey& key, const ItemPtr& item);

  mutable std::mutex mutex_;
  uint64_t revision_ = 1;
  std::unordered_map<std::string, Objects> resources_;
  std::deque<Record> log_;
  std::deque<LogEntryPtr> recent_;  // keeps the Items of the last changes decoded
  size_t recent_bytes_ = 0;         // of their JSON
  uint64_t compacted_ = 1;
  size_t log_capacity_;
  std::unique_ptr<Journal> journal_;
  std::vector<std::function<void()>> listeners_;
};

}  // namespace taut::sandbox
