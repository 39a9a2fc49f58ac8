// Looks for the bytes inside JSON strings that need a second look, eight at a time.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace taut {

// The first place from `at` on with a quote, a backslash, a control character or a byte outside ASCII; the size of the
// text when there is none.
inline size_t end_of_plain(std::string_view text, size_t at) {
  static_assert(std::endian::native == std::endian::little);
  constexpr uint64_t kOnes = 0x0101010101010101ull, kHigh = kOnes << 7;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    uint64_t quote = word ^ kOnes * '"', slash = word ^ kOnes * '\\';
    // The high bit of each byte that is meant; bytes behind the first may be marked wrongly.
    uint64_t found = (word | (word - kOnes * 0x20) | (quote - kOnes) | (slash - kOnes)) & kHigh;
    if (found != 0) return at + static_cast<size_t>(std::countr_zero(found)) / 8;
  }
  for (; at < text.size(); ++at) {
    auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') break;
  }
  return at;
}

}  // namespace taut
