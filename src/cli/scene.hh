// What the demo sees of the cluster: the newest state of every object of a few kinds, and waiting for what is to
// come. Only what was seen here is told.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.hh"
#include "base/time.hh"
#include "object/id.hh"
#include "port/cluster.hh"

namespace taut::cli {

class Scene {
 public:
  explicit Scene(Cluster& cluster) : cluster_(cluster) {}

  // Starts to watch a kind in all namespaces.
  void watch(const Gvk& gvk);

  // Waits until `holds` is true of what was seen; gives how long that took. kTimeout says `what` did not happen.
  // The scene is locked while `holds` runs: it may use the readers below, nothing else.
  Result<Duration> await(const std::string& what, Duration timeout, const std::function<bool()>& holds);

  // Readers, for `holds`. Null when the object is not there.
  const Value& object(std::string_view group, std::string_view kind, std::string_view ns, std::string_view name) const;
  std::vector<const Value*> objects(std::string_view group, std::string_view kind, std::string_view ns) const;
  // Runs a reader outside of `await`.
  template <class Read>
  auto look(Read read) {
    std::lock_guard lock(mutex_);
    return read();
  }

 private:
  void take(const WatchEvent& event);

  Cluster& cluster_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<ObjectId, Value> objects_;
  std::vector<std::unique_ptr<Watch>> watches_;  // last, so that they end first
};

}  // namespace taut::cli
