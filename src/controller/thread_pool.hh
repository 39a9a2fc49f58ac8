// Threads for work that blocks. They are started when there is work for them, at most `size` of them.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace taut::controller {

class ThreadPool {
 public:
  explicit ThreadPool(size_t size) : size_(size) {}
  // Waits for what runs; what has not begun is dropped.
  ~ThreadPool();
  // What may wait is begun only when nothing else is left.
  void run(std::function<void()> work, bool may_wait = false);
  void stop();

 private:
  void loop();

  const size_t size_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> work_;
  std::deque<std::function<void()>> later_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace taut::controller
