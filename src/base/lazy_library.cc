#include "base/lazy_library.hh"

#include <dlfcn.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace {

[[noreturn]] void fail() {
  const char* why = dlerror();
  std::fprintf(stderr, "taut: error while loading shared libraries: %s\n", why ? why : "unknown");
  std::_Exit(127);
}

}  // namespace

void* taut_lazy_resolve(const char* soname, const int32_t* names, void** slots, size_t index) {
  void* library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
  if (!library) fail();
  void* function = dlsym(library, reinterpret_cast<const char*>(names) + names[index]);
  if (!function) fail();
  // Threads that come here at once write the same address.
  std::atomic_ref(slots[index]).store(function, std::memory_order_release);
  return function;
}
