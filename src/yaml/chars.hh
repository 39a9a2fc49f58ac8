// Character classes of YAML 1.1 as libyaml and go-yaml see them. Bytes are UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace taut::yaml {

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_word(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}
// -1 when `c` is no hexadecimal digit.
inline int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Length in bytes of the line break at the start of `text` (CR LF counts as one), 0 if there is none.
// Next line (U+0085), line separator and paragraph separator are breaks in YAML 1.1.
inline size_t break_length(std::string_view text) {
  if (text.empty()) return 0;
  switch (text[0]) {
    case '\n': return 1;
    case '\r': return text.size() > 1 && text[1] == '\n' ? 2 : 1;
    case '\xC2': return text.size() > 1 && text[1] == '\x85' ? 2 : 0;
    case '\xE2':
      return text.size() > 2 && text[1] == '\x80' && (text[2] == '\xA8' || text[2] == '\xA9') ? 3 : 0;
    default: return 0;
  }
}

// Length of a UTF-8 sequence by its first byte, 0 if no sequence starts so.
inline size_t sequence_width(unsigned char first) {
  return first < 0x80 ? 1 : (first & 0xE0) == 0xC0 ? 2 : (first & 0xF0) == 0xE0 ? 3 : (first & 0xF8) == 0xF0 ? 4 : 0;
}

inline void append_utf8(uint32_t point, std::string& out) {
  if (point < 0x80) {
    out += static_cast<char>(point);
    return;
  }
  int tail = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  constexpr uint32_t kLead[] = {0, 0xC0, 0xE0, 0xF0};
  out += static_cast<char>(kLead[tail] | point >> (6 * tail));
  while (tail-- > 0) out += static_cast<char>(0x80 | (point >> (6 * tail) & 0x3F));
}

}  // namespace taut::yaml
