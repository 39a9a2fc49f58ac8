// How flags, width and precision shape numbers and text.
#include <fmt/format.h>

#include "base/go_number.hh"
#include "base/runes.hh"
#include "base/strings.hh"
#include "base/unicode.hh"
#include "lang/gotmpl/go_quote.hh"
#include "lang/gotmpl/print.hh"
#include "lang/gotmpl/printer.hh"

namespace taut::gotmpl {
namespace {

constexpr uint32_t kMaxRune = 0x10FFFF;

int count_runes(std::string_view text) {
  int count = 0;
  for (; !text.empty(); ++count) take_rune(text);
  return count;
}

uint32_t rune_of(uint64_t number) { return number > kMaxRune ? 0xFFFD : static_cast<uint32_t>(number); }

std::string digits_of(uint64_t number, int base, bool upper) {
  switch (base) {
    case 2: return fmt::format("{:b}", number);
    case 8: return fmt::format("{:o}", number);
    case 16: return upper ? fmt::format("{:X}", number) : fmt::format("{:x}", number);
    default: return fmt::format("{}", number);
  }
}

// With the flag # all digits that a precision asks for are kept: 1 becomes 1.00000. `number` has its sign first.
void keep_point(std::string& number, char format, int precision) {
  int digits = 0;
  if (format == 'g' || format == 'G' || format == 'x') digits = precision == -1 ? 6 : precision;
  std::string tail;
  bool hex = format == 'x' || format == 'X';
  if (size_t exponent = number.find_first_of(hex ? "pP" : "eEpP"); exponent != std::string::npos) {
    tail = number.substr(exponent);
    number.resize(exponent);
  }
  bool point = false, significant = false;
  for (size_t i = 1; i < number.size(); ++i) {
    if (number[i] == '.') {
      point = true;
      continue;
    }
    significant = significant || number[i] != '0';
    if (significant) --digits;
  }
  if (!point) {
    if (number.size() == 2 && number[1] == '0') --digits;
    number += '.';
  }
  if (digits > 0) number.append(static_cast<size_t>(digits), '0');
  number += tail;
}

}  // namespace

void Printer::padding(int count) {
  if (count > 0) out_.append(static_cast<size_t>(count), flags_.zero && !flags_.minus ? '0' : ' ');
}

void Printer::pad(std::string_view text) {
  int missing = flags_.has_width && flags_.width != 0 ? flags_.width - count_runes(text) : 0;
  if (!flags_.minus) padding(missing);
  out_ += text;
  if (flags_.minus) padding(missing);
}

void Printer::write_integer(uint64_t number, int base, bool is_signed, uint32_t verb, bool upper) {
  bool negative = is_signed && static_cast<int64_t>(number) < 0;
  if (negative) number = 0 - number;
  bool zero = std::exchange(flags_.zero, false);
  size_t least = 0;
  if (flags_.has_precision) {
    least = static_cast<size_t>(flags_.precision);
    if (least == 0 && number == 0) {
      padding(flags_.width);
      flags_.zero = zero;
      return;
    }
  } else if (zero && !flags_.minus && flags_.has_width) {
    int sign = negative || flags_.plus || flags_.space ? 1 : 0;
    least = static_cast<size_t>(std::max(flags_.width - sign, 0));
  }
  std::string digits = digits_of(number, base, upper);
  if (digits.size() < least) digits.insert(0, least - digits.size(), '0');
  if (flags_.sharp) {
    if (base == 2) digits.insert(0, "0b");
    if (base == 8 && digits[0] != '0') digits.insert(0, "0");
    if (base == 16) digits.insert(0, upper ? "0X" : "0x");
  }
  if (verb == 'O') digits.insert(0, "0o");
  if (negative) digits.insert(0, "-");
  else if (flags_.plus) digits.insert(0, "+");
  else if (flags_.space) digits.insert(0, " ");
  pad(digits);
  flags_.zero = zero;
}

void Printer::write_hex(uint64_t number, bool with_prefix) {
  bool sharp = std::exchange(flags_.sharp, with_prefix);
  write_integer(number, 16, false, 'v', false);
  flags_.sharp = sharp;
}

void Printer::write_unicode(uint64_t number) {
  int digits = flags_.has_precision && flags_.precision > 4 ? flags_.precision : 4;
  std::string text = fmt::format("U+{:0{}X}", number, digits);
  if (flags_.sharp && number <= kMaxRune && is_print(static_cast<uint32_t>(number))) {
    text += " '" + rune_text(static_cast<uint32_t>(number)) + "'";
  }
  bool zero = std::exchange(flags_.zero, false);
  pad(text);
  flags_.zero = zero;
}

void Printer::write_rune(uint64_t number) { pad(rune_text(rune_of(number))); }

void Printer::write_quoted_rune(uint64_t number) { pad(quote_rune(rune_of(number), flags_.plus)); }

void Printer::write_float(double number, char format, int precision) {
  if (flags_.has_precision) precision = flags_.precision;
  std::string text = format_go_float(number, format, precision);
  if (text[0] != '-' && text[0] != '+') text.insert(0, "+");
  if (flags_.space && text[0] == '+' && !flags_.plus) text[0] = ' ';
  if (text[1] == 'I' || text[1] == 'N') {
    bool zero = std::exchange(flags_.zero, false);
    // The sign of NaN shows only when asked for, that of +Inf too.
    bool bare = text[1] == 'N' && !flags_.space && !flags_.plus;
    pad(bare ? std::string_view(text).substr(1) : text);
    flags_.zero = zero;
    return;
  }
  if (flags_.sharp && format != 'b') keep_point(text, format, precision);
  if (!flags_.plus && text[0] == '+') return pad(std::string_view(text).substr(1));
  if (flags_.zero && !flags_.minus && flags_.has_width && flags_.width > static_cast<int>(text.size())) {
    out_ += text[0];
    padding(flags_.width - static_cast<int>(text.size()));
    out_ += std::string_view(text).substr(1);
    return;
  }
  pad(text);
}

// As many characters as the precision allows.
std::string_view Printer::truncated(std::string_view text) const {
  if (!flags_.has_precision) return text;
  std::string_view rest = text;
  for (int i = 0; i < flags_.precision && !rest.empty(); ++i) take_rune(rest);
  return text.substr(0, text.size() - rest.size());
}

void Printer::write_text(std::string_view text) { pad(truncated(text)); }

void Printer::write_text_hex(std::string_view text, bool upper) {
  if (flags_.has_precision) text = text.substr(0, static_cast<size_t>(flags_.precision));
  std::string_view prefix = !flags_.sharp ? "" : upper ? "0X" : "0x";
  std::string hex;
  for (size_t i = 0; i < text.size(); ++i) {
    if (flags_.space && i > 0) hex += ' ';
    if (i == 0 || flags_.space) hex += prefix;
    auto byte = static_cast<unsigned char>(text[i]);
    hex += upper ? fmt::format("{:02X}", byte) : fmt::format("{:02x}", byte);
  }
  pad(hex);
}

void Printer::write_quoted(std::string_view text) {
  text = truncated(text);
  if (flags_.sharp && can_backquote(text)) return pad("`" + std::string(text) + "`");
  pad(flags_.plus ? quote_ascii(text) : quote(text));
}

}  // namespace taut::gotmpl
