// Threads for work that blocks. They are started when there is work for them, at most `size` of them.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/event.hh"

namespace taut::controller {

class ThreadPool {
 public:
  explicit ThreadPool(size_t size) : size_(size) {}
  // Waits for what runs; what has not begun is dropped.
  ~ThreadPool();
  // What is less urgent is begun only when nothing else is left.
  void run(std::function<void()> work, engine::Urgency urgency = engine::Urgency::kNow);
  void stop();

 private:
  void loop();

  const size_t size_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<std::deque<std::function<void()>>, 3> work_;  // by urgency
  size_t waiting_ = 0;                                     // in all of them
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace taut::controller
