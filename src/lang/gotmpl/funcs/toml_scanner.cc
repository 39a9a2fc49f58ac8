#include "lang/gotmpl/funcs/toml_scanner.hh"

#include <fmt/format.h>

#include <charconv>

#include "base/runes.hh"
#include "base/strings.hh"
#include "base/unicode.hh"
#include "lang/gotmpl/go_quote.hh"

namespace taut::gotmpl {

namespace {

bool is_digit(uint32_t rune) { return rune >= '0' && rune <= '9'; }
bool is_octal(uint32_t rune) { return rune >= '0' && rune <= '7'; }
bool is_binary(uint32_t rune) { return rune == '0' || rune == '1'; }
bool is_hex(uint32_t rune) { return is_digit(rune) || ((rune | 0x20) >= 'a' && (rune | 0x20) <= 'f'); }
bool is_bare(uint32_t rune) {
  return (rune >= 'A' && rune <= 'Z') || (rune >= 'a' && rune <= 'z') || is_digit(rune) || rune == '_' || rune == '-';
}
bool one_of(uint32_t rune, std::string_view set) {
  return rune != 0 && rune < 0x80 && set.find(static_cast<char>(rune)) != std::string_view::npos;
}

// A first line break of a long string does not count.
std::string_view without_first_break(std::string_view text) {
  if (text.starts_with('\n')) return text.substr(1);
  return text.starts_with("\r\n") ? text.substr(2) : text;
}

// Drops "\", what blanks follow it up to the end of its line, and all white space behind that.
std::string without_escaped_breaks(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      out += text[i++];
      continue;
    }
    size_t end = std::min(text.find_first_not_of(" \t\r\n", i + 1), text.size());
    if (end > i + 1 && contains(text.substr(i, end - i), "\n")) {
      i = end;
      continue;
    }
    out += text.substr(i, 2);
    i += 2;
  }
  return out;
}

}  // namespace

uint32_t TomlScanner::next() {
  if (at_ >= text_.size()) {
    at_end_ = true;
    return kEnd;
  }
  if (text_[at_] == '\n') ++line_;
  std::string_view rest = text_.substr(at_);
  bool bad = false;
  uint32_t rune = take_rune(rest, &bad);
  if (bad) fault(fmt::format("invalid UTF-8 byte: 0x{:02x}", static_cast<unsigned char>(text_[at_])));
  bool control = (rune < 0x20 && !one_of(rune, "\t\r\n")) || rune == 0x7F;
  bool lone_return = rune == '\r' && !rest.starts_with('\n');
  if (control || lone_return) fault(fmt::format("TOML files cannot contain control characters: '0x{:02x}'", rune));
  at_ = text_.size() - rest.size();
  return rune;
}

void TomlScanner::back() {
  if (at_end_) {
    at_end_ = false;
    return;
  }
  do --at_;
  while (at_ > 0 && (text_[at_] & 0xC0) == 0x80);
  if (text_[at_] == '\n') --line_;
}

uint32_t TomlScanner::peek() {
  uint32_t rune = next();
  back();
  return rune;
}

bool TomlScanner::accept(uint32_t wanted) {
  if (next() == wanted) return true;
  back();
  return false;
}

template <class Test>
void TomlScanner::run(Test test) {
  while (test(next())) {
  }
  back();
}

void TomlScanner::skip_blanks() { run(is_blank); }

void TomlScanner::skip_comment() {
  run([&](uint32_t rune) { return !is_line_end(rune) && !(rune == kEnd && at_end_); });
}

void TomlScanner::fault(std::string message) const {
  bool after_break = at_end_ && at_ > 0 && text_[at_ - 1] == '\n';
  throw TomlFault{after_break ? line_ - 1 : line_, std::move(message)};
}

void TomlScanner::fault_on_line_before(std::string message) const { throw TomlFault{line_ - 1, std::move(message)}; }

TomlToken TomlScanner::taken(TomlToken::Kind kind, size_t start) const {
  return {kind, std::string(text_.substr(start, at_ - start)), line_};
}

std::string TomlScanner::bare_name() {
  size_t start = at_;
  run(is_bare);
  return std::string(text_.substr(start, at_ - start));
}

