// Knows when the thread's stack is nearly used up, so that deep input becomes an error and not a crash.
#pragma once

#include <cstddef>
#include <cstdint>

namespace taut::gotmpl {

class StackGuard {
 public:
  // Of the calling thread.
  StackGuard();
  bool passed() const { return here() < lowest_; }
  // Half of what is kept in reserve is gone too: for checks between those that give a better error.
  bool far_passed() const { return here() < lowest_ - kReserve / 2; }

 private:
  // Left for functions that templates call.
  static constexpr size_t kReserve = size_t{512} << 10;

  static uintptr_t lowest_of_thread();
  static uintptr_t here() { return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)); }

  uintptr_t lowest_;
};

}  // namespace taut::gotmpl
