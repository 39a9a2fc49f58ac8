// Time and order for the simulated controllers: everything they do is a task that runs at a point in time, one at a
// time. A real scheduler has a thread; a fake one is stepped by a test, so that a scenario of minutes takes no time
// and always ends the same.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "base/time.hh"

namespace taut::sandbox::workloads {

class Scheduler {
 public:
  virtual ~Scheduler() = default;
  virtual Time now() const = 0;
  // Runs `task` after `delay`; tasks due at one time run in the order in which they were given. Any thread may call.
  virtual void after(Duration delay, std::function<void()> task) = 0;
};

// A thread of its own that sleeps until something is due; idle costs nothing.
class ThreadScheduler : public Scheduler {
 public:
  ThreadScheduler();
  ~ThreadScheduler() override;  // stops
  Time now() const override;
  void after(Duration delay, std::function<void()> task) override;
  // Whether a task runs, or is due within the span.
  bool has_work(Duration within);
  // Waits for the running task and drops the others. Idempotent; not from within a task.
  void stop();

 private:
  using Due = std::pair<std::chrono::steady_clock::time_point, uint64_t>;
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<Due, std::function<void()>> tasks_;
  uint64_t sequence_ = 0;
  bool running_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

// A clock that moves only when it is told to. Not thread-safe.
class FakeScheduler : public Scheduler {
 public:
  explicit FakeScheduler(Time start) : now_(start) {}
  Time now() const override { return now_; }
  void after(Duration delay, std::function<void()> task) override;
  // Runs all that is due within `span`, then stands at its end.
  void run_for(Duration span);
  bool idle() const { return tasks_.empty(); }

 private:
  std::map<std::pair<Time, uint64_t>, std::function<void()>> tasks_;
  uint64_t sequence_ = 0;
  Time now_;
};

}  // namespace taut::sandbox::workloads
