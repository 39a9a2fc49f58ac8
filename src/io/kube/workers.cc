#include "io/kube/workers.hh"

namespace taut::kube {

Workers::~Workers() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    jobs_.clear();
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Workers::post_at(Clock::time_point when, Job job) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    jobs_.emplace(when, std::move(job));
    if (idle_ == 0 && threads_.size() < most_) threads_.emplace_back([this] { run(); });
  }
  wake_.notify_one();
}

void Workers::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    auto now = Clock::now();
    if (!jobs_.empty() && jobs_.begin()->first <= now) {
      Job job = std::move(jobs_.begin()->second);
      jobs_.erase(jobs_.begin());
      lock.unlock();
      job();
      job = nullptr;
      lock.lock();
      continue;
    }
    ++idle_;
    if (jobs_.empty()) {
      wake_.wait(lock);
    } else {
      auto first = jobs_.begin()->first;  // a copy: the job may be taken by another meanwhile
      wake_.wait_until(lock, first);
    }
    --idle_;
  }
}

}  // namespace taut::kube
