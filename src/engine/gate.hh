// When a Unit may be synced at all: the neutral form of Argo CD's sync windows.
#pragma once

#include <optional>
#include <string>

#include "base/time.hh"

namespace taut::engine {

// Immutable and thread-safe.
class Gate {
 public:
  virtual ~Gate() = default;

  struct Answer {
    bool open = true;
    std::string reason;              // why it cannot be told, when the gate itself is faulty
    std::optional<Time> ask_again;   // when the answer may change
  };
  // `started`: of an operation that runs already, which may be let through where a new one is not.
  virtual Answer ask(Time now, bool manual, std::optional<Time> started) const = 0;
};

}  // namespace taut::engine
