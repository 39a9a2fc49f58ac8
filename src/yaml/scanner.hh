// The scanner: text to tokens, with the rules of libyaml as go-yaml carries them (YAML 1.1, simple keys of at
// most 1024 characters on one line, limits on depth). The grammar that uses them is in parser.hh.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "yaml/chars.hh"
#include "yaml/input.hh"

namespace taut::yaml {

// Line and column count from 0; the column is in bytes.
struct Mark {
  uint32_t offset = 0;
  uint32_t line = 0;
  uint32_t column = 0;
};

enum class TokenType : uint8_t {
  kStreamEnd, kVersionDirective, kTagDirective, kDocumentStart, kDocumentEnd,
  kBlockSequenceStart, kBlockMappingStart, kBlockEnd,
  kFlowSequenceStart, kFlowSequenceEnd, kFlowMappingStart, kFlowMappingEnd,
  kBlockEntry, kFlowEntry, kKey, kValue, kAlias, kAnchor, kTag, kScalar,
};

enum class ScalarStyle : uint8_t { kPlain, kSingleQuoted, kDoubleQuoted, kLiteral, kFolded };

struct Token {
  TokenType type = TokenType::kStreamEnd;
  ScalarStyle style = ScalarStyle::kPlain;
  int8_t major = 0, minor = 0;  // of a version directive
  Mark start, end;
  // The scalar, the anchor's name, or a tag's handle. Points into the input or into the scanner's own texts.
  std::string_view value;
  std::string_view suffix;  // of a tag; the prefix of a tag directive
};

// What is wrong with the text. go-yaml counts the two kinds of lines differently: see describe().
struct Problem {
  enum class Origin : uint8_t { kNone, kReader, kScanner, kParser };
  Origin origin = Origin::kNone;
  std::string text;
  Mark mark;
  Mark context;
};

class Scanner {
 public:
  // `v3`: as go-yaml v3, which scans two tokens ahead of its parser (that decides which of two errors is found
  // first) and keeps comments (which lets tabs stand before them). `start` is the start of a line.
  Scanner(const Input& input, bool v3, const Mark& start);

  // The next token, or nullptr when the text is wrong: see problem(). Valid until the next call.
  const Token* peek();
  void skip();
  const Problem& problem() const { return problem_; }

 private:
  struct SimpleKey {
    bool possible = false;
    bool required = false;
    size_t token_number = 0;
    Mark mark;
  };

  // Characters. Past the end, at() gives NUL, which YAML does not allow inside.
  char at(size_t i = 0) {
    size_t p = mark_.offset + i;
    if (p < end_) return text_[p];
    touched_end_ = true;
    return '\0';
  }
  std::string_view rest() const { return text_.substr(mark_.offset, end_ - mark_.offset); }
  bool at_end(size_t i = 0) { return mark_.offset + i >= end_ && (touched_end_ = true); }
  // The length of the line break there, 0 if there is none.
  size_t break_at(size_t i = 0) { return at_end(i) ? 0 : break_length(rest().substr(i)); }
  bool break_or_end(size_t i = 0) { return at_end(i) || break_length(rest().substr(i)) != 0; }
  bool blank_or_end(size_t i = 0) {
    char c = at(i);
    return c == ' ' || c == '\t' || break_or_end(i);
  }
  void advance(size_t bytes = 1) {
    mark_.offset += static_cast<uint32_t>(bytes);
    mark_.column += static_cast<uint32_t>(bytes);
  }
  void skip_blanks();
  void skip_comment();
  void skip_line_comment();
  void skip_break();
  void read_break(std::string& out);
  bool at_document_indicator();

  // Tokens.
  bool fetch_more();
  bool fetch_next();
  bool fetch_by_character();
  bool fetch_stream_end();
  bool fetch_directive();
  bool fetch_document_indicator(TokenType type);
  bool fetch_flow_start(TokenType type);
  bool fetch_flow_end(TokenType type);
  bool fetch_flow_entry();
  bool fetch_block_entry();
  bool fetch_key();
  bool fetch_value();
  bool fetch_anchor(TokenType type);
  bool fetch_tag();
  bool fetch_block_scalar(bool literal);
  bool fetch_quoted_scalar(bool single);
  bool fetch_plain_scalar();
  void scan_to_next_token();
  bool starts_plain_scalar();

  // Scalars (scan_scalar.cc).
  bool scan_block_scalar(Token& token, bool literal);
  bool scan_block_header(const Mark& start, int& chomping, uint32_t& increment);
  bool scan_block_breaks(uint32_t& indent, std::string& breaks, const Mark& start);
  bool scan_quoted_scalar(Token& token, bool single);
  bool scan_quoted_run(std::string& out, bool single, bool& leading_blanks, const Mark& start);
  bool scan_escape(std::string& out, const Mark& start);
  bool scan_plain_scalar(Token& token);
  bool scan_plain_blanks(std::string& blanks, std::string& lead, std::string& trail, bool& leading,
                         const Mark& start);

  // Directives and tags (scan_tag.cc).
  bool scan_directive(Token& token);
  bool scan_version(Token& token, const Mark& start);
  bool scan_version_number(int8_t& number, const Mark& start);
  bool scan_tag_directive(Token& token, const Mark& start);
  bool scan_anchor(Token& token, TokenType type);
  bool scan_tag(Token& token);
  bool scan_tag_handle(bool directive, const Mark& start, std::string& handle);
  bool scan_tag_uri(std::string_view head, const Mark& start, std::string& uri);
  bool scan_uri_escape(const Mark& start, std::string& uri);

  bool save_simple_key();
  bool remove_simple_key();
  bool simple_key_valid(SimpleKey& key, bool& valid);
  bool head_may_be_key(bool& may);
  bool roll_indent(uint32_t column, size_t token_number, TokenType type, const Mark& mark);
  void unroll_indent(int64_t column);
  void push(TokenType type, const Mark& start);
  void insert(size_t token_number, Token token);
  bool fail(const Mark& context, std::string text);
  std::string_view keep(std::string text);

  static constexpr size_t kAppend = SIZE_MAX;

  std::string_view text_;
  size_t end_;
  std::string_view reader_problem_;
  size_t lookahead_;
  bool reads_comments_;
  Mark mark_;
  bool touched_end_ = false;
  bool available_ = false;
  std::vector<Token> tokens_;
  size_t head_ = 0;
  size_t parsed_ = 0;  // tokens given to the parser
  std::vector<SimpleKey> simple_keys_{1};  // one for each level of flow collections
  std::unordered_map<size_t, size_t> key_levels_;  // by token number: the level whose possible key it is
  bool simple_key_allowed_ = true;
  size_t flow_level_ = 0;
  int64_t indent_ = -1;
  std::vector<int64_t> indents_;
  std::deque<std::string> texts_;
  Problem problem_;
};

}  // namespace taut::yaml
