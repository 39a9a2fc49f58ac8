// The order in which go-yaml writes keys.
#include <cstdint>

#include "base/runes.hh"
#include "base/unicode.hh"
#include "yaml/chars.hh"
#include "yaml/writer.hh"

namespace taut {
namespace {

// The character at `at`, which is moved behind it.
uint32_t decode(std::string_view text, size_t& at) {
  std::string_view rest = text.substr(at);
  uint32_t rune = take_rune(rest);
  at = text.size() - rest.size();
  return rune;
}

// The number that the digits from `at` on make, wrapping as Go's int64 does; moves `at` behind them.
int64_t digits(std::string_view text, size_t& at, uint64_t number) {
  for (; at < text.size() && yaml::is_digit(text[at]); ++at)
    number = number * 10 + static_cast<uint64_t>(text[at] - '0');
  return static_cast<int64_t>(number);
}

// Whether a digit other than 0 stands directly before `at`, zeros between not counted.
bool behind_number(std::string_view text, size_t at) {
  while (at > 0 && yaml::is_digit(text[at - 1]))
    if (text[--at] != '0') return true;
  return false;
}

// `behind_digit`: what both begin with ends with one, which v3 looks at: "1a" comes before "1-".
bool less_at(std::string_view a, size_t i, uint32_t x, std::string_view b, size_t j, uint32_t y, bool behind_digit) {
  bool x_letter = is_letter(x), y_letter = is_letter(y);
  if (x_letter && y_letter) return x < y;
  if (x_letter || y_letter) return behind_digit ? x_letter : y_letter;
  uint64_t start = (x == '0' || y == '0') && behind_number(a, i) ? 1 : 0;
  size_t a_end = i, b_end = j;
  int64_t a_number = digits(a, a_end, start), b_number = digits(b, b_end, start);
  if (a_number != b_number) return a_number < b_number;
  if (a_end - i != b_end - j) return a_end - i < b_end - j;
  return x < y;
}

}  // namespace

bool yaml_key_less(std::string_view a, std::string_view b, YamlForm form) {
  size_t i = 0, j = 0;
  bool behind_digit = false;
  while (i < a.size() && j < b.size()) {
    size_t i_next = i, j_next = j;
    uint32_t x = decode(a, i_next), y = decode(b, j_next);
    if (x != y) return less_at(a, i, x, b, j, y, behind_digit);
    behind_digit = form == YamlForm::kGoV3 && is_digit(x);
    i = i_next;
    j = j_next;
  }
  return i >= a.size() && j < b.size();
}

}  // namespace taut
