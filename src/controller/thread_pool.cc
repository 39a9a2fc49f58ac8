#include "controller/thread_pool.hh"

namespace taut::controller {

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::run(std::function<void()> work, bool may_wait) {
  std::lock_guard lock(mutex_);
  if (stopping_) return;
  (may_wait ? later_ : work_).push_back(std::move(work));
  if (idle_ < work_.size() + later_.size() && threads_.size() < size_) threads_.emplace_back([this] { loop(); });
  changed_.notify_one();
}

void ThreadPool::stop() {
  std::vector<std::thread> threads;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    work_.clear();
    later_.clear();
    threads.swap(threads_);
    changed_.notify_all();
  }
  for (auto& thread : threads) thread.join();
}

void ThreadPool::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait(lock, [this] { return stopping_ || !work_.empty() || !later_.empty(); });
    --idle_;
    if (stopping_) return;
    auto& queue = work_.empty() ? later_ : work_;
    auto work = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace taut::controller
