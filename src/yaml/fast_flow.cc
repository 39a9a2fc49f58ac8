// Flow collections on the fast path: as JSON has them, with plain scalars.
#include "yaml/chars.hh"
#include "yaml/fast.hh"
#include "yaml/fast_chars.hh"
#include "yaml/resolve.hh"

namespace taut::yaml {

bool FastReader::flow_node() {
  if (++depth_ > max_depth_) return false;
  bool ok = *cursor_ == '[' ? flow_list() : flow_map();
  --depth_;
  return ok;
}

// Skips blanks and line feeds; false at the end, and at what only the full grammar reads.
bool FastReader::flow_space() {
  while (cursor_ < end_) {
    if (*cursor_ == '\n') {
      line_ = ++cursor_;
      find_line_end();
      if (is_document_marker(line_, line_end_)) return false;
    } else if (*cursor_ == ' ') {
      ++cursor_;
    } else {
      return *cursor_ != '#' && *cursor_ != '\t';
    }
  }
  return false;
}

bool FastReader::flow_list() {
  size_t start = builder_.open(node_offset(cursor_));
  ++cursor_;
  for (;;) {
    if (!flow_space()) return false;
    if (*cursor_ == ']') break;
    if (!flow_value() || !flow_space()) return false;
    if (*cursor_ == ']') break;
    if (*cursor_ != ',') return false;
    ++cursor_;
  }
  ++cursor_;
  builder_.close_list(start);
  return true;
}

bool FastReader::flow_map() {
  size_t start = builder_.open(node_offset(cursor_));
  ++cursor_;
  for (;;) {
    if (!flow_space()) return false;
    if (*cursor_ == '}') break;
    if (!flow_key() || !flow_space() || !flow_value() || !flow_space()) return false;
    if (*cursor_ == '}') break;
    if (*cursor_ != ',') return false;
    ++cursor_;
  }
  ++cursor_;
  return builder_.close_map(start);
}

// Ends behind the colon, which must stand in the same line.
bool FastReader::flow_key() {
  const char* from = cursor_;
  std::string_view text;
  const char* behind = nullptr;
  if (*from == '"' || *from == '\'') {
    behind = quoted_end(from, text);
    if (behind == nullptr) return false;
  } else {
    if (!starts_plain(*from)) return false;
    behind = flow_plain_end(from);
    if (behind == nullptr) return false;
    const char* to = behind;
    while (to > from && is_blank(to[-1])) --to;
    text = {from, static_cast<size_t>(to - from)};
    if (!resolve_key(text)) return false;
    if (behind >= line_end_ || *behind != ':' || !blank_or_end(behind + 1)) return false;
  }
  while (behind < line_end_ && *behind == ' ') ++behind;
  constexpr ptrdiff_t kMaxKey = 1000;
  if (behind >= line_end_ || *behind != ':' || behind - from > kMaxKey) return false;
  builder_.key(text, offset(from));
  cursor_ = behind + 1;
  return true;
}

bool FastReader::flow_value() {
  switch (*cursor_) {
    case '[':
    case '{': return flow_node();
    default: return flow_scalar();
  }
}

bool FastReader::flow_scalar() {
  const char* from = cursor_;
  std::string_view text;
  if (*from == '"' || *from == '\'') {
    cursor_ = quoted_end(from, text);
    if (cursor_ == nullptr) return false;
    builder_.text(text, node_offset(from));
    return true;
  }
  bool dash = *from == '-' && !blank_or_end(from + 1) && std::string_view(",[]{}").find(from[1]) == std::string_view::npos;
  if (!starts_plain(*from) && !dash) return false;
  const char* to = flow_plain_end(from);
  if (to == nullptr || (to < line_end_ && *to == ':')) return false;
  cursor_ = to;
  while (to > from && is_blank(to[-1])) --to;
  return resolved({from, static_cast<size_t>(to - from)}, node_offset(from));
}

// Where a plain scalar ends: at an indicator of flow collections, at a colon with a blank behind it, at the end of the
// line. nullptr: a comment, or a sign that only the full grammar understands.
const char* FastReader::flow_plain_end(const char* from) const {
  for (const char* at = from; at < line_end_; ++at) {
    switch (*at) {
      case ',':
      case '[':
      case ']':
      case '{':
      case '}': return at;
      case '?': return nullptr;
      case ':':
        if (blank_or_end(at + 1)) return at;
        if (std::string_view(",[]{}").find(at[1]) != std::string_view::npos) return nullptr;
        break;
      case '#':
        if (is_blank(at[-1])) return nullptr;
        break;
      default: break;
    }
  }
  return line_end_;
}

}  // namespace taut::yaml
