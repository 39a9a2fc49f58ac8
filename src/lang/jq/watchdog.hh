// Ends what takes too long. Internal to the room.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

extern "C" {
#include <jq.h>
}

namespace taut::jq {

// One thread for all programs of the process. libjq looks at its halt flag before each instruction, and has no other
// way to be interrupted.
class Watchdog {
 public:
  static Watchdog& instance();
  ~Watchdog();

  // While it lives `program` is halted once `limit` is over.
  class Watch {
   public:
    Watch(jq_state* program, std::chrono::nanoseconds limit);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    bool expired() const;

   private:
    std::multimap<std::chrono::steady_clock::time_point, Watch*>::iterator place_;
    jq_state* program_;
    bool expired_ = false;
    friend class Watchdog;
  };

 private:
  Watchdog();
  void run();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<std::chrono::steady_clock::time_point, Watch*> watches_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace taut::jq
