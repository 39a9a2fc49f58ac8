#include "render/manifest_cache.hh"

#include "render/manifests.hh"

namespace taut::render {

Result<std::vector<RenderedObject>> ManifestCache::read(const std::string& path, const std::string& text,
                                                        std::vector<Warning>& warnings) {
  bool json = path.ends_with(".json");
  Hash128 key = hash128(text);
  if (json) key.high = ~key.high;  // the same bytes are read by other rules
  if (auto known = find(key)) {
    std::vector<RenderedObject> objects = *known;
    for (RenderedObject& item : objects) item.origin.file = path;
    return objects;
  }
  size_t warned = warnings.size();
  TAUT_ASSIGN(auto objects, (json ? read_json_manifests : read_yaml_manifests)(path, text, warnings));
  if (warnings.size() != warned) return objects;
  auto kept = std::make_shared<std::vector<RenderedObject>>(objects);
  for (RenderedObject& item : *kept) item.origin.file.clear();
  keep({key, std::move(kept), text.size() + 64});
  return objects;
}

std::shared_ptr<const std::vector<RenderedObject>> ManifestCache::find(const Hash128& key) {
  std::lock_guard lock(mutex_);
  auto it = by_key_.find(key);
  if (it == by_key_.end()) {
    ++stats_.misses;
    return nullptr;
  }
  ++stats_.hits;
  files_.splice(files_.begin(), files_, it->second);
  return it->second->objects;
}

void ManifestCache::keep(File file) {
  std::lock_guard lock(mutex_);
  if (by_key_.contains(file.key)) return;  // another thread was faster
  stats_.bytes += file.bytes;
  Hash128 key = file.key;
  files_.push_front(std::move(file));
  by_key_.emplace(key, files_.begin());
  while (stats_.bytes > limit_ && !files_.empty()) {
    stats_.bytes -= files_.back().bytes;
    by_key_.erase(files_.back().key);
    files_.pop_back();
  }
  stats_.files = files_.size();
}

ManifestCache::Stats ManifestCache::stats() const {
  std::lock_guard lock(mutex_);
  return stats_;
}

}  // namespace taut::render
