// Scalars on the fast path.
#include <cmath>
#include <cstring>

#include "yaml/chars.hh"
#include "yaml/fast.hh"
#include "yaml/fast_chars.hh"
#include "yaml/resolve.hh"

namespace taut::yaml {

// The colon that ends a plain key, in this line and before a comment; nullptr if there is none.
const char* FastReader::find_colon(const char* from) const {
  for (const char* at = from; at < line_end_; ++at) {
    if (*at == ':' && blank_or_end(at + 1)) return at;
    if (*at == '#' && at > from && is_blank(at[-1])) return nullptr;
  }
  return nullptr;
}

bool FastReader::key_is_text(std::string_view text) const {
  return resolve_plain(text, schema_).type == ScalarType::kString;
}

bool FastReader::resolved(std::string_view text, uint32_t offset) {
  if (!text.empty() && always_text(text[0])) {
    builder_.text(text, offset);
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
  if (behind == nullptr || !rest_is_blank(behind)) return false;
  builder_.text(text, node_offset(from));
  return next_line();
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
    if (!unescape(from, at)) return nullptr;
    text = scratch_;
    return at + 1;
  }
  return nullptr;
}

bool FastReader::unescape(const char* from, const char* to) {
  bool single = from[-1] == '\'';
  scratch_.clear();
  for (const char* at = from; at < to; ++at) {
    if (single) {
      scratch_ += *at;
      if (*at == '\'') ++at;
      continue;
    }
    if (*at != '\\') {
      scratch_ += *at;
      continue;
    }
    constexpr std::string_view kFrom = "ntr\"\\", kTo = "\n\t\r\"\\";
    size_t known = kFrom.find(*++at);
    if (known == std::string_view::npos) return false;
    scratch_ += kTo[known];
  }
  return true;
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
  builder_.text(scratch_, at);
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
