// Knows when the thread's stack is nearly used up, so that deep input becomes an error and not a crash.
#pragma once

#include <cstddef>
#include <cstdint>

namespace taut::gotmpl {

class StackGuard {
 public:
  // Of the calling thread.
  StackGuard();
  bool passed() const { return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < lowest_; }

 private:
  uintptr_t lowest_;
};

}  // namespace taut::gotmpl
