#include "lang/gotmpl/literal.hh"

#include <cmath>

#include "base/go_number.hh"
#include "base/runes.hh"
#include "base/strings.hh"

namespace taut::gotmpl {
namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char lower = static_cast<char>(c | 32);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

// The digits of a number of `count` hexadecimal digits or so; false if there are fewer.
bool take_digits(std::string_view& text, size_t count, int base, uint32_t& out) {
  if (text.size() < count) return false;
  out = 0;
  for (size_t i = 0; i < count; ++i) {
    int digit = digit_value(text[i]);
    if (digit >= base) return false;
    out = out * static_cast<uint32_t>(base) + static_cast<uint32_t>(digit);
  }
  text.remove_prefix(count);
  return true;
}

bool valid_rune(uint32_t rune) { return rune <= 0x10FFFF && (rune < 0xD800 || rune > 0xDFFF); }

// What one character of a quoted literal stands for.
struct Unquoted {
  uint32_t rune;
  bool byte;  // \x and octal escapes stand for a byte, not for a character
};

// strconv.UnquoteChar; takes it off the text. The text is not empty.
std::optional<Unquoted> take_unquoted(std::string_view& text, char quote_mark) {
  if (text[0] == quote_mark) return {};
  if (text[0] != '\\') {
    return Unquoted{take_rune(text), false};
  }
  if (text.size() < 2) return {};
  char c = text[1];
  text.remove_prefix(2);
  uint32_t number = 0;
  switch (c) {
    case 'a': return Unquoted{'\a', false};
    case 'b': return Unquoted{'\b', false};
    case 'f': return Unquoted{'\f', false};
    case 'n': return Unquoted{'\n', false};
    case 'r': return Unquoted{'\r', false};
    case 't': return Unquoted{'\t', false};
    case 'v': return Unquoted{'\v', false};
    case '\\': return Unquoted{'\\', false};
    case '\'':
    case '"':
      if (c != quote_mark) return {};
      return Unquoted{static_cast<unsigned char>(c), false};
    case 'x':
      if (!take_digits(text, 2, 16, number)) return {};
      return Unquoted{number, true};
    case 'u':
    case 'U':
      if (!take_digits(text, c == 'u' ? 4 : 8, 16, number) || !valid_rune(number)) return {};
      return Unquoted{number, false};
    default: break;
  }
  if (c < '0' || c > '7' || !take_digits(text, 2, 8, number)) return {};
  number += static_cast<uint32_t>(c - '0') * 64;
  if (number > 255) return {};
  return Unquoted{number, true};
}

bool fits_int64(double number) { return number >= -9223372036854775808.0 && number < 9223372036854775808.0; }

// The integers that a float number also stands for.
void add_integers(double number, NumberNode& node) {
  if (!node.is_int && fits_int64(number) && static_cast<double>(static_cast<int64_t>(number)) == number) {
    node.is_int = true;
    node.integer = static_cast<int64_t>(number);
  }
  if (!node.is_uint && number >= 0 && number < 18446744073709551616.0 && std::trunc(number) == number) {
    node.is_uint = true;
    node.natural = static_cast<uint64_t>(number);
  }
}

void set_complex(std::complex<double> number, NumberNode& node) {
  node.is_complex = true;
  node.complex = number;
  if (number.imag() != 0) return;
  node.is_float = true;
  node.real = number.real();
  add_integers(node.real, node);
}

Status read_character(std::string_view text, NumberNode& node) {
  std::string_view rest = text.substr(1);
  std::optional<Unquoted> character;
  if (!rest.empty()) character = take_unquoted(rest, text[0]);
  if (!character) return fail(Code::kInvalid, "invalid syntax");
  if (rest != "'") return fail(Code::kInvalid, "malformed character constant: {}", text);
  node.is_int = node.is_uint = node.is_float = true;
  node.integer = character->rune;
  node.natural = character->rune;
  node.real = character->rune;
  return {};
}

std::optional<double> parse_float(std::string_view text) {
  auto parsed = parse_go_float(text);
  if (parsed.fault != NumberFault::kNone) return {};
  return parsed.value;
}

// "1+2i": the sign that starts the second number is the last one that is not part of an exponent.
Status read_complex(std::string_view text, NumberNode& node) {
  size_t split = text.size();
  for (size_t i = 1; i < text.size(); ++i) {
    char before = static_cast<char>(text[i - 1] | 32);
    if ((text[i] == '+' || text[i] == '-') && before != 'e' && before != 'p') split = i;
  }
  auto real = parse_float(text.substr(0, split));
  auto imaginary = split + 1 < text.size() ? parse_float(text.substr(split, text.size() - split - 1)) : std::nullopt;
  if (!real || !imaginary) return fail(Code::kInvalid, "syntax error scanning complex number");
  set_complex({*real, *imaginary}, node);
  return {};
}

Status read_plain(std::string_view text, NumberNode& node) {
  if (auto natural = parse_go_uint(text, 0); natural.fault == NumberFault::kNone) {
    node.is_uint = true;
    node.natural = natural.value;
  }
  if (auto integer = parse_go_int(text, 0); integer.fault == NumberFault::kNone) {
    node.is_int = true;
    node.integer = integer.value;
    if (integer.value == 0) node.is_uint = true;  // -0
  }
  if (node.is_int || node.is_uint) {
    node.is_float = true;
    node.real = node.is_int ? static_cast<double>(node.integer) : static_cast<double>(node.natural);
    return {};
  }
  auto real = parse_float(text);
  if (!real) return fail(Code::kInvalid, "illegal number syntax: {}", quote(text));
  if (text.find_first_of(".eEpP") == std::string_view::npos) {
    return fail(Code::kInvalid, "integer overflow: {}", quote(text));
  }
  node.is_float = true;
  node.real = *real;
  add_integers(*real, node);
  return {};
}

}  // namespace

std::optional<std::string> unquote(std::string_view literal) {
  if (literal.size() < 2 || literal.front() != literal.back()) return {};
  char mark = literal.front();
  std::string_view inside = literal.substr(1, literal.size() - 2);
  if (mark == '`') return replace_all(inside, "\r", "");
  std::string out;
  while (!inside.empty()) {
    auto character = take_unquoted(inside, mark);
    if (!character) return {};
    if (character->byte || character->rune < 0x80) out += static_cast<char>(character->rune);
    else out += rune_text(character->rune);
  }
  return out;
}

Status read_number(std::string_view text, NumberForm form, NumberNode& node) {
  node.text = text;
  if (form == NumberForm::kCharacter) return read_character(text, node);
  if (form == NumberForm::kComplex) return read_complex(text, node);
  if (text.ends_with('i')) {
    if (auto imaginary = parse_float(text.substr(0, text.size() - 1))) {
      set_complex({0, *imaginary}, node);
      return {};
    }
  }
  return read_plain(text, node);
}

}  // namespace taut::gotmpl
