#include "lang/jsonpath/unquote.hh"

#include "base/runes.hh"

namespace taut::jsonpath {
namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

// So many digits of a base off the text.
std::optional<uint32_t> take_number(std::string_view& text, size_t count, int base) {
  if (text.size() < count) return std::nullopt;
  uint32_t out = 0;
  for (char c : text.substr(0, count)) {
    if (digit_of(c) >= base) return std::nullopt;
    out = out * static_cast<uint32_t>(base) + static_cast<uint32_t>(digit_of(c));
  }
  text.remove_prefix(count);
  return out;
}

char plain_escape(char c) {
  constexpr std::string_view kNames = "abfnrtv", kBytes = "\a\b\f\n\r\t\v";
  const size_t at = kNames.find(c);
  return at == kNames.npos ? '\0' : kBytes[at];
}

// Appends what an escape, whose backslash is gone, stands for.
bool take_escape(std::string_view& text, char quote, std::string& out) {
  if (text.empty()) return false;
  const char c = text.front();
  text.remove_prefix(1);
  if (char byte = plain_escape(c)) return out += byte, true;
  if (c == '\\' || c == quote) return out += c, true;
  if (c == 'x') {
    auto byte = take_number(text, 2, 16);
    if (byte) out += static_cast<char>(*byte);
    return byte.has_value();
  }
  if (c == 'u' || c == 'U') {
    auto rune = take_number(text, c == 'u' ? 4 : 8, 16);
    if (!rune || *rune > 0x10FFFF || (*rune >= 0xD800 && *rune < 0xE000)) return false;
    out += rune_text(*rune);
    return true;
  }
  if (c < '0' || c > '7') return false;
  auto rest = take_number(text, 2, 8);
  const uint32_t byte = static_cast<uint32_t>(c - '0') * 64 + rest.value_or(0);
  if (!rest || byte > 255) return false;
  out += static_cast<char>(byte);
  return true;
}

}  // namespace

std::optional<std::string> unquote_extended(std::string_view text) {
  if (text.size() < 2 || text.front() != text.back()) return std::nullopt;
  const char quote = text.front();
  text = text.substr(1, text.size() - 2);
  if (text.find('\\') == text.npos && text.find(quote) == text.npos) return std::string(text);
  std::string out;
  while (!text.empty()) {
    if (text.front() == quote) return std::nullopt;
    if (text.front() == '\\') {
      text.remove_prefix(1);
      if (!take_escape(text, quote, out)) return std::nullopt;
    } else if (static_cast<unsigned char>(text.front()) < 0x80) {
      out += text.front();
      text.remove_prefix(1);
    } else {
      out += rune_text(take_rune(text));
    }
  }
  return out;
}

}  // namespace taut::jsonpath
