// UTF-8 by characters, as Go's utf8 package: a byte that begins no valid character is U+FFFD.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taut {

// Takes the first character off a text that is not empty; `bad` (if given) is set where it is no valid UTF-8.
uint32_t take_rune(std::string_view& text, bool* bad = nullptr);
bool valid_runes(std::string_view text);
std::string rune_text(uint32_t rune);

// Without the characters at both ends that `cut` wants gone; bytes that are no UTF-8 count as U+FFFD.
template <class Test>
std::string_view trim_runes(std::string_view text, Test cut) {
  while (!text.empty()) {
    std::string_view rest = text;
    if (!cut(take_rune(rest))) break;
    text = rest;
  }
  while (!text.empty()) {
    size_t start = text.size() - 1;
    while (start > 0 && text.size() - start < 4 && (text[start] & 0xC0) == 0x80) --start;
    std::string_view tail = text.substr(start);
    bool bad = false;
    uint32_t rune = take_rune(tail, &bad);
    if (bad || !tail.empty()) start = text.size() - 1, rune = 0xFFFD;
    if (!cut(rune)) break;
    text = text.substr(0, start);
  }
  return text;
}

}  // namespace taut
