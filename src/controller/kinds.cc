#include "controller/kinds.hh"

#include "base/log.hh"

namespace taut::controller {

// Asks the cluster when nothing is known yet or when what is known does not hold the kind.
std::optional<ApiResource> Kinds::find(const Gvk& gvk, bool fresh) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    {
      std::lock_guard lock(mutex_);
      const ApiResource* resource = discovery_ && !(fresh && attempt == 0) ? discovery_->find(gvk) : nullptr;
      if (resource) return *resource;
    }
    if (attempt == 1) break;
    auto found = cluster_.discover();
    if (!found) {
      log::warn("discovery failed: {}", found.error().message());
      return std::nullopt;
    }
    std::lock_guard lock(mutex_);
    discovery_ = std::move(*found);
  }
  return std::nullopt;
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
}

}  // namespace taut::controller
