// Rendered results kept for as long as a render would see the same files again.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "render/chart_dependencies.hh"
#include "render/manifest_cache.hh"
#include "render/remote_recorder.hh"
#include "render/render.hh"
#include "tree/recorder.hh"

namespace taut::render {

// Names an input but for its tree and its cluster.
Hash128 parameters_hash(const RenderInput& input);
// Names what an input tells of the cluster.
Hash128 cluster_hash(const RenderInput& input);

// A result is found by the parameters and is good if everything that was read to make it (files, listings, and what
// was looked for in vain) is the same in the tree at hand. A commit that touches none of that costs look-ups.
// Charts that were fetched are asked for again by their ranges. Refusals of the input are kept as well; passing failures are not. Bounded: the entries used longest ago go first.
// Thread-safe.
class Memo {
 public:
  struct Limits {
    size_t entries = 50'000;
    size_t bytes = size_t{512} << 20;  // estimated
  };
  struct Stats {
    uint64_t hits = 0;
    uint64_t misses = 0;
    uint64_t evicted = 0;
    size_t entries = 0;
    size_t bytes = 0;
  };

  Memo() : Memo(Limits()) {}
  explicit Memo(Limits limits) : limits_(limits) {}

  // As render::render. The same pointer is given as long as the same entry serves.
  Result<std::shared_ptr<const Rendered>> render(const RenderInput& input);
  Stats stats() const;
  ManifestCache::Stats manifest_stats() const { return manifests_.stats(); }
  void clear();

 private:
  using Outcome = Result<std::shared_ptr<const Rendered>>;
  struct Entry {
    Hash128 key;
    ReadSet seen;
    Outcome outcome;
    Hash128 tree;                    // the one it was last good for
    std::optional<Hash128> cluster;  // if it depends on it
    std::optional<Hash128> revision;  // if it depends on that
    size_t bytes = 0;
    ChartRecorder::Answers charts = {};  // versions that ranges of dependencies led to
    RemoteRecorder::Answers remotes = {};
  };
  using Entries = std::list<std::shared_ptr<Entry>>;  // used last at the front

  std::shared_ptr<Entry> find(const Hash128& key, const RenderInput& input, const std::optional<Hash128>& tree_id);
  void count_hit(const std::shared_ptr<Entry>& entry);
  void keep(std::shared_ptr<Entry> entry);
  void drop(Entries::iterator entry);

  const Limits limits_;
  ManifestCache manifests_;
  mutable std::mutex mutex_;
  Entries entries_;
  // Branches of one repository take turns with the same parameters, so that a key may have several entries.
  std::unordered_map<Hash128, std::vector<Entries::iterator>> by_key_;
  Stats stats_;
};

}  // namespace taut::render
