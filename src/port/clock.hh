// The port to time.
#pragma once

#include "base/time.hh"

namespace taut {

class Clock {
 public:
  virtual ~Clock() = default;
  // Thread-safe.
  virtual Time now() const = 0;
};

class SystemClock : public Clock {
 public:
  Time now() const override { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }
};

}  // namespace taut
