#include "yaml/fast.hh"

#include <algorithm>
#include <cstring>

#include "value/blank.hh"
#include "yaml/chars.hh"
#include "yaml/fast_chars.hh"
#include "yaml/resolve.hh"

namespace taut::yaml {
namespace {

constexpr size_t kMaxDepth = 200;
constexpr size_t kMaxKey = 1000;
// So few aliases, of anchors so near the start, grow a document less than what go-yaml's guard would refuse.
constexpr size_t kMaxAliases = 10;
constexpr uint32_t kAliasReach = 16 << 10;

}  // namespace

FastReader::FastReader(const Input& input, Schema schema, size_t max_depth, Workspace& workspace, bool keep_spelling)
    : text_(input.text().data()),
      end_(text_ + input.end()),
      schema_(schema),
      max_depth_(std::min(max_depth, kMaxDepth)),
      keep_spelling_(keep_spelling),
      builder_(workspace.builder),
      line_(text_ + input.begin()),
      line_end_(line_),
      base_(line_),
      scratch_(workspace.scratch),
      lines_(workspace.lines) {
  start_.offset = static_cast<uint32_t>(input.begin());
}

void FastReader::find_line_end() {
  const void* feed = std::memchr(cursor_, '\n', static_cast<size_t>(end_ - cursor_));
  line_end_ = feed != nullptr ? static_cast<const char*>(feed) : end_;
}

bool FastReader::next_line() {
  line_ = line_end_ < end_ ? line_end_ + 1 : end_;
  return look_at_line();
}

bool FastReader::look_at_line() {
  skipped_ = 0;
  comment_ = false;
  for (;;) {
    cursor_ = line_;
    while (cursor_ < end_ && *cursor_ == ' ') ++cursor_;
    if (cursor_ == end_) {
      indent_ = kNoLine;
      line_ = line_end_ = end_;
      return true;
    }
    if (*cursor_ == '\n') {
      ++skipped_;
      line_ = cursor_ + 1;
      continue;
    }
    find_line_end();
    if (*cursor_ == '#') {
      comment_ = true;
      line_ = line_end_ < end_ ? line_end_ + 1 : end_;
      continue;
    }
    indent_ = static_cast<int>(cursor_ - line_);
    if (*cursor_ == '\t' || (indent_ == 0 && *cursor_ == '%')) return false;
    if (indent_ == 0 && is_document_marker(line_, line_end_)) indent_ = kNoLine;
    return true;
  }
}

bool FastReader::rest_is_blank(const char* at) const {
  const char* from = at;
  while (at < line_end_ && is_blank(*at)) ++at;
  return at == line_end_ || (*at == '#' && at > from);
}

FastReader::Outcome FastReader::give_up() {
  builder_.reset();
  return Outcome::kGaveUp;
}

void FastReader::resume(const Mark& line) {
  first_ = false;
  line_ = text_ + line.offset;
  line_number_ = line.line;
  if (!look_at_line()) line_ = text_ + line.offset;
}

// Steps over `---`, if it is there; base_ and start_ become those of the document.
bool FastReader::find_start() {
  base_ = line_;
  start_ = {static_cast<uint32_t>(line_ - text_), line_number_, 0};
  bool bare = first_ && indent_ != kNoLine;
  first_ = false;
  if (bare) return true;
  return *line_ == '-' && rest_is_blank(line_ + 3) && next_line();
}

FastReader::Outcome FastReader::next(Document& out) {
  if (first_) {
    const char* before = line_;
    if (!look_at_line()) return give_up();
    line_number_ += static_cast<uint32_t>(std::count(before, line_, '\n'));
  }
  if (line_ >= end_) return Outcome::kEnd;
  depth_ = aliases_ = 0;
  anchors_.clear();
  anchor_ = nullptr;
  if (!find_start() || !document()) return give_up();
  lines_.clear();
  for (const char* at = base_; at < line_;) {
    lines_.push_back(offset(at));
    const void* feed = std::memchr(at, '\n', static_cast<size_t>(line_ - at));
    at = feed != nullptr ? static_cast<const char*>(feed) + 1 : line_;
  }
  line_number_ = start_.line + static_cast<uint32_t>(lines_.size());
  out = builder_.finish(lines_);
  out.empty = empty_;
  return Outcome::kDocument;
}

bool FastReader::document() {
  empty_ = indent_ == kNoLine;
  if (!empty_) return block_node(kNoLine, indent_) && indent_ == kNoLine;
  builder_.scalar(Value(), offset(line_));
  return true;
}

bool FastReader::block_node(int parent, int column) {
  if (++depth_ > max_depth_) return false;
  bool is_mapping = false, ok = false;
  if (*cursor_ == '-' && blank_or_end(cursor_ + 1)) {
    ok = sequence(column, false);
  } else if (starts_mapping(is_mapping)) {
    ok = is_mapping ? mapping(column) : inline_value(parent);
  }
  --depth_;
  return ok;
}

bool FastReader::starts_mapping(bool& mapping) {
  char c = *cursor_;
  if (c == '{' || c == '[' || c == '|' || c == '>' || c == '&' || c == '*') return true;
  if (c != '"' && c != '\'') {
    mapping = find_colon(cursor_) != nullptr;
    return true;
  }
  std::string_view text;
  const char* behind = quoted_end(cursor_, text);
  mapping = behind != nullptr && behind < line_end_ && *behind == ':' && blank_or_end(behind + 1);
  return true;
}

bool FastReader::mapping(int column) {
  size_t start = builder_.open(node_offset(cursor_));
  do {
    if (!mapping_key() || !mapping_value(column) || indent_ > column) return false;
  } while (indent_ == column);
  return builder_.close_map(start);
}

// Ends behind the colon.
bool FastReader::mapping_key() {
  const char* from = cursor_;
  std::string_view text;
  const char* colon = nullptr;
  if (*from == '"' || *from == '\'') {
    colon = quoted_end(from, text);
    if (colon == nullptr || colon >= line_end_ || *colon != ':' || !blank_or_end(colon + 1)) return false;
  } else {
    if (!starts_plain(*from)) return false;
    colon = find_colon(from);
    if (colon == nullptr || is_blank(colon[-1])) return false;
    text = {from, static_cast<size_t>(colon - from)};
    if (!resolve_key(text)) return false;
  }
  if (text.size() > kMaxKey) return false;
  builder_.key(text, offset(from));
  cursor_ = colon + 1;
  return true;
}

bool FastReader::mapping_value(int column) {
  uint32_t behind_colon = offset(cursor_);
  while (cursor_ < line_end_ && *cursor_ == ' ') ++cursor_;
  if (cursor_ < line_end_ && *cursor_ != '#') return inline_value(column);
  if (!next_line()) return false;
  if (indent_ > column) return block_node(column, indent_);
  if (indent_ == column && *cursor_ == '-' && blank_or_end(cursor_ + 1)) return sequence(column, true);
  builder_.scalar(keep_spelling_ ? blank_null() : Value(), behind_colon);
  return true;
}

// `indentless`: as the value of a mapping at the same column, which then goes on behind it.
bool FastReader::sequence(int column, bool indentless) {
  size_t start = builder_.open(node_offset(cursor_));
  do {
    if (!sequence_item(column) || indent_ > column) return false;
    bool more = indent_ == column && *cursor_ == '-' && blank_or_end(cursor_ + 1);
    if (more) continue;
    if (indent_ == column && !indentless) return false;
    break;
  } while (true);
  builder_.close_list(start);
  return true;
}

bool FastReader::sequence_item(int column) {
  ++cursor_;
  uint32_t behind_dash = offset(cursor_);
  while (cursor_ < line_end_ && *cursor_ == ' ') ++cursor_;
  if (cursor_ < line_end_ && *cursor_ != '#')
    return *cursor_ != '\t' && block_node(column, static_cast<int>(cursor_ - line_));
  if (!next_line()) return false;
  if (indent_ > column) return block_node(column, indent_);
  builder_.scalar(keep_spelling_ ? blank_null() : Value(), behind_dash);
  return true;
}

bool FastReader::inline_value(int parent) {
  char c = *cursor_;
  switch (c) {
    case '|':
    case '>': return block_scalar(parent);
    case '"':
    case '\'': return quoted_scalar();
    case '{':
    case '[': return flow_node() && rest_is_blank(cursor_) && next_line();
    case '&': return anchored_value(parent);
    case '*': return alias();
    case '-':
      if (blank_or_end(cursor_ + 1)) return false;
      break;
    default:
      if (!starts_plain(c)) return false;
  }
  return plain_scalar(parent);
}

// An anchor with its value behind it or on the next lines. v3's anchors outlive their document: not here.
bool FastReader::anchored_value(int parent) {
  if (schema_ == Schema::kGoV3 || anchor_ != nullptr) return false;
  const char* start = cursor_;
  const char* name = cursor_ + 1;
  cursor_ = name;
  while (cursor_ < line_end_ && is_word(*cursor_)) ++cursor_;
  std::string_view text(name, static_cast<size_t>(cursor_ - name));
  if (text.empty() || !blank_or_end(cursor_)) return false;
  while (cursor_ < line_end_ && *cursor_ == ' ') ++cursor_;
  anchor_ = start;
  if (cursor_ < line_end_ && *cursor_ != '#') {
    // In a sequence this could be the key of a mapping.
    bool key = false;
    if (*cursor_ == '&' || *cursor_ == '*' || !starts_mapping(key) || key || !inline_value(parent)) return false;
  } else {
    if (!next_line() || indent_ <= parent || !block_node(parent, indent_)) return false;
  }
  anchors_.push_back({text, builder_.last()});
  return true;
}

bool FastReader::alias() {
  const char* start = cursor_++;
  while (cursor_ < line_end_ && is_word(*cursor_)) ++cursor_;
  std::string_view name(start + 1, static_cast<size_t>(cursor_ - start - 1));
  if (anchor_ != nullptr || !rest_is_blank(cursor_) || ++aliases_ > kMaxAliases || offset(start) > kAliasReach)
    return false;
  for (auto known = anchors_.rbegin(); known != anchors_.rend(); ++known) {
    if (known->name != name) continue;
    builder_.alias(known->value, offset(start));
    return next_line();
  }
  return false;
}

}  // namespace taut::yaml
