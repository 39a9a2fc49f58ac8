#include "lang/gotmpl/stack_guard.hh"

#include <pthread.h>

namespace taut::gotmpl {
namespace {

// Left for functions that templates call.
constexpr size_t kReserve = size_t{512} << 10;

uintptr_t lowest_of_thread() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* lowest = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  return reinterpret_cast<uintptr_t>(lowest) + (size > 4 * kReserve ? kReserve : size / 4);
}

}  // namespace

StackGuard::StackGuard() {
  static thread_local const uintptr_t lowest = lowest_of_thread();
  lowest_ = lowest;
}

}  // namespace taut::gotmpl
