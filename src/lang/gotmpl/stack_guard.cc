#include "lang/gotmpl/stack_guard.hh"

#include <pthread.h>

namespace taut::gotmpl {

uintptr_t StackGuard::lowest_of_thread() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return kReserve;
  void* lowest = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  return reinterpret_cast<uintptr_t>(lowest) + kReserve;
}

StackGuard::StackGuard() {
  static thread_local const uintptr_t lowest = lowest_of_thread();
  lowest_ = lowest;
}

}  // namespace taut::gotmpl
