#include "render/machine_environment.hh"

#include <sys/random.h>

namespace taut::render {

void fill_random(std::span<uint8_t> bytes) {
  while (!bytes.empty()) {
    ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got > 0) bytes = bytes.subspan(static_cast<size_t>(got));
  }
}

gotmpl::Environment machine_environment() {
  gotmpl::Environment out;
  out.now = [] { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); };
  out.zone = TimeZone::local();
  out.random = fill_random;
  return out;
}

}  // namespace taut::render
