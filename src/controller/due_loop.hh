// The thread of those that look after many things, each of which is due at a time of its own.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/time.hh"
#include "port/clock.hh"

namespace taut::controller {

// Calls `begin(name, entry)` for what is due in `entries`, a map whose values have `due` and `busy`, which is set before, and
// waits for what is due next, until `stopping`. The lock is held in `begin` and not while waiting; whoever changes an
// entry or `stopping` under it notifies `changed`.
template <class Entries, class Begin>
void run_due(std::mutex& mutex, std::condition_variable& changed, const bool& stopping, const Clock& clock, Entries& entries, Begin begin) {
  std::unique_lock lock(mutex);
  while (!stopping) {
    Time now = clock.now(), next = Time::max();
    for (auto& [name, entry] : entries) {
      if (entry.busy) continue;
      if (entry.due > now) {
        next = std::min(next, entry.due);
        continue;
      }
      entry.busy = true;
      begin(name, entry);
    }
    if (next == Time::max())
      changed.wait(lock);
    else
      changed.wait_for(lock, std::min<Duration>(next - now, std::chrono::hours(1)));
  }
}

}  // namespace taut::controller
