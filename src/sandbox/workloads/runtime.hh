// What all simulated controllers share: the cache fed by watches, work queues, and writes that are known at once.
//
// Everything runs on the scheduler's thread, one task at a time; only `Runtime::deliver` may be called from others.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "sandbox/client.hh"
#include "sandbox/workloads/cache.hh"
#include "sandbox/workloads/options.hh"
#include "sandbox/workloads/scheduler.hh"

namespace taut::sandbox::workloads {

class Controller;
using ClientFor = std::function<ClientPtr(std::string manager)>;

class Runtime {
 public:
  Runtime(ClientFor clients, Scheduler& scheduler, Options options);
  ~Runtime();

  template <class C, class... Args>
  C& add(Args&&... args) {
    auto made = std::make_unique<C>(*this, std::forward<Args>(args)...);
    C& out = *made;
    controllers_.push_back(std::move(made));
    return out;
  }
  // Begins to watch; kinds may be added at any time.
  void watch(std::vector<Gvk> kinds);

  Cache& cache() { return cache_; }
  const Options& options() const { return options_; }
  Time now() const { return scheduler_.now(); }
  std::string now_text() const { return format_rfc3339(now()); }
  ClientPtr client(std::string_view manager) { return clients_(std::string(manager)); }
  // A number below `bound`, from the seed.
  uint64_t random(uint64_t bound) { return bound == 0 ? 0 : random_() % bound; }
  // Runs a task later, unless the Runtime is gone by then. `simulated` delays are shortened by the speed.
  void after(Duration delay, std::function<void()> task);
  Duration simulated(Duration delay) const;

 private:
  void deliver(const Change& change);
  void take(const Change& change);

  ClientFor clients_;
  Scheduler& scheduler_;
  Options options_;
  Cache cache_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Controller>> controllers_;
  std::set<Gvk> watched_;
  ClientPtr watcher_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::vector<std::unique_ptr<Subscription>> subscriptions_;
};

// One control loop: sees every change, queues what it concerns, and brings one object at a time in order.
class Controller {
 public:
  // `manager` is the name in managedFields and the component of events.
  Controller(Runtime& runtime, std::string manager, std::string component);
  virtual ~Controller() = default;
  virtual void observe(const Change& change, const ObjectId& id) = 0;
  // A failure is tried again after a while that grows.
  virtual Status sync(const ObjectId& id) = 0;

 protected:
  void enqueue(const ObjectId& id);
  void enqueue_after(const ObjectId& id, Duration delay);
  void enqueue_owner(const Value& object, const Gvk& kind);

  // Each is known to the cache when it returns.
  Result<Value> create(const Value& object);
  Result<Value> update(const Value& object);
  Result<Value> update_status(const Value& object);
  Result<Value> patch(const Value& object, const Value& merge_patch, std::string_view subresource = "");
  Status remove(const Value& object, const RemoveOptions& options = {});
  void event(const Value& about, std::string_view type, std::string_view reason, std::string_view message);

  Runtime& runtime_;
  Cache& cache_;
  ClientPtr client_;

 private:
  void drain();
  Result<Value> known(Result<Value> written);

  std::string component_;
  std::deque<ObjectId> queue_;
  std::unordered_set<ObjectId> queued_;
  std::map<ObjectId, int> failures_;
  std::map<ObjectId, Time> timers_;
  bool draining_ = false;
};

}  // namespace taut::sandbox::workloads
