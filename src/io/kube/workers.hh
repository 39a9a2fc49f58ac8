// A few threads that run jobs, now or later. Each watch of a cluster is a chain of such jobs.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace taut::kube {

class Workers {
 public:
  using Job = std::function<void()>;
  using Clock = std::chrono::steady_clock;

  // Threads start when they are first needed.
  explicit Workers(size_t threads) : most_(threads) {}
  // Waits for running jobs; jobs that wait are dropped.
  ~Workers();

  void post(Job job) { post_at(Clock::now(), std::move(job)); }
  void post_after(Clock::duration delay, Job job) { post_at(Clock::now() + delay, std::move(job)); }

 private:
  void post_at(Clock::time_point when, Job job);
  void run();

  const size_t most_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<Clock::time_point, Job> jobs_;
  size_t idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace taut::kube
