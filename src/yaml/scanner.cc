#include "yaml/scanner.hh"

#include <algorithm>

#include "base/strings.hh"
#include "yaml/chars.hh"

namespace taut::yaml {
namespace {

constexpr size_t kMaxDepth = 10'000;
constexpr size_t kMaxSimpleKey = 1024;
constexpr size_t kCommentReach = 512;  // how far v3 looks ahead for comments

// Characters from `from` to `to`; a key's length is limited in characters, not bytes.
size_t count_characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

Scanner::Scanner(const Input& input, bool v3, const Mark& start)
    : text_(input.text()),
      end_(input.end()),
      reader_problem_(input.problem()),
      lookahead_(v3 ? 2 : 0),
      reads_comments_(v3),
      mark_(start) {}

bool Scanner::fail(const Mark& context, std::string text) {
  if (problem_.origin != Problem::Origin::kNone) return false;
  problem_ = {Problem::Origin::kScanner, std::move(text), mark_, context};
  return false;
}

std::string_view Scanner::keep(std::string text) { return texts_.emplace_back(std::move(text)); }

const Token* Scanner::peek() {
  if (!available_) {
    bool ok = problem_.origin == Problem::Origin::kNone && fetch_more();
    if (touched_end_ && !reader_problem_.empty()) {
      problem_ = {Problem::Origin::kReader, std::string(reader_problem_), {}, {}};
      ok = false;
    }
    if (!ok) return nullptr;
    available_ = true;
  }
  return &tokens_[head_];
}

void Scanner::skip() {
  available_ = false;
  ++head_;
  ++parsed_;
  if (head_ == tokens_.size()) {
    tokens_.clear();
    head_ = 0;
  }
}

bool Scanner::fetch_more() {
  for (;;) {
    if (tokens_.size() - head_ > lookahead_) {
      bool may = false;
      if (!head_may_be_key(may)) return false;
      if (!may) return true;
    }
    if (!fetch_next()) return false;
  }
}

// Whether a ':' further on could still turn the first token into a mapping key.
bool Scanner::head_may_be_key(bool& may) {
  auto level = key_levels_.find(parsed_);
  return level == key_levels_.end() || simple_key_valid(simple_keys_[level->second], may);
}

bool Scanner::simple_key_valid(SimpleKey& key, bool& valid) {
  valid = key.possible;
  if (!key.possible) return true;
  bool too_long = key.mark.offset + kMaxSimpleKey < mark_.offset &&
                  count_characters(text_.substr(key.mark.offset, mark_.offset - key.mark.offset)) > kMaxSimpleKey;
  if (key.mark.line == mark_.line && !too_long) return true;
  if (key.required) return fail(key.mark, "could not find expected ':'");
  valid = key.possible = false;
  return true;
}

bool Scanner::save_simple_key() {
  if (!simple_key_allowed_) return true;
  bool required = flow_level_ == 0 && indent_ == static_cast<int64_t>(mark_.column);
  if (!remove_simple_key()) return false;
  simple_keys_.back() = {true, required, parsed_ + (tokens_.size() - head_), mark_};
  key_levels_[simple_keys_.back().token_number] = simple_keys_.size() - 1;
  return true;
}

bool Scanner::remove_simple_key() {
  SimpleKey& key = simple_keys_.back();
  if (!key.possible) return true;
  if (key.required) return fail(key.mark, "could not find expected ':'");
  key.possible = false;
  key_levels_.erase(key.token_number);
  return true;
}

bool Scanner::roll_indent(uint32_t column, size_t token_number, TokenType type, const Mark& mark) {
  if (flow_level_ > 0 || indent_ >= static_cast<int64_t>(column)) return true;
  indents_.push_back(indent_);
  indent_ = column;
  if (indents_.size() > kMaxDepth) return fail(simple_keys_.back().mark, "exceeded max depth of 10000");
  Token token;
  token.type = type;
  token.start = token.end = mark;
  insert(token_number, token);
  return true;
}

void Scanner::unroll_indent(int64_t column) {
  if (flow_level_ > 0) return;
  while (indent_ > column) {
    push(TokenType::kBlockEnd, mark_);
    indent_ = indents_.back();
    indents_.pop_back();
  }
}

void Scanner::push(TokenType type, const Mark& start) {
  Token token;
  token.type = type;
  token.start = start;
  token.end = mark_;
  tokens_.push_back(token);
}

void Scanner::insert(size_t token_number, Token token) {
  if (token_number == kAppend || token_number < parsed_) {
    tokens_.push_back(token);
    return;
  }
  tokens_.insert(tokens_.begin() + static_cast<ptrdiff_t>(head_ + token_number - parsed_), token);
}

void Scanner::skip_blanks() {
  while (is_blank(at())) advance();
}

void Scanner::skip_comment() {
  while (at() == '#') {
    while (!break_or_end()) advance();
    if (!reads_comments_) return;
    // v3 gathers the comments that follow, even behind tabs, where no token could start.
    size_t ahead = 0;
    while (ahead < kCommentReach && !at_end(ahead) && (is_blank(at(ahead)) || break_at(ahead) != 0)) ++ahead;
    if (at(ahead) != '#') return;
    while (at() != '#') {
      if (break_at() != 0) skip_break();
      else advance();
    }
    if (flow_level_ == 0) simple_key_allowed_ = true;
  }
}

// The comment behind a token on its line: v3 reads it with the token, whatever blanks are between.
void Scanner::skip_line_comment() {
  if (!reads_comments_ || tokens_.back().type == TokenType::kBlockEntry || tokens_.back().end.line != mark_.line) return;
  size_t ahead = 0;
  while (ahead < kCommentReach && is_blank(at(ahead))) ++ahead;
  if (at(ahead) != '#') return;
  advance(ahead);
  while (!break_or_end()) advance();
}

void Scanner::skip_break() {
  if (size_t length = break_at()) {
    mark_.offset += static_cast<uint32_t>(length);
    mark_.column = 0;
    ++mark_.line;
  }
}

// CR, LF, CR LF and next line read as LF; line and paragraph separators stay.
void Scanner::read_break(std::string& out) {
  size_t length = break_at();
  if (length == 3) out += rest().substr(0, 3);
  else out += '\n';
  skip_break();
}

bool Scanner::at_document_indicator() {
  if (mark_.column != 0) return false;
  char c = at();
  if (c != '-' && c != '.') return false;
  return at(1) == c && at(2) == c && blank_or_end(3);
}

void Scanner::scan_to_next_token() {
  for (;;) {
    while (at() == ' ' || ((flow_level_ > 0 || !simple_key_allowed_) && at() == '\t')) advance();
    skip_comment();
    if (break_at() == 0) return;
    skip_break();
    if (flow_level_ == 0) simple_key_allowed_ = true;
  }
}

bool Scanner::fetch_next() {
  scan_to_next_token();
  unroll_indent(mark_.column);
  if (at_end()) return fetch_stream_end();
  if (mark_.column == 0 && at() == '%') return fetch_directive();
  if (at_document_indicator())
    return fetch_document_indicator(at() == '-' ? TokenType::kDocumentStart : TokenType::kDocumentEnd);
  if (!fetch_by_character()) return false;
  skip_line_comment();
  return true;
}

bool Scanner::fetch_by_character() {
  switch (at()) {
    case '[': return fetch_flow_start(TokenType::kFlowSequenceStart);
    case '{': return fetch_flow_start(TokenType::kFlowMappingStart);
    case ']': return fetch_flow_end(TokenType::kFlowSequenceEnd);
    case '}': return fetch_flow_end(TokenType::kFlowMappingEnd);
    case ',': return fetch_flow_entry();
    case '*': return fetch_anchor(TokenType::kAlias);
    case '&': return fetch_anchor(TokenType::kAnchor);
    case '!': return fetch_tag();
    case '\'': return fetch_quoted_scalar(true);
    case '"': return fetch_quoted_scalar(false);
    case '-':
      if (blank_or_end(1)) return fetch_block_entry();
      break;
    case '?':
      if (flow_level_ > 0 || blank_or_end(1)) return fetch_key();
      break;
    case ':':
      if (flow_level_ > 0 || blank_or_end(1)) return fetch_value();
      break;
    case '|':
    case '>':
      if (flow_level_ == 0) return fetch_block_scalar(at() == '|');
      break;
    default: break;
  }
  if (starts_plain_scalar()) return fetch_plain_scalar();
  return fail(mark_, "found character that cannot start any token");
}

bool Scanner::starts_plain_scalar() {
  if (blank_or_end()) return false;
  switch (at()) {
    case '-': return !is_blank(at(1));
    case '?':
    case ':': return flow_level_ == 0 && !blank_or_end(1);
    default: return std::string_view(",[]{}#&*!|>'\"%@`").find(at()) == std::string_view::npos;
  }
}

bool Scanner::fetch_stream_end() {
  if (mark_.column != 0) {
    mark_.column = 0;
    ++mark_.line;
  }
  unroll_indent(-1);
  if (!remove_simple_key()) return false;
  simple_key_allowed_ = false;
  push(TokenType::kStreamEnd, mark_);
  return true;
}

bool Scanner::fetch_directive() {
  unroll_indent(-1);
  if (!remove_simple_key()) return false;
  simple_key_allowed_ = false;
  Token token;
  if (!scan_directive(token)) return false;
  tokens_.push_back(token);
  return true;
}

bool Scanner::fetch_document_indicator(TokenType type) {
  unroll_indent(-1);
  if (!remove_simple_key()) return false;
  simple_key_allowed_ = false;
  Mark start = mark_;
  advance(3);
  push(type, start);
  return true;
}

bool Scanner::fetch_flow_start(TokenType type) {
  if (!save_simple_key()) return false;
  simple_keys_.push_back({false, false, parsed_ + (tokens_.size() - head_), mark_});
  if (++flow_level_ > kMaxDepth) return fail(mark_, "exceeded max depth of 10000");
  simple_key_allowed_ = true;
  Mark start = mark_;
  advance();
  push(type, start);
  return true;
}

bool Scanner::fetch_flow_end(TokenType type) {
  if (!remove_simple_key()) return false;
  if (flow_level_ > 0) {
    --flow_level_;
    // In an empty collection this is the number of its bracket, which is then no key any more, as in go-yaml:
    // "{}: a" is the document {} there.
    key_levels_.erase(simple_keys_.back().token_number);
    simple_keys_.pop_back();
  }
  simple_key_allowed_ = false;
  Mark start = mark_;
  advance();
  push(type, start);
  return true;
}

bool Scanner::fetch_flow_entry() {
  if (!remove_simple_key()) return false;
  simple_key_allowed_ = true;
  Mark start = mark_;
  advance();
  push(TokenType::kFlowEntry, start);
  return true;
}

bool Scanner::fetch_block_entry() {
  if (flow_level_ == 0) {
    if (!simple_key_allowed_) return fail({}, "block sequence entries are not allowed in this context");
    if (!roll_indent(mark_.column, kAppend, TokenType::kBlockSequenceStart, mark_)) return false;
  }
  if (!remove_simple_key()) return false;
  simple_key_allowed_ = true;
  Mark start = mark_;
  advance();
  push(TokenType::kBlockEntry, start);
  return true;
}

bool Scanner::fetch_key() {
  if (flow_level_ == 0) {
    if (!simple_key_allowed_) return fail({}, "mapping keys are not allowed in this context");
    if (!roll_indent(mark_.column, kAppend, TokenType::kBlockMappingStart, mark_)) return false;
  }
  if (!remove_simple_key()) return false;
  simple_key_allowed_ = flow_level_ == 0;
  Mark start = mark_;
  advance();
  push(TokenType::kKey, start);
  return true;
}

bool Scanner::fetch_value() {
  bool valid = false;
  if (!simple_key_valid(simple_keys_.back(), valid)) return false;
  if (valid) {
    SimpleKey key = simple_keys_.back();
    Token token;
    token.type = TokenType::kKey;
    token.start = token.end = key.mark;
    insert(key.token_number, token);
    if (!roll_indent(key.mark.column, key.token_number, TokenType::kBlockMappingStart, key.mark)) return false;
    simple_keys_.back().possible = false;
    key_levels_.erase(key.token_number);
    simple_key_allowed_ = false;
  } else {
    if (flow_level_ == 0) {
      if (!simple_key_allowed_) return fail({}, "mapping values are not allowed in this context");
      if (!roll_indent(mark_.column, kAppend, TokenType::kBlockMappingStart, mark_)) return false;
    }
    simple_key_allowed_ = flow_level_ == 0;
  }
  Mark start = mark_;
  advance();
  push(TokenType::kValue, start);
  return true;
}

bool Scanner::fetch_anchor(TokenType type) {
  if (!save_simple_key()) return false;
  simple_key_allowed_ = false;
  Token token;
  if (!scan_anchor(token, type)) return false;
  tokens_.push_back(token);
  return true;
}

bool Scanner::fetch_tag() {
  if (!save_simple_key()) return false;
  simple_key_allowed_ = false;
  Token token;
  if (!scan_tag(token)) return false;
  tokens_.push_back(token);
  return true;
}

bool Scanner::fetch_block_scalar(bool literal) {
  if (!remove_simple_key()) return false;
  simple_key_allowed_ = true;
  Token token;
  if (!scan_block_scalar(token, literal)) return false;
  tokens_.push_back(token);
  return true;
}

bool Scanner::fetch_quoted_scalar(bool single) {
  if (!save_simple_key()) return false;
  simple_key_allowed_ = false;
  Token token;
  if (!scan_quoted_scalar(token, single)) return false;
  tokens_.push_back(token);
  return true;
}

bool Scanner::fetch_plain_scalar() {
  if (!save_simple_key()) return false;
  simple_key_allowed_ = false;
  Token token;
  if (!scan_plain_scalar(token)) return false;
  tokens_.push_back(token);
  return true;
}

}  // namespace taut::yaml
