#include "base/unicode.hh"

#include <utf8proc.h>

namespace taut {

namespace {

utf8proc_category_t category(uint32_t rune) {
  return rune > 0x10FFFF ? UTF8PROC_CATEGORY_CN : utf8proc_category(static_cast<utf8proc_int32_t>(rune));
}

bool within(uint32_t rune, utf8proc_category_t first, utf8proc_category_t last) {
  utf8proc_category_t found = category(rune);
  return found >= first && found <= last;
}

bool ascii_upper(uint32_t rune) { return rune >= 'A' && rune <= 'Z'; }
bool ascii_lower(uint32_t rune) { return rune >= 'a' && rune <= 'z'; }
bool ascii_digit(uint32_t rune) { return rune >= '0' && rune <= '9'; }

}  // namespace

bool is_upper(uint32_t rune) {
  return rune < 0x80 ? ascii_upper(rune) : category(rune) == UTF8PROC_CATEGORY_LU;
}
bool is_lower(uint32_t rune) {
  return rune < 0x80 ? ascii_lower(rune) : category(rune) == UTF8PROC_CATEGORY_LL;
}
bool is_title(uint32_t rune) { return rune >= 0x80 && category(rune) == UTF8PROC_CATEGORY_LT; }
bool is_letter(uint32_t rune) {
  return rune < 0x80 ? ascii_upper(rune) || ascii_lower(rune)
                     : within(rune, UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LO);
}
bool is_digit(uint32_t rune) {
  return rune < 0x80 ? ascii_digit(rune) : category(rune) == UTF8PROC_CATEGORY_ND;
}
bool is_number(uint32_t rune) {
  return rune < 0x80 ? ascii_digit(rune) : within(rune, UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NO);
}
bool is_punct(uint32_t rune) { return within(rune, UTF8PROC_CATEGORY_PC, UTF8PROC_CATEGORY_PO); }

bool is_space(uint32_t rune) {
  switch (rune) {
    case '\t': case '\n': case '\v': case '\f': case '\r': case ' ': case 0x85: case 0xA0: case 0x1680:
    case 0x2028: case 0x2029: case 0x202F: case 0x205F: case 0x3000: return true;
    default: return rune >= 0x2000 && rune <= 0x200A;
  }
}

bool is_print(uint32_t rune) {
  if (rune < 0x80) return rune >= 0x20 && rune < 0x7F;
  return within(rune, UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_SO);
}

uint32_t to_upper(uint32_t rune) {
  if (rune < 0x80) return ascii_lower(rune) ? rune - 32 : rune;
  // The library has a mapping for sharp s, Unicode's simple ones have not.
  if (rune == 0xDF || rune > 0x10FFFF) return rune;
  return static_cast<uint32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(rune)));
}

uint32_t to_lower(uint32_t rune) {
  if (rune < 0x80) return ascii_upper(rune) ? rune + 32 : rune;
  if (rune > 0x10FFFF) return rune;
  return static_cast<uint32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(rune)));
}

uint32_t to_title(uint32_t rune) {
  if (rune < 0x80) return ascii_lower(rune) ? rune - 32 : rune;
  if (rune == 0xDF || rune > 0x10FFFF) return rune;
  return static_cast<uint32_t>(utf8proc_totitle(static_cast<utf8proc_int32_t>(rune)));
}

}  // namespace taut
