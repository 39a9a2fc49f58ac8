#include "base/strings.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/runes.hh"
#include "base/unicode.hh"

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

bool valid_utf8(std::string_view text) { return valid_runes(text); }

std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::string_view rest = text;
    bool bad = false;
    take_rune(rest, &bad);
    out += bad ? "\xEF\xBF\xBD" : text.substr(0, text.size() - rest.size());
    text = rest;
  }
  return out;
}

std::string quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  auto plain = [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; };
  if (std::all_of(text.begin(), text.end(), plain)) return out.append(text) += '"';
  while (!text.empty()) {
    std::string_view rest = text;
    bool bad = false;
    uint32_t rune = take_rune(rest, &bad);
    if (bad) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
    else if (rune < 0x80) quote_ascii(text[0], out);
    else if (is_print(rune)) out += text.substr(0, text.size() - rest.size());
    else out += rune < 0x10000 ? fmt::format("\\u{:04x}", rune) : fmt::format("\\U{:08x}", rune);
    text = rest;
  }
  return out + '"';
}

}  // namespace taut
