// What all parts of the API share: the store, what is served, the clock, and who writes.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/time.hh"
#include "sandbox/registry.hh"
#include "sandbox/service_addresses.hh"
#include "sandbox/store.hh"

namespace taut::sandbox {

// Lines of simulated containers. Thread-safe.
class PodLogs {
 public:
  struct Line {
    Time time;
    std::string text;
  };
  void append(std::string_view pod_uid, std::string_view container, Time time, std::string_view text);
  // Lines from number `from` on; lines are numbered from 0 and the oldest may be gone.
  std::vector<Line> read(std::string_view pod_uid, std::string_view container, size_t& from) const;
  void forget(std::string_view pod_uid);

 private:
  struct Log {
    size_t first = 0;
    std::deque<Line> lines;
  };
  static constexpr size_t kMaxLines = 10'000;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Log> logs_;
};

class AuditLog;

struct Cluster {
  explicit Cluster(size_t log_capacity) : store(log_capacity) {}

  Store store;
  Registry registry;
  // Whether pods get a service account and its token volume (the ServiceAccount admission plug-in). Off where
  // nobody makes the accounts.
  bool service_accounts = false;
  ServiceAddresses addresses;
  PodLogs logs;
  std::shared_ptr<AuditLog> audit;  // nullptr: nothing is written down
  std::function<Time()> now = [] { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); };
};

// Who asks, as authentication found.
struct User {
  std::string name;
  std::string uid;
  std::vector<std::string> groups;
  bool admin = false;  // in system:masters: everything is allowed
};

// How a write is to be made, and what it brings back besides the object.
struct WriteContext {
  User user;
  std::string manager = "unknown";
  bool dry_run = false;
  std::string field_validation = "Ignore";
  std::vector<std::string> warnings;
};

// The object as a version of its resource shows it, and back into the stored version. Both are the identity for
// all but the few kinds that are stored in another version.
Value to_version(const Resource& resource, const Value& stored);
Value to_stored(const Resource& resource, Value object);

}  // namespace taut::sandbox
