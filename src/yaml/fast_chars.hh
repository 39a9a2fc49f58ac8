// Tests on characters that the files of the fast path share.
#pragma once

#include <array>
#include <string_view>

namespace taut::yaml {

inline constexpr std::array<bool, 256> kStartsPlain = [] {
  std::array<bool, 256> out{};
  for (size_t c = 0x21; c < 256; ++c) out[c] = true;
  for (char c : std::string_view(",[]{}#&*!|>'\"%@`-?:")) out[static_cast<unsigned char>(c)] = false;
  return out;
}();

// Whether a plain scalar may start so, whatever comes next.
inline bool starts_plain(char c) { return kStartsPlain[static_cast<unsigned char>(c)]; }

// "---" or "..." with a blank or nothing behind, at the start of a line.
inline bool is_document_marker(const char* line, const char* line_end) {
  if (line_end - line < 3 || (*line != '-' && *line != '.') || line[1] != *line || line[2] != *line) return false;
  return line_end - line == 3 || line[3] == ' ' || line[3] == '\t';
}

}  // namespace taut::yaml
