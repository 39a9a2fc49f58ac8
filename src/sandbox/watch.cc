#include "sandbox/watch.hh"

#include <charconv>
#include <random>

#include "base/strings.hh"
#include "value/json.hh"

namespace taut::sandbox {

using Steady = std::chrono::steady_clock;

void WatchHub::notify() {
  std::lock_guard lock(mutex_);
  for (auto& [id, wake] : wakers_) wake();
}
size_t WatchHub::count() const {
  std::lock_guard lock(mutex_);
  return wakers_.size();
}
uint64_t WatchHub::add(std::function<void()> wake) {
  std::lock_guard lock(mutex_);
  wakers_.emplace(++next_, std::move(wake));
  return next_;
}
void WatchHub::remove(uint64_t id) {
  std::lock_guard lock(mutex_);
  wakers_.erase(id);
}

namespace {

constexpr size_t kBatch = 256;
constexpr size_t kChunk = 1u << 20;
constexpr auto kBookmarkInterval = std::chrono::seconds(60);

class WatchStream : public Stream {
 public:
  WatchStream(Cluster& cluster, WatchHub& hub, ResourcePtr resource, WatchOptions options)
      : cluster_(cluster), hub_(hub), resource_(std::move(resource)), options_(std::move(options)) {
    // Real servers end a watch after half an hour to an hour unless told otherwise.
    int64_t seconds = options_.query.timeout_seconds;
    if (seconds <= 0) seconds = 1800 + static_cast<int64_t>(std::random_device{}() % 1800);
    end_ = Steady::now() + std::chrono::seconds(seconds);
    next_bookmark_ = Steady::now() + kBookmarkInterval;
    start();
  }

  State read(std::string& out) override {
    flush(initial_, out);
    if (!failed_ && initial_at_ == initial_.size()) follow(out);
    // A resource version may stand on its own for a while: bookmarks tell the client that it can move on.
    auto now = Steady::now();
    if (options_.query.bookmarks && !failed_ && now >= next_bookmark_) {
      bookmark(out, false);
      next_bookmark_ = now + kBookmarkInterval;
    }
    return failed_ || now >= end_ ? State::kEnd : State::kMore;
  }

  std::optional<Steady::time_point> next_deadline() const override {
    return options_.query.bookmarks ? std::min(end_, next_bookmark_) : end_;
  }

  void set_waker(std::function<void()> wake) override {
    handle_.reset();
    if (wake) handle_.emplace(hub_, std::move(wake));
  }

 private:
  void start() {
    const std::string& version = options_.query.resource_version;
    uint64_t revision = 0;
    std::from_chars(version.data(), version.data() + version.size(), revision);
    bool send = options_.query.send_initial_events ||
                (!options_.query.has_send_initial_events && (version.empty() || version == "0"));
    if (!send) {
      position_ = version.empty() || version == "0" ? cluster_.store.revision() : revision;
      return;
    }
    auto page = cluster_.store.list(resource_->storage, options_.prefix, "", 0, 0);
    if (!page) return;
    position_ = page->revision;
    for (ItemPtr& item : page->items)
      if (selected(item)) initial_.push_back(std::move(item));
    initial_end_ = options_.query.send_initial_events;
  }

  bool selected(const ItemPtr& item) const {
    if (!item) return false;
    return options_.selection.everything() || options_.selection.fits(*resource_, *item);
  }

  void flush(const std::vector<ItemPtr>& items, std::string& out) {
    for (; initial_at_ < items.size() && out.size() < kChunk; ++initial_at_) event("ADDED", items[initial_at_], out);
    if (initial_at_ == items.size() && std::exchange(initial_end_, false) && options_.query.bookmarks) bookmark(out, true);
  }

  void follow(std::string& out) {
    std::vector<LogEntryPtr> entries;
    while (out.size() < kChunk) {
      entries.clear();
      if (!cluster_.store.changes_since(position_, kBatch, entries)) return too_old(out);
      if (entries.empty()) return;
      for (const LogEntryPtr& entry : entries) {
        position_ = entry->revision;
        if (entry->key.resource == resource_->storage && entry->key.path.starts_with(options_.prefix)) change(*entry, out);
      }
    }
  }

  // An object that starts to match is added, one that ceases to is deleted.
  void change(const LogEntry& entry, std::string& out) {
    bool before = selected(entry.before), after = selected(entry.after);
    if (after)
      event(before ? "MODIFIED" : "ADDED", entry.after, out);
    else if (before)
      event("DELETED", entry.deleted ? entry.deleted : at_revision(entry), out);
  }

  // The last state that matched, under the revision at which it ceased to.
  static ItemPtr at_revision(const LogEntry& entry) {
    Value object = entry.before->object();
    object.edit("metadata").set("resourceVersion", std::to_string(entry.revision));
    return std::make_shared<const Item>(std::move(object), entry.revision);
  }

  void event(std::string_view type, const ItemPtr& item, std::string& out) {
    out += fmt::format("{{\"type\":\"{}\",\"object\":", type);
    append_watch_object(cluster_, *resource_, item, options_.accepted, !std::exchange(sent_, true), out);
    out += "}\n";
  }

  void bookmark(std::string& out, bool initial) {
    Value meta = Value::map({{"resourceVersion", std::to_string(position_)}});
    if (initial) meta.set("annotations", Value::map({{"k8s.io/initial-events-end", "true"}}));
    bool table = options_.accepted.shape == Shape::kTable;
    bool partial = options_.accepted.shape == Shape::kPartial || options_.accepted.shape == Shape::kPartialList;
    Value object = Value::map(
        {{"kind", partial ? "PartialObjectMetadata" : resource_->info.kind},
         {"apiVersion", partial ? options_.accepted.api_version : resource_->gvk().api_version()},
         {"metadata", meta}});
    if (table) {
      Value row = Value::map({{"cells", Value::list()}, {"object", object}});
      object = Value::map({{"kind", "Table"}, {"apiVersion", options_.accepted.api_version}, {"metadata", meta},
                           {"columnDefinitions", Value()}, {"rows", Value::list({row})}});
    }
    out += "{\"type\":\"BOOKMARK\",\"object\":" + to_json(object) + "}\n";
  }

  void too_old(std::string& out) {
    failed_ = true;
    ApiError error = expired(fmt::format("too old resource version: {} ({})", position_, cluster_.store.compacted()));
    out += "{\"type\":\"ERROR\",\"object\":" + to_json(error.status()) + "}\n";
  }

  Cluster& cluster_;
  WatchHub& hub_;
  ResourcePtr resource_;
  WatchOptions options_;
  std::vector<ItemPtr> initial_;
  size_t initial_at_ = 0;
  bool initial_end_ = false;
  uint64_t position_ = 0;
  bool sent_ = false;
  bool failed_ = false;
  Steady::time_point end_, next_bookmark_;
  std::optional<WatchHub::Handle> handle_;
};

}  // namespace

Response watch_response(Cluster& cluster, WatchHub& hub, ResourcePtr resource, WatchOptions options) {
  Response out;
  out.content_type = "application/json";
  out.stream = std::make_unique<WatchStream>(cluster, hub, std::move(resource), std::move(options));
  return out;
}

}  // namespace taut::sandbox
