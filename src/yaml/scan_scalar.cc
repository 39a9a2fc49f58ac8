// Block, quoted and plain scalars.
#include <algorithm>

#include "yaml/chars.hh"
#include "yaml/scanner.hh"

namespace taut::yaml {
namespace {

// Joins two parts of a flow scalar that `lead` (the first line break) and `trail` (the further ones) parted.
void fold(std::string& out, std::string& lead, std::string& trail) {
  if (lead.starts_with('\n')) {
    if (trail.empty()) out += ' ';
  } else {
    out += lead;
  }
  out += trail;
  lead.clear();
  trail.clear();
}

}  // namespace

bool Scanner::scan_block_header(const Mark& start, int& chomping, uint32_t& increment) {
  advance();
  for (int i = 0; i < 2; ++i) {
    if (chomping == 0 && (at() == '+' || at() == '-')) {
      chomping = at() == '+' ? 1 : -1;
      advance();
    } else if (increment == 0 && is_digit(at())) {
      if (at() == '0') return fail(start, "found an indentation indicator equal to 0");
      increment = static_cast<uint32_t>(at() - '0');
      advance();
    }
  }
  skip_blanks();
  skip_comment();
  if (!break_or_end()) return fail(start, "did not find expected comment or line break");
  skip_break();
  return true;
}

bool Scanner::scan_block_scalar(Token& token, bool literal) {
  Mark start = mark_;
  int chomping = 0;
  uint32_t increment = 0;
  if (!scan_block_header(start, chomping, increment)) return false;
  uint32_t indent = increment == 0 ? 0 : static_cast<uint32_t>(std::max<int64_t>(indent_, 0)) + increment;

  std::string out, lead, trail;
  token.end = mark_;
  if (!scan_block_breaks(indent, trail, start)) return false;
  bool leading_blank = false;
  while (mark_.column == indent && !at_end()) {
    bool blank = is_blank(at());
    if (!literal && !leading_blank && !blank && lead.starts_with('\n')) {
      if (trail.empty()) out += ' ';
    } else {
      out += lead;
    }
    lead.clear();
    out += trail;
    trail.clear();
    leading_blank = blank;
    uint32_t line = mark_.offset;
    while (!break_or_end()) advance();
    out += text_.substr(line, mark_.offset - line);
    token.end = mark_;
    if (!at_end()) read_break(lead);
    if (!scan_block_breaks(indent, trail, start)) return false;
  }
  if (chomping != -1) out += lead;
  if (chomping == 1) out += trail;
  token.type = TokenType::kScalar;
  token.style = literal ? ScalarStyle::kLiteral : ScalarStyle::kFolded;
  token.start = start;
  token.value = keep(std::move(out));
  return true;
}

// Reads the indentation and the empty lines before the next line of text; finds the indentation if it is 0.
bool Scanner::scan_block_breaks(uint32_t& indent, std::string& breaks, const Mark& start) {
  uint32_t widest = 0;
  for (;;) {
    while ((indent == 0 || mark_.column < indent) && at() == ' ') advance();
    widest = std::max(widest, mark_.column);
    if ((indent == 0 || mark_.column < indent) && at() == '\t')
      return fail(start, "found a tab character where an indentation space is expected");
    if (break_at() == 0) break;
    read_break(breaks);
  }
  if (indent == 0) indent = std::max({widest, static_cast<uint32_t>(indent_ + 1), 1u});
  return true;
}

bool Scanner::scan_quoted_scalar(Token& token, bool single) {
  Mark start = mark_;
  advance();
  const char quote = single ? '\'' : '"';
  std::string out, lead, trail, blanks;
  for (;;) {
    if (at_document_indicator()) return fail(start, "found unexpected document indicator");
    if (at_end()) return fail(start, "found unexpected end of stream");
    bool leading = false;
    if (!scan_quoted_run(out, single, leading, start)) return false;
    if (at() == quote) break;
    for (;;) {
      if (is_blank(at())) {
        if (!leading) blanks += at();
        advance();
      } else if (break_at() != 0) {
        if (!leading) blanks.clear();
        read_break(leading ? trail : lead);
        leading = true;
      } else {
        break;
      }
    }
    if (leading) fold(out, lead, trail);
    else out += blanks;
    blanks.clear();
  }
  advance();
  token.type = TokenType::kScalar;
  token.style = single ? ScalarStyle::kSingleQuoted : ScalarStyle::kDoubleQuoted;
  token.start = start;
  token.end = mark_;
  token.value = keep(std::move(out));
  return true;
}

// Up to the next blank, break, closing quote or escaped break.
bool Scanner::scan_quoted_run(std::string& out, bool single, bool& leading_blanks, const Mark& start) {
  while (!blank_or_end()) {
    char c = at();
    if (single && c == '\'') {
      if (at(1) != '\'') return true;
      out += '\'';
      advance(2);
    } else if (!single && c == '"') {
      return true;
    } else if (!single && c == '\\') {
      advance();
      if (break_at() != 0) {
        skip_break();
        leading_blanks = true;
        return true;
      }
      if (!scan_escape(out, start)) return false;
    } else {
      out += c;
      advance();
    }
  }
  return true;
}

// Behind the backslash.
bool Scanner::scan_escape(std::string& out, const Mark& start) {
  constexpr std::string_view kFrom = "abt\tnvfre \"'\\", kTo = "\a\b\t\t\n\v\f\r\x1B \"'\\";
  char c = at();
  size_t digits = 0;
  switch (c) {
    case '0': out += '\0'; break;
    case 'N': out += "\xC2\x85"; break;
    case '_': out += "\xC2\xA0"; break;
    case 'L': out += "\xE2\x80\xA8"; break;
    case 'P': out += "\xE2\x80\xA9"; break;
    case 'x': digits = 2; break;
    case 'u': digits = 4; break;
    case 'U': digits = 8; break;
    default: {
      size_t known = at_end() ? std::string_view::npos : kFrom.find(c);
      if (known == std::string_view::npos) {
        --mark_.offset, --mark_.column;  // go-yaml reports the backslash
        return fail(start, "found unknown escape character");
      }
      out += kTo[known];
    }
  }
  advance();
  if (digits == 0) return true;
  uint64_t point = 0;
  for (size_t i = 0; i < digits; ++i) {
    int digit = hex_digit(at(i));
    if (digit < 0) return fail(start, "did not find expected hexdecimal number");
    point = point << 4 | static_cast<uint64_t>(digit);
  }
  if ((point >= 0xD800 && point <= 0xDFFF) || point > 0x10FFFF)
    return fail(start, "found invalid Unicode character escape code");
  append_utf8(static_cast<uint32_t>(point), out);
  advance(digits);
  return true;
}

bool Scanner::scan_plain_scalar(Token& token) {
  Mark start = mark_;
  token.end = mark_;
  std::string out, lead, trail, blanks;
  bool leading = false;
  for (;;) {
    if (at_document_indicator() || at() == '#') break;
    while (!blank_or_end()) {
      char c = at();
      if (c == ':' && blank_or_end(1)) break;
      if (flow_level_ > 0 && std::string_view(",?[]{}").find(c) != std::string_view::npos) break;
      if (leading) {
        fold(out, lead, trail);
        leading = false;
      } else {
        out += blanks;
      }
      blanks.clear();
      out += c;
      advance();
      token.end = mark_;
    }
    if (!is_blank(at()) && break_at() == 0) break;
    if (!scan_plain_blanks(blanks, lead, trail, leading, start)) return false;
    if (flow_level_ == 0 && static_cast<int64_t>(mark_.column) < indent_ + 1) break;
  }
  token.type = TokenType::kScalar;
  token.style = ScalarStyle::kPlain;
  token.start = start;
  token.value = keep(std::move(out));
  if (leading) simple_key_allowed_ = true;
  return true;
}

bool Scanner::scan_plain_blanks(std::string& blanks, std::string& lead, std::string& trail, bool& leading,
                                const Mark& start) {
  for (;;) {
    if (is_blank(at())) {
      if (leading && static_cast<int64_t>(mark_.column) < indent_ + 1 && at() == '\t')
        return fail(start, "found a tab character that violates indentation");
      if (!leading) blanks += at();
      advance();
    } else if (break_at() != 0) {
      if (!leading) blanks.clear();
      read_break(leading ? trail : lead);
      leading = true;
    } else {
      return true;
    }
  }
}

}  // namespace taut::yaml
