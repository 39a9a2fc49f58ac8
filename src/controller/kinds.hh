// Kinds: the watches on the kinds in use, one a kind, and the discovery behind them.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "engine/event.hh"
#include "port/cluster.hh"

namespace taut::controller {

// Thread-safe. Events are handed to `post` from the cluster's threads.
class Kinds {
 public:
  using Post = std::function<void(engine::Event)>;
  Kinds(Cluster& cluster, Post post) : cluster_(cluster), post_(std::move(post)) {}

  // Finds out whether a kind is served and watches it; blocks on the first question. A kind that is not served yet
  // is asked for again by `definitions_changed`.
  void watch(const Gvk& gvk);
  // A CustomResourceDefinition came or changed: asks again for what was not served. Blocks.
  void definitions_changed();
  bool anything_missing() const;
  void stop();

 private:
  std::optional<ApiResource> find(const Gvk& gvk, bool fresh);
  bool discover();  // false when stopped
  void begin(const Gvk& gvk, const ApiResource& resource);
  void handle(const Gvk& gvk, WatchEvent event);

  Cluster& cluster_;
  Post post_;
  mutable std::mutex mutex_;
  std::optional<Discovery> discovery_;
  std::set<Gvk> missing_;
  std::map<Gvk, std::unique_ptr<Watch>> watches_;
  bool stopped_ = false;
  std::condition_variable stopping_;
};

}  // namespace taut::controller
