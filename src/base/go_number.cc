#include "base/go_number.hh"

#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace taut {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c; }
bool decimal_digit(char c) { return c >= '0' && c <= '9'; }
bool hex_digit(char c) { return decimal_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); }

// "_" must stand between digits, or between the prefix of the base and a digit.
bool underscores_fit(std::string_view text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  char last = '^';
  bool hex = false;
  if (text.size() >= 2 && text[0] == '0' && (lower(text[1]) == 'b' || lower(text[1]) == 'o' || lower(text[1]) == 'x')) {
    hex = lower(text[1]) == 'x';
    text.remove_prefix(2);
    last = '0';
  }
  for (char c : text) {
    bool digit = decimal_digit(c) || (hex && hex_digit(c));
    if (c == '_' ? last != '0' : !digit && last == '_') return false;
    last = digit ? '0' : c == '_' ? '_' : '!';
  }
  return last != '_';
}

std::string without_underscores(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c != '_') out += c;
  return out;
}

// Takes the prefix off and says which base it stands for.
int take_base(std::string_view& digits) {
  if (!digits.starts_with('0')) return 10;
  char mark = digits.size() >= 3 ? lower(digits[1]) : '\0';
  int base = mark == 'b' ? 2 : mark == 'o' ? 8 : mark == 'x' ? 16 : 0;
  digits.remove_prefix(base == 0 ? 1 : 2);
  return base == 0 ? 8 : base;
}

// [+-]digits[.digits][e[+-]digits], with hexadecimal digits and a p after "0x"; what std::from_chars takes is wider.
bool is_float(std::string_view text, bool hex) {
  size_t i = 0;
  bool digits = false, exponent = false;
  auto run = [&](auto is_digit) {
    for (; i < text.size() && is_digit(text[i]); ++i) digits = true;
  };
  auto is_digit = [&](char c) { return hex ? hex_digit(c) : decimal_digit(c); };
  run(is_digit);
  if (i < text.size() && text[i] == '.') ++i, run(is_digit);
  if (!digits) return false;
  if (i < text.size() && lower(text[i]) == (hex ? 'p' : 'e')) {
    exponent = true;
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    digits = false;
    run(decimal_digit);
    if (!digits) return false;
  }
  return i == text.size() && (exponent || !hex);
}

bool parse_special(std::string_view text, bool is_signed, double& out) {
  std::string word;
  for (char c : text) word += lower(c);
  if (word == "inf" || word == "infinity") out = std::numeric_limits<double>::infinity();
  else if (word == "nan" && !is_signed) out = std::numeric_limits<double>::quiet_NaN();
  else return false;
  return true;
}

}  // namespace

namespace {

// The digits of `text`, which is them with their sign.
NumberFault read_magnitude(std::string_view text, std::string_view digits, int base, uint64_t& value) {
  value = 0;
  std::string plain;
  if (digits.empty()) return NumberFault::kSyntax;
  if (base == 0) {
    base = take_base(digits);
    if (digits.find('_') != std::string_view::npos) {
      if (!underscores_fit(text)) return NumberFault::kSyntax;
      digits = plain = without_underscores(digits);
    }
    if (digits.empty()) return NumberFault::kNone;
  }
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (end != digits.data() + digits.size() || error == std::errc::invalid_argument) return NumberFault::kSyntax;
  if (error != std::errc::result_out_of_range) return NumberFault::kNone;
  value = std::numeric_limits<uint64_t>::max();
  return NumberFault::kRange;
}

}  // namespace

ParsedInt parse_go_int(std::string_view text, int base) {
  bool negative = text.starts_with('-');
  bool is_signed = negative || text.starts_with('+');
  uint64_t value = 0;
  NumberFault fault = read_magnitude(text, text.substr(is_signed ? 1 : 0), base, value);
  if (fault == NumberFault::kSyntax) return {0, fault};
  uint64_t limit = (uint64_t{1} << 63) - (negative ? 0 : 1);
  if (value > limit) {
    value = limit;
    fault = NumberFault::kRange;
  }
  return {static_cast<int64_t>(negative ? 0 - value : value), fault};
}

ParsedUint parse_go_uint(std::string_view text, int base) {
  ParsedUint out;
  out.fault = read_magnitude(text, text, base, out.value);
  if (out.fault == NumberFault::kSyntax) out.value = 0;
  return out;
}

ParsedFloat parse_go_float(std::string_view text) {
  constexpr ParsedFloat kBad{0, NumberFault::kSyntax};
  std::string plain;
  if (text.find('_') != std::string_view::npos) {
    if (!underscores_fit(text)) return kBad;
    text = plain = without_underscores(text);
  }
  bool negative = text.starts_with('-');
  bool is_signed = negative || text.starts_with('+');
  if (is_signed) text.remove_prefix(1);
  ParsedFloat out;
  if (!parse_special(text, is_signed, out.value)) {
    bool hex = text.size() > 2 && text[0] == '0' && lower(text[1]) == 'x';
    if (hex) text.remove_prefix(2);
    if (!is_float(text, hex)) return kBad;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.value,
                                        hex ? std::chars_format::hex : std::chars_format::general);
    if (error == std::errc::result_out_of_range) {
      // Too small is 0 for Go, too large an error.
      out.value = std::strtod(((hex ? "0x" : "") + std::string(text)).c_str(), nullptr);
      if (std::isinf(out.value)) out.fault = NumberFault::kRange;
    }
  }
  if (negative) out.value = -out.value;
  return out;
}

}  // namespace taut
