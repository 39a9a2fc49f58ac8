#include "controller/kinds.hh"

#include "base/log.hh"

namespace taut::controller {

namespace {

// Whether the server said for certain that it does not serve the kind: the discovery of its group has answered.
bool answered(const Discovery& discovery, const Gvk& gvk) {
  for (const auto& [group_version, why] : discovery.failed)
    if (Gvk::parse(group_version, "").group == gvk.group) return false;
  return true;
}

}  // namespace

// Discovery that fails says nothing about a kind: it is asked again, waiting longer each time, until it answers.
bool Kinds::discover() {
  Duration wait = std::chrono::milliseconds(100);
  for (;;) {
    auto found = cluster_.discover();
    std::unique_lock lock(mutex_);
    if (found) {
      discovery_ = std::move(*found);
      return !stopped_;
    }
    log::warn("discovery failed: {}", found.error().message());
    if (stopping_.wait_for(lock, wait, [&] { return stopped_; })) return false;
    wait = std::min<Duration>(wait * 2, std::chrono::seconds(10));
  }
}

// Asks the cluster when nothing is known yet or when what is known does not hold the kind.
std::optional<ApiResource> Kinds::find(const Gvk& gvk, bool fresh) {
  Duration wait = std::chrono::milliseconds(100);
  for (int attempt = 0;; ++attempt) {
    {
      std::unique_lock lock(mutex_);
      const ApiResource* resource = discovery_ && !(fresh && attempt == 0) ? discovery_->find(gvk) : nullptr;
      if (resource) return *resource;
      if (attempt > 0 && answered(*discovery_, gvk)) return std::nullopt;
      if (attempt > 0 && stopping_.wait_for(lock, wait, [&] { return stopped_; })) return std::nullopt;
    }
    if (attempt > 0) wait = std::min<Duration>(wait * 2, std::chrono::seconds(10));
    if (attempt > 8 || !discover()) return std::nullopt;
  }
}

void Kinds::watch(const Gvk& gvk) {
  if (auto resource = find(gvk, false)) return begin(gvk, *resource);
  {
    std::lock_guard lock(mutex_);
    missing_.insert(gvk);
  }
  post_(engine::KindKnown{gvk, false, true});
}

void Kinds::begin(const Gvk& gvk, const ApiResource& resource) {
  post_(engine::KindKnown{gvk, true, resource.namespaced});
  auto watch = cluster_.watch(gvk, {}, [this, gvk](WatchEvent event) { handle(gvk, std::move(event)); });
  std::lock_guard lock(mutex_);
  if (!stopped_) watches_[gvk] = std::move(watch);
}

void Kinds::definitions_changed() {
  std::set<Gvk> missing;
  {
    std::lock_guard lock(mutex_);
    missing = missing_;
  }
  bool fresh = true;
  for (const Gvk& gvk : missing) {
    auto resource = find(gvk, fresh);
    fresh = false;
    if (!resource) continue;
    {
      std::lock_guard lock(mutex_);
      if (missing_.erase(gvk) == 0) continue;
    }
    begin(gvk, *resource);
  }
}

bool Kinds::anything_missing() const {
  std::lock_guard lock(mutex_);
  return !missing_.empty();
}

void Kinds::handle(const Gvk& gvk, WatchEvent event) {
  switch (event.type) {
    case WatchEvent::Type::kAdded:
    case WatchEvent::Type::kModified:
      return post_(engine::LiveChanged{gvk, std::move(event.object)});
    case WatchEvent::Type::kDeleted:
      return post_(engine::LiveGone{gvk, ObjectId::of(event.object)});
    case WatchEvent::Type::kSynced:
      return post_(engine::LiveSynced{gvk});
    case WatchEvent::Type::kFailed:
      if (!event.error) return;
      log::warn("watch of {} failed: {}", gvk.to_string(), event.error->message());
      return post_(engine::KindFailed{gvk, *event.error});
  }
}

void Kinds::stop() {
  std::map<Gvk, std::unique_ptr<Watch>> watches;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    watches.swap(watches_);
  }
  stopping_.notify_all();
}

}  // namespace taut::controller
