// Any text as one with substitutions: it ends in text or in an error, and what it gives without a dollar sign is left
// alone the second time.
#include <string>
#include <string_view>

#include "lang/envsubst/envsubst.hh"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto lookup = [](std::string_view name) -> std::optional<std::string> {
    if (name.size() == 1) return "a/b*C\xC3\xA9";
    return name.size() == 2 ? std::optional<std::string>("") : std::nullopt;
  };
  auto out = taut::envsubst::substitute(text, lookup);
  if (!out) {
    if (out.error().message().empty()) __builtin_trap();
    return 0;
  }
  if (out->find('$') != std::string::npos || out->find('\0') != std::string::npos) return 0;
  auto again = taut::envsubst::substitute(*out, lookup);
  if (!again || *again != *out) __builtin_trap();
  return 0;
}
