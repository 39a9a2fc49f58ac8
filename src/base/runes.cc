#include "base/runes.hh"

namespace taut {

uint32_t take_rune(std::string_view& text, bool* bad) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  uint32_t first = byte(0);
  size_t length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  uint32_t rune = length == 1 ? first : first & (0x7Fu >> length);
  bool good = length != 0 && length <= text.size();
  for (size_t i = 1; good && i < length; ++i) {
    good = (byte(i) & 0xC0) == 0x80;
    rune = rune << 6 | (byte(i) & 0x3F);
  }
  // Overlong forms, surrogates and what lies beyond Unicode.
  if (good && length == 3) good = rune >= 0x800 && (rune < 0xD800 || rune > 0xDFFF);
  if (good && length == 4) good = rune >= 0x10000 && rune <= 0x10FFFF;
  text.remove_prefix(good ? length : 1);
  if (!good && bad != nullptr) *bad = true;
  return good ? rune : 0xFFFD;
}

bool valid_runes(std::string_view text) {
  bool bad = false;
  while (!text.empty() && !bad) take_rune(text, &bad);
  return !bad;
}

std::string rune_text(uint32_t rune) {
  std::string out;
  if (rune < 0x80) {
    out += static_cast<char>(rune);
  } else if (rune < 0x800) {
    out += static_cast<char>(0xC0 | rune >> 6);
    out += static_cast<char>(0x80 | (rune & 0x3F));
  } else if (rune < 0x10000) {
    out += static_cast<char>(0xE0 | rune >> 12);
    out += static_cast<char>(0x80 | (rune >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (rune & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | rune >> 18);
    out += static_cast<char>(0x80 | (rune >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (rune >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (rune & 0x3F));
  }
  return out;
}

}  // namespace taut