std::string TomlScanner::quoted_name() { return next() == '"' ? basic_string() : raw_string(); }

// "..." behind its first quote.
std::string TomlScanner::basic_string() {
  size_t start = at_;
  while (true) {
    uint32_t rune = next();
    if (rune == kEnd) fault("unexpected EOF; expected '\"'");
    if (is_line_end(rune)) fault_on_line_before("strings cannot contain newlines");
    if (rune == '\\') check_escape(start);
    if (rune == '"') return resolve_escapes(text_.substr(start, at_ - start - 1));
  }
}

std::string TomlScanner::raw_string() {
  size_t start = at_;
  while (true) {
    uint32_t rune = next();
    if (rune == kEnd) fault("unexpected EOF; expected \"'\"");
    if (is_line_end(rune)) fault_on_line_before("strings cannot contain newlines");
    if (rune == '\'') return std::string(text_.substr(start, at_ - start - 1));
  }
}

// """...""" or '''...''' behind the first quotes. Up to two more may stand before the last three.
std::string TomlScanner::long_string(char quote) {
  bool raw = quote == '\'';
  std::string three(3, quote);
  size_t start = at_;
  while (true) {
    uint32_t rune = next();
    if (rune == kEnd) fault(fmt::format("unexpected EOF; expected {0}{1}{0}", raw ? '"' : '\'', three));
    if (rune == '\\' && !raw) {
      if (is_line_end(next())) continue;
      back();
      check_escape(start);
    }
    if (rune != static_cast<uint32_t>(quote) || !text_.substr(at_).starts_with(three.substr(1))) continue;
    size_t run = 1;
    while (text_.substr(at_).starts_with(quote)) ++run, next();
    if (run > 5) fault(fmt::format("unexpected {0}{1}{1}{0}", raw ? '"' : '\'', three));
    std::string_view inner = without_first_break(text_.substr(start, at_ - start - 3));
    return raw ? std::string(inner) : resolve_escapes(without_escaped_breaks(inner));
  }
}

// What follows a backslash; the string began at `start`.
void TomlScanner::check_escape(size_t start) {
  uint32_t rune = next();
  if (one_of(rune, "ebtnfr\" \t\\")) return;
  if (rune == 'x') return check_hex(start, 2, "two", 'x');
  if (rune == 'u') return check_hex(start, 4, "four", 'u');
  if (rune == 'U') return check_hex(start, 8, "eight", 'U');
  std::string message = "invalid escape in string '\\" + rune_text(rune) + "'";
  if (at_end_) fault_on_line_before(std::move(message));
  fault(std::move(message));
}

void TomlScanner::check_hex(size_t start, int count, std::string_view name, char letter) {
  for (int i = 0; i < count; ++i) {
    if (is_hex(next())) continue;
    fault(fmt::format("expected {} hexadecimal digits after '\\{}', but got {} instead", name, letter,
                      quote(text_.substr(start, at_ - start))));
  }
}

std::string TomlScanner::resolve_escapes(std::string_view text) const {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    char letter = text[++i];
    size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
    switch (letter) {
      case 'b': out += '\b'; break;
      case 't': out += '\t'; break;
      case 'n': out += '\n'; break;
      case 'f': out += '\f'; break;
      case 'r': out += '\r'; break;
      case 'e': out += '\x1b'; break;
      case ' ':
      case '\t': throw TomlFault{line_, fmt::format("invalid escape: '\\{}'", letter)};
      default:
        if (digits == 0) out += letter;
    }
    if (digits == 0) continue;
    std::string_view hex = text.substr(i + 1, digits);
    uint32_t rune = 0;
    std::from_chars(hex.data(), hex.data() + hex.size(), rune, 16);
    if (rune > 0x10FFFF || (rune >= 0xD800 && rune < 0xE000))
      throw TomlFault{line_, fmt::format("Escaped character '\\u{}' is not valid UTF-8.", hex)};
    out += rune_text(rune);
    i += digits;
  }
  return out;
}

