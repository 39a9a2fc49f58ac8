// Objects of manifest files, kept by the files' content.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/hash.hh"
#include "helm/render_cache.hh"
#include "render/render.hh"

namespace taut::render {

// A file that did not change is not read as YAML again, and its objects are the same Values over commits and
// applications: equal by one comparison. Bounded by the bytes of the files; what was used longest ago goes first.
// Files that are refused or bring warnings are read each time. Thread-safe.
class ManifestCache {
 public:
  explicit ManifestCache(size_t limit = size_t{128} << 20) : limit_(limit) {}

  // The objects of a .json file, or of a YAML file of any other name; as read_json_manifests and
  // read_yaml_manifests.
  Result<std::vector<RenderedObject>> read(const std::string& path, const std::string& text,
                                           std::vector<Warning>& warnings);

  struct Stats {
    uint64_t hits = 0;
    uint64_t misses = 0;
    size_t files = 0;
    size_t bytes = 0;
  };
  Stats stats() const;

  // The same for charts: parsed templates and schemas.
  helm::RenderCache& helm() { return helm_; }

 private:
  // As a RenderedObject of a file whose path does not matter.
  struct Object {
    Value object;
    uint32_t line, document;
    std::string pointer;
  };
  struct File {
    Hash128 key;
    std::vector<Object> objects;
    size_t bytes = 0;
  };
  using Files = std::list<File>;  // used last at the front

  std::optional<std::vector<RenderedObject>> find(const Hash128& key, const std::string& path);
  void keep(File file);

  const size_t limit_;
  mutable std::mutex mutex_;
  Files files_;
  std::unordered_map<Hash128, Files::iterator> by_key_;
  Stats stats_;
  helm::RenderCache helm_;
};

}  // namespace taut::render
