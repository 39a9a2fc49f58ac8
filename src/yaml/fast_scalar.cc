// Scalars on the fast path.
#include <cmath>
#include <cstring>

#include "yaml/chars.hh"
#include "yaml/fast.hh"
#include "yaml/fast_chars.hh"
#include "yaml/resolve.hh"
#include "yaml/spelling.hh"

namespace taut::yaml {

// The colon that ends a plain key, in this line and before a comment; nullptr if there is none.
const char* FastReader::find_colon(const char* from) const {
  for (const char* at = from; at < line_end_; ++at) {
    if (*at == ':' && blank_or_end(at + 1)) return at;
    if (*at == '#' && at > from && is_blank(at[-1])) return nullptr;
  }
  return nullptr;
}

// What a plain key is called in JSON: booleans of YAML 1.1 are "true" and "false". False for other types.
bool FastReader::resolve_key(std::string_view& text) const {
  if (always_text(text[0])) return true;
  Scalar scalar = resolve_plain(text, schema_);
  if (scalar.type == ScalarType::kBool && schema_ == Schema::kGo11) {
    text = scalar.value.as_bool() ? "true" : "false";
    return true;
  }
  return scalar.type == ScalarType::kString;
}

bool FastReader::resolved(std::string_view text, uint32_t offset) {
  if (!text.empty() && always_text(text[0])) {
    builder_.text(text, offset);
    return true;
  }
  if (keep_spelling_) {
    Value value = make_plain(text);
    if (value.is_string()) builder_.text(value.as_string(), offset);
    else builder_.scalar(value, offset);
    return true;
  }
  Scalar scalar = resolve_plain(text, schema_);
  switch (scalar.type) {
    case ScalarType::kNull:
    case ScalarType::kBool:
    case ScalarType::kInt: builder_.scalar(scalar.value, offset); return true;
    case ScalarType::kFloat:
      if (!std::isfinite(scalar.value.as_double())) return false;
      builder_.scalar(json_number(scalar.value.as_double()), offset);
      return true;
    case ScalarType::kTimestamp:
      if (schema_ == Schema::kGoV3) return false;
      break;
    default: break;
  }
  builder_.text(text, offset);
  return true;
}

// The end of a plain scalar in this line; `comment`: one follows. nullptr: a colon follows, which is either a key in
// the wrong place or needs the full grammar.
const char* FastReader::plain_end(const char* from, bool& comment) const {
  const char* at = from;
  for (; at < line_end_; ++at) {
    if (*at == ':' && blank_or_end(at + 1)) return nullptr;
    if (*at == '#' && at > from && is_blank(at[-1])) {
      comment = true;
      break;
    }
  }
  while (at > from && is_blank(at[-1])) --at;
  return at;
}

bool FastReader::plain_scalar(int parent) {
  const char* from = cursor_;
  bool comment = false;
  const char* to = plain_end(from, comment);
  if (to == nullptr || !next_line()) return false;
  std::string_view text(from, static_cast<size_t>(to - from));
  if (comment || comment_ || indent_ <= parent) return resolved(text, node_offset(from));
  scratch_ = text;
  while (indent_ > parent && !comment_) {
    if (skipped_ == 0) scratch_ += ' ';
    else scratch_.append(skipped_, '\n');
    const char* start = cursor_;
    to = plain_end(start, comment);
    if (to == nullptr) return false;
    scratch_.append(start, static_cast<size_t>(to - start));
    if (!next_line()) return false;
    if (comment) break;
  }
  return resolved(scratch_, node_offset(from));
}

bool FastReader::quoted_scalar() {
  const char* from = cursor_;
  std::string_view text;
  const char* behind = quoted_end(from, text);
  if (behind == nullptr) {
    if (!quoted_lines()) return false;
    behind = cursor_;
    text = scratch_;
  }
  if (!rest_is_blank(behind)) return false;
  builder_.text(text, node_offset(from));
  return next_line();
}

// A quoted scalar of several lines, into scratch_. cursor_ ends behind the closing quote, in its line.
bool FastReader::quoted_lines() {
  const char quote = *cursor_;
  const char* at = cursor_ + 1;
  scratch_.clear();
  size_t solid = 0;  // what stands before is not trimmed
  for (;;) {
    bool joined = false;  // by a backslash at the end of the line
    while (at < line_end_ && !joined) {
      if (*at == quote) {
        bool doubled = quote == '\'' && at + 1 < line_end_ && at[1] == '\'';
        if (!doubled) {
          cursor_ = at + 1;
          return true;
        }
        scratch_ += quote;
        at += 2;
      } else if (*at == '\\' && quote == '"') {
        joined = at + 1 == line_end_;
        if (!joined && (at = unescape(at + 1)) == nullptr) return false;
        solid = scratch_.size();
      } else {
        scratch_ += *at++;
      }
    }
    while (scratch_.size() > solid && is_blank(scratch_.back()) && !joined) scratch_.pop_back();
    size_t blank_lines = 0;
    if (!quoted_next_line(at, blank_lines)) return false;
    if (blank_lines == 0 && !joined) scratch_ += ' ';
    else scratch_.append(blank_lines, '\n');
    solid = scratch_.size();
  }
}

// To the first character of the next line that is not blank.
bool FastReader::quoted_next_line(const char*& at, size_t& blank_lines) {
  for (;; ++blank_lines) {
    if (line_end_ >= end_) return false;
    line_ = cursor_ = line_end_ + 1;
    find_line_end();
    if (is_document_marker(line_, line_end_)) return false;
    at = line_;
    while (at < line_end_ && is_blank(*at)) ++at;
    if (at < line_end_) return true;
  }
}

// Behind the closing quote of a scalar that ends in this line, else nullptr. `text` may point to scratch_.
const char* FastReader::quoted_end(const char* quote, std::string_view& text) {
  const char* from = quote + 1;
  bool plain = true;
  for (const char* at = from; at < line_end_; ++at) {
    if (*at == '\\' && *quote == '"') {
      plain = false;
      ++at;
      continue;
    }
    if (*at != *quote) continue;
    if (*quote == '\'' && at + 1 < line_end_ && at[1] == '\'') {
      plain = false;
      ++at;
      continue;
    }
    text = {from, static_cast<size_t>(at - from)};
    if (plain) return at + 1;
    if (!unquote(from, at)) return nullptr;
    text = scratch_;
    return at + 1;
  }
  return nullptr;
}

// The text of a quoted scalar of one line, into scratch_.
bool FastReader::unquote(const char* from, const char* to) {
  bool single = from[-1] == '\'';
  scratch_.clear();
  while (from < to) {
    if (*from == '\\' && !single) {
      from = unescape(from + 1);
      if (from == nullptr) return false;
      continue;
    }
    scratch_ += *from;
    from += single && *from == '\'' ? 2 : 1;
  }
  return true;
}

// Appends what stands behind a backslash to scratch_; gives where to go on, nullptr when it is not a common escape.
const char* FastReader::unescape(const char* at) {
  constexpr std::string_view kFrom = "ntr\"\\bf0e ", kTo("\n\t\r\"\\\b\f\0\x1B ", 10);
  size_t known = kFrom.find(*at);
  if (known != std::string_view::npos) {
    scratch_ += kTo[known];
    return at + 1;
  }
  ptrdiff_t digits = *at == 'u' ? 4 : *at == 'x' ? 2 : 0;
  if (digits == 0 || line_end_ - at <= digits) return nullptr;
  uint32_t point = 0;
  for (ptrdiff_t i = 1; i <= digits; ++i) {
    int digit = hex_digit(at[i]);
    if (digit < 0) return nullptr;
    point = point << 4 | static_cast<uint32_t>(digit);
  }
  if (point >= 0xD800 && point <= 0xDFFF) return nullptr;
  append_utf8(point, scratch_);
  return at + digits + 1;
}

bool FastReader::block_header(char& chomping) {
  const char* at = cursor_ + 1;
  if (at < line_end_ && (*at == '-' || *at == '+')) chomping = *at++;
  if (!rest_is_blank(at)) return false;
  line_ = line_end_ < end_ ? line_end_ + 1 : end_;
  return true;
}

// Finds the indentation by the first line of text, and the blank lines before it. False: tabs, blank lines wider than
// the text, or no text at all.
bool FastReader::block_indent(int parent, size_t& indent, size_t& blank_lines) {
  size_t widest = 0;
  for (const char* at = line_; at < end_; ++at) {
    const char* row = at;
    while (at < end_ && *at == ' ') ++at;
    auto width = static_cast<size_t>(at - row);
    if (at == end_ || *at == '\t') return false;
    if (*at == '\n') {
      widest = std::max(widest, width);
      ++blank_lines;
      continue;
    }
    line_ = row;
    indent = width;
    return width >= widest && width >= 1 && static_cast<int>(width) > parent;
  }
  return false;
}

bool FastReader::block_scalar(int parent) {
  bool literal = *cursor_ == '|';
  uint32_t at = node_offset(cursor_);
  char chomping = '\0';
  size_t indent = 0, blank_lines = 0;
  if (!block_header(chomping) || !block_indent(parent, indent, blank_lines)) return false;
  block_lines(indent, literal, blank_lines, chomping);
  if (keep_spelling_ && !literal) builder_.text(make_folded(scratch_).as_string(), at);
  else builder_.text(scratch_, at);
  return look_at_line();
}

// Gathers the text in scratch_ and ends at the first line that is not of it. `feeds` counts the line feeds that are
// due since the last line of text.
void FastReader::block_lines(size_t indent, bool literal, size_t feeds, char chomping) {
  scratch_.clear();
  bool first = true, behind_blank = false, open = false;
  while (line_ < end_) {
    const char* at = line_;
    while (at < end_ && *at == ' ' && static_cast<size_t>(at - line_) < indent) ++at;
    if (at < end_ && *at == '\n') {
      ++feeds;
      line_ = at + 1;
      continue;
    }
    if (at == end_) {
      // Blanks without a line feed: they are no line.
      if (static_cast<size_t>(at - line_) < indent) line_ = end_;
      break;
    }
    if (static_cast<size_t>(at - line_) < indent) break;
    bool blank = is_blank(*at);
    // Folded: one feed between two lines of text becomes a space, more lose one.
    if (!literal && !first && !behind_blank && !blank) {
      if (feeds == 1) scratch_ += ' ';
      else scratch_.append(feeds - 1, '\n');
    } else {
      scratch_.append(feeds, '\n');
    }
    cursor_ = at;
    find_line_end();
    scratch_.append(at, static_cast<size_t>(line_end_ - at));
    behind_blank = blank;
    first = false;
    feeds = line_end_ < end_ ? 1 : 0;
    open = feeds == 0;
    line_ = line_end_ < end_ ? line_end_ + 1 : end_;
  }
  if (chomping == '+') scratch_.append(feeds, '\n');
  else if (chomping == '\0' && !open) scratch_ += '\n';
}

}  // namespace taut::yaml
