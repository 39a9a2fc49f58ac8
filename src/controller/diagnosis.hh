// What unhealthy objects of a cluster suffer from: their parts and the events about them are read, and judged.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "health/reasons.hh"
#include "port/cluster.hh"

namespace taut::controller {

// Events of the namespaces of one cluster, listed once for those who ask at the same time. Thread-safe.
class EventBook {
 public:
  using List = std::shared_ptr<const std::vector<Value>>;
  // Not older than a few seconds. What may not be read is empty.
  List events(Cluster& cluster, const std::string& ns);

 private:
  struct Page {
    std::mutex reading;
    std::weak_ptr<const std::vector<Value>> list;  // gone when nobody asks any more
    std::chrono::steady_clock::time_point read;
  };
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Page>> pages_;
};

// The root cause of the first of the objects that has one; nothing when nobody knows. Only reads, and blocks: two to six
// lists for each namespace. What may not be read is left out of the sentence. `base`: what the cluster does not know.
// `book`, where given, is of this cluster and shared with others.
std::optional<Reason> diagnose(Cluster& cluster, std::span<const Value> objects, const Surroundings& base, EventBook* book = nullptr);

}  // namespace taut::controller
