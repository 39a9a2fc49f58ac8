#include "cli/scene.hh"

namespace taut::cli {

void Scene::watch(const Gvk& gvk) {
  watches_.push_back(cluster_.watch(gvk, {}, [this](const WatchEvent& event) { take(event); }));
}

void Scene::take(const WatchEvent& event) {
  if (event.object.is_null()) return;
  std::lock_guard lock(mutex_);
  ObjectId id = ObjectId::of(event.object);
  if (event.type == WatchEvent::Type::kDeleted) {
    objects_.erase(id);
  } else {
    objects_[id] = event.object;
  }
  changed_.notify_all();
}

Result<Duration> Scene::await(const std::string& what, Duration timeout, const std::function<bool()>& holds) {
  auto start = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, timeout, holds))
    return fail(Code::kTimeout, "not seen within {}: {}", format_go_duration(timeout), what);
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);
}

const Value& Scene::object(std::string_view group, std::string_view kind, std::string_view ns,
                           std::string_view name) const {
  static const Value kNone;
  auto at = objects_.find({std::string(group), std::string(kind), std::string(ns), std::string(name)});
  return at == objects_.end() ? kNone : at->second;
}

std::vector<const Value*> Scene::objects(std::string_view group, std::string_view kind, std::string_view ns) const {
  std::vector<const Value*> out;
  auto at = objects_.lower_bound({std::string(group), std::string(kind), std::string(ns), ""});
  for (; at != objects_.end(); ++at) {
    const ObjectId& id = at->first;
    if (id.group != group || id.kind != kind || id.ns != ns) break;
    out.push_back(&at->second);
  }
  return out;
}

}  // namespace taut::cli
