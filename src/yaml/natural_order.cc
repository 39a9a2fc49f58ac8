// The order in which go-yaml v2 writes keys.
#include <cstdint>

#include "yaml/chars.hh"
#include "yaml/writer.hh"

namespace taut {
namespace {

uint32_t decode(std::string_view text, size_t& at) {
  auto first = static_cast<unsigned char>(text[at]);
  size_t width = yaml::sequence_width(first);
  if (width <= 1 || at + width > text.size()) return ++at, first;
  uint32_t point = first & (0x7Fu >> width);
  for (size_t i = 1; i < width; ++i) point = point << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3F);
  at += width;
  return point;
}

struct Range {
  uint32_t first, last;
};
// What above ASCII is no letter, in broad strokes: symbols, punctuation, private use, pictures. Keys in other
// scripts sort right; rare signs inside those scripts may not.
constexpr Range kNoLetters[] = {
    {0x80, 0xA9},     {0xAB, 0xB4},     {0xB6, 0xB9},     {0xBB, 0xBF},     {0xD7, 0xD7},       {0xF7, 0xF7},
    {0x2C2, 0x2C5},   {0x2D2, 0x2DF},   {0x300, 0x36F},   {0x2000, 0x2070}, {0x2072, 0x207E},   {0x2080, 0x208F},
    {0x20A0, 0x2101}, {0x2190, 0x2BFF}, {0x2E00, 0x2E2E}, {0x2E30, 0x3004}, {0x3007, 0x3030},   {0xD800, 0xF8FF},
    {0xFE00, 0xFE6F}, {0xFEFF, 0xFF20}, {0xFF3B, 0xFF40}, {0xFFE0, 0xFFFF}, {0x1F000, 0x1FAFF}, {0xE0000, 0x10FFFF},
};

bool is_letter(uint32_t point) {
  if (point < 0x80) return (point | 0x20) >= 'a' && (point | 0x20) <= 'z';
  for (const Range& range : kNoLetters)
    if (point >= range.first && point <= range.last) return false;
  return true;
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

bool less_at(std::string_view a, size_t i, uint32_t x, std::string_view b, size_t j, uint32_t y) {
  bool x_letter = is_letter(x), y_letter = is_letter(y);
  if (x_letter && y_letter) return x < y;
  if (x_letter || y_letter) return y_letter;
  uint64_t start = (x == '0' || y == '0') && behind_number(a, i) ? 1 : 0;
  size_t a_end = i, b_end = j;
  int64_t a_number = digits(a, a_end, start), b_number = digits(b, b_end, start);
  if (a_number != b_number) return a_number < b_number;
  if (a_end - i != b_end - j) return a_end - i < b_end - j;
  return x < y;
}

}  // namespace

bool yaml_key_less(std::string_view a, std::string_view b) {
  size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    size_t i_next = i, j_next = j;
    uint32_t x = decode(a, i_next), y = decode(b, j_next);
    if (x != y) return less_at(a, i, x, b, j, y);
    i = i_next;
    j = j_next;
  }
  return i >= a.size() && j < b.size();
}

}  // namespace taut
