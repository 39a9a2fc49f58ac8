// Directives, anchors and tags.
#include "yaml/chars.hh"
#include "yaml/scanner.hh"

namespace taut::yaml {

bool Scanner::scan_directive(Token& token) {
  Mark start = mark_;
  advance();
  Mark name_at = mark_;
  while (is_word(at())) advance();
  std::string_view name = text_.substr(name_at.offset, mark_.offset - name_at.offset);
  if (name.empty()) return fail(start, "could not find expected directive name");
  if (!blank_or_end()) return fail(start, "found unexpected non-alphabetical character");
  if (name == "YAML") {
    if (!scan_version(token, start)) return false;
  } else if (name == "TAG") {
    if (!scan_tag_directive(token, start)) return false;
  } else {
    return fail(start, "found unknown directive name");
  }
  token.start = start;
  token.end = mark_;
  skip_blanks();
  skip_comment();
  if (!break_or_end()) return fail(start, "did not find expected comment or line break");
  skip_break();
  return true;
}

bool Scanner::scan_version(Token& token, const Mark& start) {
  token.type = TokenType::kVersionDirective;
  skip_blanks();
  if (!scan_version_number(token.major, start)) return false;
  if (at() != '.') return fail(start, "did not find expected digit or '.' character");
  advance();
  return scan_version_number(token.minor, start);
}

bool Scanner::scan_version_number(int8_t& number, const Mark& start) {
  int length = 0;
  number = 0;
  for (; is_digit(at()); advance()) {
    if (++length > 2) return fail(start, "found extremely long version number");
    number = static_cast<int8_t>(number * 10 + (at() - '0'));
  }
  return length > 0 || fail(start, "did not find expected version number");
}

bool Scanner::scan_tag_directive(Token& token, const Mark& start) {
  token.type = TokenType::kTagDirective;
  skip_blanks();
  std::string handle, prefix;
  if (!scan_tag_handle(true, start, handle)) return false;
  if (!is_blank(at())) return fail(start, "did not find expected whitespace");
  skip_blanks();
  if (!scan_tag_uri({}, start, prefix)) return false;
  if (!blank_or_end()) return fail(start, "did not find expected whitespace or line break");
  token.value = keep(std::move(handle));
  token.suffix = keep(std::move(prefix));
  return true;
}

bool Scanner::scan_anchor(Token& token, TokenType type) {
  token.type = type;
  token.start = mark_;
  advance();
  Mark name = mark_;
  while (is_word(at())) advance();
  token.value = text_.substr(name.offset, mark_.offset - name.offset);
  token.end = mark_;
  bool ended = blank_or_end() || std::string_view("?:,]}%@`").find(at()) != std::string_view::npos;
  if (token.value.empty() || !ended)
    return fail(token.start, "did not find expected alphabetic or numeric character");
  return true;
}

bool Scanner::scan_tag(Token& token) {
  token.type = TokenType::kTag;
  token.start = mark_;
  std::string handle, suffix;
  if (at(1) == '<') {
    advance(2);
    if (!scan_tag_uri({}, token.start, suffix)) return false;
    if (at() != '>') return fail(token.start, "did not find the expected '>'");
    advance();
  } else {
    if (!scan_tag_handle(false, token.start, handle)) return false;
    if (handle.size() > 1 && handle.back() == '!') {
      if (!scan_tag_uri({}, token.start, suffix)) return false;
    } else {
      if (!scan_tag_uri(handle, token.start, suffix)) return false;
      handle = "!";
      if (suffix.empty()) handle.swap(suffix);  // the tag `!` alone
    }
  }
  if (!blank_or_end()) return fail(token.start, "did not find expected whitespace or line break");
  token.value = keep(std::move(handle));
  token.suffix = keep(std::move(suffix));
  token.end = mark_;
  return true;
}

bool Scanner::scan_tag_handle(bool directive, const Mark& start, std::string& handle) {
  if (at() != '!') return fail(start, "did not find expected '!'");
  handle = "!";
  advance();
  for (; is_word(at()); advance()) handle += at();
  if (at() == '!') {
    handle += '!';
    advance();
  } else if (directive && handle != "!") {
    return fail(start, "did not find expected '!'");
  }
  return true;
}

// `head` is a handle that turned out to be the start of the tag itself.
bool Scanner::scan_tag_uri(std::string_view head, const Mark& start, std::string& uri) {
  bool any = !head.empty();
  uri = any ? head.substr(1) : head;
  while (is_word(at()) || (at() != '\0' && std::string_view(";/?:@&=+$,.!~*'()[]%").find(at()) != std::string_view::npos)) {
    any = true;
    if (at() == '%') {
      if (!scan_uri_escape(start, uri)) return false;
      continue;
    }
    uri += at();
    advance();
  }
  return any || fail(start, "did not find expected tag URI");
}

bool Scanner::scan_uri_escape(const Mark& start, std::string& uri) {
  size_t left = 0;
  do {
    int high = hex_digit(at(1)), low = hex_digit(at(2));
    if (at() != '%' || high < 0 || low < 0) return fail(start, "did not find URI escaped octet");
    auto octet = static_cast<unsigned char>(high << 4 | low);
    if (left == 0) {
      left = sequence_width(octet);
      if (left == 0) return fail(start, "found an incorrect leading UTF-8 octet");
    } else if ((octet & 0xC0) != 0x80) {
      return fail(start, "found an incorrect trailing UTF-8 octet");
    }
    uri += static_cast<char>(octet);
    advance(3);
  } while (--left > 0);
  return true;
}

}  // namespace taut::yaml
