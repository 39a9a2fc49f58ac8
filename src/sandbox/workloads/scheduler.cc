#include "sandbox/workloads/scheduler.hh"

namespace taut::sandbox::workloads {

ThreadScheduler::ThreadScheduler() : thread_([this] { run(); }) {}

ThreadScheduler::~ThreadScheduler() { stop(); }

Time ThreadScheduler::now() const { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

void ThreadScheduler::after(Duration delay, std::function<void()> task) {
  const auto due = std::chrono::steady_clock::now() + std::max(delay, Duration::zero());
  std::lock_guard lock(mutex_);
  if (stopping_) return;
  auto at = tasks_.emplace(Due{due, sequence_++}, std::move(task)).first;
  if (at == tasks_.begin()) wake_.notify_one();
}

bool ThreadScheduler::has_work(Duration within) {
  const auto end = std::chrono::steady_clock::now() + within;
  std::lock_guard lock(mutex_);
  return running_ || (!tasks_.empty() && tasks_.begin()->first.first <= end);
}

void ThreadScheduler::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  std::lock_guard lock(mutex_);
  tasks_.clear();
}

void ThreadScheduler::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (tasks_.empty()) {
      wake_.wait(lock);
      continue;
    }
    const auto due = tasks_.begin()->first.first;
    if (due > std::chrono::steady_clock::now()) {
      wake_.wait_until(lock, due);
      continue;
    }
    std::function<void()> task = std::move(tasks_.begin()->second);
    tasks_.erase(tasks_.begin());
    running_ = true;
    lock.unlock();
    task();
    lock.lock();
    running_ = false;
  }
}

void FakeScheduler::after(Duration delay, std::function<void()> task) {
  tasks_.emplace(std::pair{now_ + std::max(delay, Duration::zero()), sequence_++}, std::move(task));
}

void FakeScheduler::run_for(Duration span) {
  const Time end = now_ + span;
  while (!tasks_.empty() && tasks_.begin()->first.first <= end) {
    now_ = tasks_.begin()->first.first;
    std::function<void()> task = std::move(tasks_.begin()->second);
    tasks_.erase(tasks_.begin());
    task();
  }
  now_ = end;
}

}  // namespace taut::sandbox::workloads
