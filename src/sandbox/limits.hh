// How much one client may ask for: requests a second of each user, and watches of all. Stands where the real server
// has API priority and fairness, and refuses in its words.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "sandbox/cluster.hh"
#include "sandbox/http.hh"

namespace taut::sandbox {

struct LimitOptions {
  // Of each user; twice as many may come at once. 0: no limit. system:masters are exempt, as in the real server.
  double requests_per_second = 1000;
  size_t watches = 10'000;  // at the same time, of all users
};

// Thread-safe.
class Limits {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Limits(LimitOptions options) : options_(options) {}

  // Whether one more request of this user fits. Those who could not be authenticated share one allowance.
  bool admit(const User& user, Clock::time_point now = Clock::now());
  // Holds a place among the watches until it is destroyed; nullptr when there is none left.
  std::shared_ptr<void> take_watch();

 private:
  struct Bucket {
    double tokens;
    Clock::time_point filled;
  };
  void forget_idle(Clock::time_point now);

  LimitOptions options_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
  std::shared_ptr<std::atomic<size_t>> watches_ = std::make_shared<std::atomic<size_t>>(0);
};

// The 429 of the real server, which is text.
Response too_many_requests();

}  // namespace taut::sandbox