TomlToken TomlScanner::scalar(uint32_t first) {
  using Kind = TomlToken::Kind;
  if (is_digit(first)) return number(first);
  if (first == '"' || first == '\'') {
    char quote = static_cast<char>(first);
    if (text_.substr(at_).starts_with(std::string(2, quote))) {
      next();
      next();
      std::string text = long_string(quote);
      return {Kind::kString, std::move(text), line_};
    }
    std::string text = quote == '"' ? basic_string() : raw_string();
    return {Kind::kString, std::move(text), line_};
  }
  if (first == '.') fault("floats must start with a digit, not '.'");
  if (first == '-' || first == '+') return signed_number();
  if (first == 'i' || first == 'n') return special_float();
  if (is_letter(first)) {
    back();
    return word();
  }
  if (first == kEnd && at_end_) fault("unexpected EOF; expected value");
  std::string message = fmt::format("expected value but found {} instead", quote_rune(first, false));
  if (first == '\n') fault_on_line_before(std::move(message));
  fault(std::move(message));
}

// "inf" or "nan", the first letter being read.
TomlToken TomlScanner::special_float() {
  size_t start = at_ - 1;
  if ((accept('n') && accept('f')) || (accept('a') && accept('n'))) return taken(TomlToken::Kind::kFloat, start);
  back();
  return word();
}

// "true" or "false".
TomlToken TomlScanner::word() {
  size_t start = at_;
  run(is_letter);
  TomlToken out = taken(TomlToken::Kind::kBool, start);
  if (out.text != "true" && out.text != "false")
    fault(fmt::format("expected value but found {} instead", quote(out.text)));
  return out;
}

TomlToken TomlScanner::signed_number() {
  size_t start = at_ - 1;
  uint32_t rune = next();
  std::string_view so_far = text_.substr(start, at_ - start);
  if (rune == 'i' || rune == 'n') {
    bool good = rune == 'i' ? accept('n') && accept('f') : accept('a') && accept('n');
    if (!good) fault(fmt::format("invalid float: '{}'", text_.substr(start, at_ - start)));
    return taken(TomlToken::Kind::kFloat, start);
  }
  if (rune == '0' && one_of(peek(), "box"))
    fault(fmt::format("cannot use sign with non-decimal numbers: '{}{}'", so_far, rune_text(peek())));
  if (rune == '.') fault("floats must start with a digit, not '.'");
  if (!is_digit(rune)) fault("expected a digit but got " + quote_rune(rune, false));
  run([](uint32_t r) { return is_digit(r) || r == '_'; });
  if (!one_of(peek(), ".eE")) return taken(TomlToken::Kind::kInteger, start);
  run([](uint32_t r) { return is_digit(r) || one_of(r, "_.-+eE"); });
  return taken(TomlToken::Kind::kFloat, start);
}

// An integer, float or date whose first digit was read.
TomlToken TomlScanner::number(uint32_t first) {
  using Kind = TomlToken::Kind;
  size_t start = at_ - 1;
  if (first == '0' && one_of(peek(), "box")) {
    uint32_t base = next();
    auto fits = base == 'b' ? is_binary : base == 'o' ? is_octal : is_hex;
    if (uint32_t digit = peek(); !fits(digit)) {
      std::string_view name = base == 'b' ? "a binary" : base == 'o' ? "an octal" : "a hexadecimal";
      fault(fmt::format("not {} number: '{}{}'", name, text_.substr(start, at_ - start), rune_text(digit)));
    }
    run([&](uint32_t rune) { return fits(rune) || rune == '_'; });
    return taken(Kind::kInteger, start);
  }
  run(is_digit);
  // A single 0 begins no date.
  bool may_be_date = first != '0' || at_ - start > 1;
  uint32_t rune = peek();
  if (may_be_date && (rune == '-' || rune == ':')) {
    run([](uint32_t r) { return is_digit(r) || one_of(r, "-:Tt .Zz+"); });
    TomlToken out = taken(Kind::kDatetime, start);
    out.text = std::string(trim(out.text));
    return out;
  }
  if (rune == '_') run([](uint32_t r) { return is_digit(r) || r == '_'; });
  if (!one_of(peek(), ".eE")) return taken(Kind::kInteger, start);
  run([](uint32_t r) { return is_digit(r) || one_of(r, "_.-+eE"); });
  return taken(Kind::kFloat, start);
}

}  // namespace taut::gotmpl
