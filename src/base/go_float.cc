// strconv.FormatFloat
#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>

#include "base/go_number.hh"

namespace taut {
namespace {

// Decimal digits without trailing zeros, and where the point is: 0.DIGITS * 10^point.
struct Decimal {
  std::string digits;
  int point = 0;
};

// `count` significant digits, rounded; 0 for the fewest that read back.
Decimal decimal_of(double number, int count) {
  char buffer[1200];
  auto end = count == 0 ? std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr
                        : std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific,
                                        std::min(count, 1000) - 1)
                              .ptr;
  std::string_view text(buffer, static_cast<size_t>(end - buffer));
  size_t exponent = text.find('e');
  Decimal out;
  for (char c : text.substr(0, exponent)) {
    if (c != '.') out.digits += c;
  }
  int power = 0;
  bool negative = text[exponent + 1] == '-';
  std::from_chars(text.data() + exponent + 2, end, power);
  out.point = (negative ? -power : power) + 1;
  out.digits.resize(out.digits.find_last_not_of('0') + 1);
  if (out.digits.empty()) out.point = 0;
  return out;
}

char digit_at(const Decimal& decimal, int index) {
  return index >= 0 && index < static_cast<int>(decimal.digits.size()) ? decimal.digits[static_cast<size_t>(index)]
                                                                        : '0';
}

std::string exponent_form(const Decimal& decimal, int precision, char letter) {
  std::string out(1, digit_at(decimal, 0));
  if (precision > 0) out += '.';
  for (int i = 1; i <= precision; ++i) out += digit_at(decimal, i);
  int power = decimal.digits.empty() ? 0 : decimal.point - 1;
  return out + fmt::format("{}{}{:02}", letter, power < 0 ? '-' : '+', std::abs(power));
}

std::string fixed_form(const Decimal& decimal, int precision) {
  std::string out;
  for (int i = 0; i < decimal.point; ++i) out += digit_at(decimal, i);
  if (out.empty()) out = "0";
  if (precision > 0) out += '.';
  for (int i = 0; i < precision; ++i) out += digit_at(decimal, decimal.point + i);
  return out;
}

std::string general_form(double number, int precision, bool upper) {
  bool shortest = precision < 0;
  if (precision == 0) precision = 1;
  Decimal decimal = decimal_of(number, shortest ? 0 : precision);
  int count = static_cast<int>(decimal.digits.size());
  if (shortest) precision = count;
  int limit = precision;
  if (limit > count && count >= decimal.point) limit = count;
  if (shortest) limit = 6;
  int power = decimal.point - 1;
  if (power < -4 || power >= limit) {
    return exponent_form(decimal, std::min(precision, count) - 1, upper ? 'E' : 'e');
  }
  if (precision > decimal.point) precision = count;
  return fixed_form(decimal, std::max(precision - decimal.point, 0));
}

// Mantissa and power of two: 4503599627370496p-52.
std::string binary_form(double number) {
  auto bits = std::bit_cast<uint64_t>(number);
  uint64_t mantissa = bits & ((uint64_t{1} << 52) - 1);
  int power = static_cast<int>(bits >> 52 & 0x7FF);
  if (power == 0) power = 1;
  else mantissa |= uint64_t{1} << 52;
  power -= 1023 + 52;
  return fmt::format("{}p{}{}", mantissa, power < 0 ? '-' : '+', std::abs(power));
}

// 0x1.8p+01, rounded to `precision` hexadecimal digits if that is not negative.
std::string hex_form(double number, int precision, bool upper) {
  auto bits = std::bit_cast<uint64_t>(number);
  uint64_t mantissa = bits & ((uint64_t{1} << 52) - 1);
  int power = static_cast<int>(bits >> 52 & 0x7FF);
  if (power != 0) mantissa |= uint64_t{1} << 52;
  else if (mantissa != 0) power = 1;
  if (mantissa == 0) power = 0;
  else power -= 1023;
  while (mantissa != 0 && (mantissa >> 52) == 0) {
    mantissa <<= 1;
    --power;
  }
  if (precision >= 0 && precision < 13) {
    int dropped = 52 - precision * 4;
    uint64_t rest = mantissa & ((uint64_t{1} << dropped) - 1), half = uint64_t{1} << (dropped - 1);
    mantissa >>= dropped;
    if (rest > half || (rest == half && (mantissa & 1))) ++mantissa;
    mantissa <<= dropped;
    if (mantissa >> 53) {
      mantissa >>= 1;
      ++power;
    }
  }
  std::string digits = fmt::format("{:013x}", mantissa & ((uint64_t{1} << 52) - 1));
  if (precision < 0) digits.resize(digits.find_last_not_of('0') + 1);
  else digits.resize(static_cast<size_t>(precision), '0');
  std::string out = fmt::format("0x{}{}{}p{}{:02}", mantissa >> 52, digits.empty() ? "" : ".", digits,
                                power < 0 ? '-' : '+', std::abs(power));
  if (upper) std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'a' ? c - 32 : c; });
  return out;
}

std::string fixed_text(double number, int precision) {
  if (precision < 0) {
    Decimal decimal = decimal_of(number, 0);
    return fixed_form(decimal, std::max(static_cast<int>(decimal.digits.size()) - decimal.point, 0));
  }
  // All digits that a double can have, then zeros.
  int exact = std::min(precision, 1100);
  char buffer[1500];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed, exact).ptr;
  std::string out(buffer, end);
  return out.append(static_cast<size_t>(precision - exact), '0');
}

}  // namespace

std::string format_go_float(double number, char format, int precision) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  std::string out;
  bool negative = std::signbit(number);
  number = std::fabs(number);
  switch (format) {
    case 'e':
    case 'E': {
      Decimal decimal = decimal_of(number, precision < 0 ? 0 : precision + 1);
      int digits = precision < 0 ? std::max(static_cast<int>(decimal.digits.size()) - 1, 0) : precision;
      out = exponent_form(decimal, digits, format);
      break;
    }
    case 'f': out = fixed_text(number, precision); break;
    case 'b': out = binary_form(number); break;
    case 'x':
    case 'X': out = hex_form(number, precision, format == 'X'); break;
    default: out = general_form(number, precision, format == 'G'); break;
  }
  return negative ? "-" + out : out;
}

}  // namespace taut
