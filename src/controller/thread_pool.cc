#include "controller/thread_pool.hh"

#include <algorithm>

namespace taut::controller {

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::run(std::function<void()> work, engine::Urgency urgency) {
  std::lock_guard lock(mutex_);
  if (stopping_) return;
  work_[static_cast<size_t>(urgency)].push_back(std::move(work));
  ++waiting_;
  if (idle_ < waiting_ && threads_.size() < size_) threads_.emplace_back([this] { loop(); });
  changed_.notify_one();
}

void ThreadPool::stop() {
  std::vector<std::thread> threads;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    work_ = {};
    waiting_ = 0;
    threads.swap(threads_);
    changed_.notify_all();
  }
  for (auto& thread : threads) thread.join();
}

void ThreadPool::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait(lock, [this] { return stopping_ || waiting_ > 0; });
    --idle_;
    if (stopping_) return;
    auto& queue = *std::ranges::find_if(work_, [](const auto& one) { return !one.empty(); });
    auto work = std::move(queue.front());
    queue.pop_front();
    --waiting_;
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace taut::controller
