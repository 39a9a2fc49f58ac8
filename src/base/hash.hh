// Content hashes. Hash128 names content inside one process and its caches; it is not for security.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace taut {

struct Hash128 {
  uint64_t high = 0;
  uint64_t low = 0;
  auto operator<=>(const Hash128&) const = default;
  std::string hex() const;
};

// XXH3, 128 bits and 64 bits.
Hash128 hash128(std::string_view bytes);
uint64_t hash64(std::string_view bytes);

// Mixes one more word into a running 64-bit hash.
inline uint64_t mix(uint64_t seed, uint64_t word) {
  seed ^= word + 0x9E3779B97F4A7C15ull + (seed << 6) + (seed >> 2);
  seed *= 0xBF58476D1CE4E5B9ull;
  return seed ^ (seed >> 31);
}

}  // namespace taut

template <>
struct std::hash<taut::Hash128> {
  size_t operator()(const taut::Hash128& h) const noexcept { return h.low; }
};
