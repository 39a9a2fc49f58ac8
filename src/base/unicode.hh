// Properties and case of characters, as Go's unicode package gives them (Unicode 15).
#pragma once

#include <cstdint>

namespace taut {

bool is_upper(uint32_t rune);   // Lu
bool is_lower(uint32_t rune);   // Ll
bool is_title(uint32_t rune);   // Lt
bool is_letter(uint32_t rune);  // L
bool is_digit(uint32_t rune);   // Nd
bool is_number(uint32_t rune);  // N
bool is_punct(uint32_t rune);   // P
bool is_space(uint32_t rune);   // White_Space
// L, M, N, P, S and the blank: what %q leaves as it is.
bool is_print(uint32_t rune);

// By the simple mappings: one character to one.
uint32_t to_upper(uint32_t rune);
uint32_t to_lower(uint32_t rune);
uint32_t to_title(uint32_t rune);

}  // namespace taut
