#include "render/manifest_cache.hh"

#include "render/manifests.hh"

namespace taut::render {

Result<std::vector<RenderedObject>> ManifestCache::read(const std::string& path, const std::string& text,
                                                        std::vector<Warning>& warnings) {
  bool json = path.ends_with(".json");
  Hash128 key = hash128(text);
  if (json) key.high = ~key.high;  // the same bytes are read by other rules
  if (auto known = find(key, path)) return std::move(*known);
  size_t warned = warnings.size();
  TAUT_ASSIGN(auto objects, (json ? read_json_manifests : read_yaml_manifests)(path, text, warnings));
  if (warnings.size() != warned) return objects;
  std::vector<Object> kept;
  kept.reserve(objects.size());
  for (const auto& [object, origin, generated, trail, chart] : objects) kept.push_back({object, origin.line, origin.document, origin.pointer});
  keep({key, std::move(kept), text.size() + 64});
  return objects;
}

std::optional<std::vector<RenderedObject>> ManifestCache::find(const Hash128& key, const std::string& path) {
  std::lock_guard lock(mutex_);
  auto it = by_key_.find(key);
  if (it == by_key_.end()) {
    ++stats_.misses;
    return std::nullopt;
  }
  ++stats_.hits;
  files_.splice(files_.begin(), files_, it->second);
  std::vector<RenderedObject> out;
  out.reserve(it->second->objects.size());
  for (const auto& [object, line, document, pointer] : it->second->objects) out.push_back({object, {path, line, document, pointer}});
  return out;
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
