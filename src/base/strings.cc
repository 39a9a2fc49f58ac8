#include "base/strings.hh"

#include <fmt/format.h>

#include <algorithm>

namespace taut {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (;;) {
    size_t end = text.find(separator);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

bool cut(std::string_view text, std::string_view separator, std::string_view& before,
         std::string_view& after) {
  size_t at = text.find(separator);
  before = text.substr(0, at);
  after = at == std::string_view::npos ? std::string_view() : text.substr(at + separator.size());
  return at != std::string_view::npos;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string_view trim_right(std::string_view text, std::string_view characters) {
  size_t last = text.find_last_not_of(characters);
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  if (from.empty()) return std::string(text);
  std::string out;
  for (;;) {
    size_t at = text.find(from);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    out += to;
    text.remove_prefix(at + from.size());
  }
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

namespace {

// Length of the valid UTF-8 sequence at the start of `text` and its code point; 0 when invalid.
size_t decode_utf8(std::string_view text, uint32_t& point) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  auto more = [&](size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  point = byte(0);
  if (point < 0x80) return 1;
  if (point >= 0xC2 && point <= 0xDF && more(1)) {
    point = (point & 0x1F) << 6 | (byte(1) & 0x3F);
    return 2;
  }
  if (point >= 0xE0 && point <= 0xEF && more(1) && more(2)) {
    point = (point & 0x0F) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3F);
    return point >= 0x800 && (point < 0xD800 || point > 0xDFFF) ? 3 : 0;
  }
  if (point >= 0xF0 && point <= 0xF4 && more(1) && more(2) && more(3)) {
    point = (point & 0x07) << 18 | (byte(1) & 0x3Fu) << 12 | (byte(2) & 0x3Fu) << 6 |
            (byte(3) & 0x3F);
    return point >= 0x10000 && point <= 0x10FFFF ? 4 : 0;
  }
  return 0;
}

void quote_ascii(char c, std::string& out) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\a': out += "\\a"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case '\v': out += "\\v"; return;
    default: break;
  }
  if (c < 0x20 || c == 0x7F) {
    out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  } else {
    out += c;
  }
}

}  // namespace

bool valid_utf8(std::string_view text) {
  uint32_t point = 0;
  while (!text.empty()) {
    size_t length = decode_utf8(text, point);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  uint32_t point = 0;
  while (!text.empty()) {
    size_t length = decode_utf8(text, point);
    if (length == 0) out += "\xEF\xBF\xBD";
    else out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string quote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    uint32_t point = 0;
    size_t length = decode_utf8(text, point);
    if (length == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
      length = 1;
    } else if (length == 1) {
      quote_ascii(text[0], out);
    } else if (point == 0xFEFF || point == 0xFFFD || (point >= 0x80 && point < 0xA1) || point == 0xAD ||
               point == 0x2028 || point == 0x2029) {
      if (point == 0xFFFD) out += text.substr(0, length);
      else out += fmt::format("\\u{:04x}", point);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out + '"';
}

}  // namespace taut
