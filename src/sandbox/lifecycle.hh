// What always works, even with no workload controllers: namespaces empty themselves before they go, dependents
// follow their owners, CustomResourceDefinitions are established and cleaned up.
#pragma once

#include <condition_variable>
#include <deque>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "base/hash.hh"
#include "sandbox/writer.hh"

namespace taut::sandbox {

// Follows the store's log on a thread of its own. Mirrors kube-controller-manager's garbage collector and
// namespace controller, without their delays.
class Lifecycle {
 public:
  Lifecycle(Cluster& cluster, Writer& writer);
  ~Lifecycle();
  void start();
  void stop();
  // Called after each commit.
  void notify();
  // Whether every change was looked at, and what can be done now was done.
  bool is_done();

 private:
  struct KeyLess {
    bool operator()(const StoreKey& a, const StoreKey& b) const { return std::tie(a.resource, a.path) < std::tie(b.resource, b.path); }
  };
  using Keys = std::set<StoreKey, KeyLess>;

  void run();
  void scan();
  void observe(const LogEntry& entry);
  void index(const StoreKey& key, const ItemPtr& before, const ItemPtr& after);
  void work();

  void check_owners(const StoreKey& key);
  void finish_deletion(const StoreKey& key);
  void empty_namespace(const std::string& name);
  void remove(const StoreKey& key, const Value& object, std::string propagation);
  bool drop_finalizer(const StoreKey& key, std::string_view finalizer);
  void drop_owners(const StoreKey& key, const std::function<bool(const Value&)>& drop);
  bool patience_over(const StoreKey& key);

  Cluster& cluster_;
  Writer& writer_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool pending_ = false;
  bool waiting_ = false;

  // Only touched by the thread.
  uint64_t position_ = 0;
  // Uids are held as their hashes, which are half as long: there is one for each object.
  std::unordered_map<Hash128, StoreKey> live_;     // by uid
  std::unordered_map<Hash128, Keys> dependents_;   // by uid of the owner
  std::unordered_set<Hash128> known_;              // uids that were ever seen
  std::map<StoreKey, std::chrono::steady_clock::time_point, KeyLess> waiting_since_;
  Keys to_check_, to_finish_;
  std::set<std::string> namespaces_;
};

}  // namespace taut::sandbox
