// git's porcelain and taut's answers to it: any text gives lines or an error, and lines of a commit are alike.
#include <cstdint>
#include <cstdlib>

#include "io/git/blame.hh"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto lines = taut::git::parse_blame({reinterpret_cast<const char*>(data), size});
  if (!lines) return 0;
  for (const auto& line : *lines)
    if (line.sha.size() != 40) std::abort();
  return 0;
}
