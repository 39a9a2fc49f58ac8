// The in-process Client over an Api's cluster.
#pragma once

#include <condition_variable>
#include <thread>

#include "sandbox/client.hh"
#include "sandbox/watch.hh"
#include "sandbox/writer.hh"

namespace taut::sandbox {

// Delivers the store's log to subscribers, on one thread. Thread-safe.
class Dispatcher {
 public:
  explicit Dispatcher(Cluster& cluster);
  ~Dispatcher();
  void start();
  void stop();
  void notify();
  // Whether every change was delivered.
  bool is_done();

  class Subscriber : public Subscription {
   public:
    Subscriber(Dispatcher& owner, std::vector<Gvk> kinds, std::function<void(const Change&)> callback)
        : owner_(owner), kinds_(std::move(kinds)), callback_(std::move(callback)) {}
    ~Subscriber() override { owner_.forget(this); }

   private:
    friend class Dispatcher;
    Dispatcher& owner_;
    std::vector<Gvk> kinds_;
    std::function<void(const Change&)> callback_;
    uint64_t position_ = 0;
    bool primed_ = false;
  };
  std::unique_ptr<Subscription> subscribe(std::vector<Gvk> kinds, std::function<void(const Change&)> callback);

 private:
  void forget(Subscriber* subscriber);
  void run();
  void serve(Subscriber& subscriber);
  void prime(Subscriber& subscriber);

  Cluster& cluster_;
  std::thread thread_;
  std::mutex mutex_;  // of the list and the flags
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::vector<Subscriber*> subscribers_;
  Subscriber* serving_ = nullptr;
  bool pending_ = false;
  bool stopping_ = false;
};

ClientPtr make_local_client(Cluster& cluster, Writer& writer, Dispatcher& dispatcher, std::string manager);

}  // namespace taut::sandbox
