// Watches over HTTP: events of one resource after a revision, filtered, until a timeout or the client's going.
#pragma once

#include "object/selector.hh"
#include "sandbox/render.hh"
#include "sandbox/request_info.hh"
#include "sandbox/selection.hh"

namespace taut::sandbox {

// Wakes the streams that wait for commits. Thread-safe.
class WatchHub {
 public:
  // Calls `wake` after every commit until the returned handle is destroyed.
  class Handle {
   public:
    Handle(WatchHub& hub, std::function<void()> wake) : hub_(hub), id_(hub.add(std::move(wake))) {}
    ~Handle() { hub_.remove(id_); }
    Handle(const Handle&) = delete;

   private:
    WatchHub& hub_;
    uint64_t id_;
  };
  explicit WatchHub(Store& store) { store.on_commit([this] { notify(); }); }
  void notify();
  size_t count() const;

 private:
  uint64_t add(std::function<void()> wake);
  void remove(uint64_t id);
  mutable std::mutex mutex_;
  uint64_t next_ = 0;
  std::map<uint64_t, std::function<void()>> wakers_;
};

struct WatchOptions {
  ListQuery query;
  Selection selection;
  std::string prefix;  // "" or "namespace/"
  Accepted accepted;
  std::shared_ptr<void> place;  // held as long as the watch lives
};

// The answer to a watch: a chunked stream of events.
Response watch_response(Cluster& cluster, WatchHub& hub, ResourcePtr resource, WatchOptions options);

}  // namespace taut::sandbox
