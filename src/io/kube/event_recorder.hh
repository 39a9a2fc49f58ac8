// Writes core/v1 Events about objects, so that `kubectl describe` shows what happened, and counts repeats instead
// of writing them again, as client-go's EventCorrelator does: the same event within the cache raises its count;
// more than ten that differ only in their message become one "(combined from similar events)"; an object gets at
// most 25 at once and then one every five minutes.
#pragma once

#include <mutex>
#include <set>
#include <unordered_map>

#include "base/time.hh"
#include "port/cluster.hh"

namespace taut::kube {

struct EventNote {
  std::string type = "Normal";  // or "Warning"
  std::string reason;           // "Synced"
  std::string message;          // cut at 1024 bytes, as the API demands
  Value annotations = {};       // of the Event; null: none
};

class EventRecorder {
 public:
  // `component` is the source that people see, `instance` the process.
  EventRecorder(Cluster& cluster, std::string component, std::string instance = {})
      : cluster_(cluster), component_(std::move(component)), instance_(std::move(instance)) {}

  // True when it was written or counted, false when there were too many. Blocks for one request. Thread-safe.
  Result<bool> record(const Value& object, const EventNote& note, Time now);

 private:
  struct Seen {
    std::string name, ns;  // of the Event
    int64_t count = 0;
  };
  struct Group {  // of events alike but for the message
    std::set<std::string> messages;
    Time first{};
  };
  struct Bucket {
    double tokens = 25;
    Time filled{};
  };

  bool allowed(const std::string& object, Time now);
  std::string combined(const std::string& alike, const EventNote& note, Time now, std::string& key);
  Result<bool> create(const Value& object, const EventNote& note, const std::string& key, Time now);
  void trim();

  Cluster& cluster_;
  const std::string component_, instance_;
  std::mutex mutex_;
  std::unordered_map<std::string, Seen> seen_;
  std::unordered_map<std::string, Group> groups_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace taut::kube
