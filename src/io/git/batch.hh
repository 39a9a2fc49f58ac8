// One piece of work done for all who ask at the same time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

#include "base/result.hh"

namespace taut::git {

// Whoever asks while the work is under way waits for the next run, and shares it with all who ask meanwhile: each
// answer comes from a run that began after the question. Thread-safe.
template <class T>
class Batch {
 public:
  template <class Work>
  Result<T> run(Work&& work) {
    std::unique_lock lock(mutex_);
    uint64_t wanted = started_ + 1;  // the first run that begins from now on
    while (running_ && finished_ < wanted) changed_.wait(lock);
    if (finished_ >= wanted) return *last_;
    running_ = true;
    uint64_t mine = ++started_;
    lock.unlock();
    Result<T> result = work();
    lock.lock();
    last_ = result;
    finished_ = mine;
    running_ = false;
    lock.unlock();
    changed_.notify_all();
    return result;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t started_ = 0;
  uint64_t finished_ = 0;
  bool running_ = false;
  std::optional<Result<T>> last_;
};

}  // namespace taut::git
