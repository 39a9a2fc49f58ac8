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

}  // namespace taut
