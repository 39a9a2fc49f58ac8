#include "lang/jq/watchdog.hh"

namespace taut::jq {

using Clock = std::chrono::steady_clock;

Watchdog& Watchdog::instance() {
  static Watchdog dog;
  return dog;
}

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (watches_.empty()) {
      changed_.wait(lock);
      continue;
    }
    auto first = watches_.begin();
    // A copy: while the lock is given up the watch, and its key with it, may go.
    Clock::time_point end = first->first;
    if (Clock::now() < end) {
      changed_.wait_until(lock, end);
      continue;
    }
    Watch& watch = *first->second;
    watches_.erase(first);
    watch.expired_ = true;
    jq_halt(watch.program_, jv_invalid(), jv_invalid());
  }
}

Watchdog::Watch::Watch(jq_state* program, std::chrono::nanoseconds limit) : program_(program) {
  Watchdog& dog = instance();
  std::lock_guard lock(dog.mutex_);
  place_ = dog.watches_.emplace(Clock::now() + limit, this);
  if (place_ == dog.watches_.begin()) dog.changed_.notify_all();
}

Watchdog::Watch::~Watch() {
  Watchdog& dog = instance();
  std::lock_guard lock(dog.mutex_);
  if (!expired_) dog.watches_.erase(place_);
}

bool Watchdog::Watch::expired() const {
  Watchdog& dog = instance();
  std::lock_guard lock(dog.mutex_);
  return expired_;
}

}  // namespace taut::jq
