#include "lang/gotmpl/lexer.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/runes.hh"
#include "base/strings.hh"
#include "base/unicode.hh"

namespace taut::gotmpl {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";
constexpr size_t kDelimiterSize = 2;
constexpr size_t kMarkerSize = 2;  // the marker and the space beside it

bool is_blank(uint32_t rune) { return rune == ' ' || rune == '\t' || rune == '\r' || rune == '\n'; }
// Bytes that a word of ASCII may have.
constexpr std::array<bool, 256> kWordBytes = [] {
  std::array<bool, 256> out{};
  for (int c = 0; c < 0x80; ++c) out[c] = c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
  return out;
}();

bool is_word(uint32_t rune) { return rune < 0x80 ? kWordBytes[rune] : is_letter(rune) || is_digit(rune); }

bool has_left_marker(std::string_view text) {
  return text.size() >= kMarkerSize && text[0] == '-' && is_blank(static_cast<unsigned char>(text[1]));
}
bool has_right_marker(std::string_view text) {
  return text.size() >= kMarkerSize && is_blank(static_cast<unsigned char>(text[0])) && text[1] == '-';
}

TokenType keyword(std::string_view word) {
  static constexpr std::pair<std::string_view, TokenType> kWords[] = {
      {"block", TokenType::kBlock}, {"break", TokenType::kBreak}, {"continue", TokenType::kContinue},
      {"define", TokenType::kDefine}, {"else", TokenType::kElse}, {"end", TokenType::kEnd},
      {"if", TokenType::kIf}, {"range", TokenType::kRange}, {"nil", TokenType::kNil},
      {"template", TokenType::kTemplate}, {"with", TokenType::kWith},
      {"true", TokenType::kBool}, {"false", TokenType::kBool},
  };
  for (const auto& [text, type] : kWords) {
    if (text == word) return type;
  }
  return TokenType::kIdentifier;
}

// %#U: "U+0022 '"'".
std::string unicode_text(uint32_t rune) {
  std::string out = fmt::format("U+{:04X}", rune);
  if (is_print(rune)) out += " '" + rune_text(rune) + "'";
  return out;
}

}  // namespace

std::string token_text(const Token& token) {
  if (token.type == TokenType::kEof) return "EOF";
  if (token.type == TokenType::kError) return std::string(token.text);
  if (token.type >= TokenType::kBlock) return fmt::format("<{}>", token.text);
  if (token.text.size() <= 10) return quote(token.text);
  std::string_view rest = token.text;
  for (int i = 0; i < 10 && !rest.empty(); ++i) take_rune(rest);
  return quote(token.text.substr(0, token.text.size() - rest.size())) + "...";
}

uint32_t Lexer::peek(size_t* width) const {
  if (position_ >= text_.size()) {
    if (width) *width = 0;
    return kEnd;
  }
  auto byte = static_cast<unsigned char>(text_[position_]);
  if (byte < 0x80) {
    if (width) *width = 1;
    return byte;
  }
  std::string_view rest = text_.substr(position_);
  size_t before = rest.size();
  uint32_t rune = take_rune(rest);
  if (width) *width = before - rest.size();
  return rune;
}

// Goes over letters, digits and underscores, and gives the character after them.
uint32_t Lexer::skip_word() {
  for (;;) {
    while (position_ < text_.size() && kWordBytes[static_cast<unsigned char>(text_[position_])]) ++position_;
    size_t width = 0;
    uint32_t rune = peek(&width);
    if (rune == kEnd || !is_word(rune)) return rune;
    position_ += width;
  }
}

bool Lexer::accept(std::string_view valid) {
  if (position_ >= text_.size() || valid.find(text_[position_]) == std::string_view::npos) return false;
  ++position_;
  return true;
}

void Lexer::accept_run(std::string_view valid) {
  while (accept(valid)) {
  }
}

bool Lexer::at_right_delimiter(bool& trims) const {
  std::string_view rest = text_.substr(position_, kMarkerSize + kDelimiterSize);
  trims = has_right_marker(rest) && rest.substr(kMarkerSize).starts_with("}}");
  return trims || rest.starts_with("}}");
}

bool Lexer::at_terminator() const {
  if (position_ >= text_.size()) return true;
  switch (text_[position_]) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case '.':
    case ',':
    case '|':
    case ':':
    case ')':
    case '(': return true;
    default: return at("}}");
  }
}

Token Lexer::emit(TokenType type) {
  Token token{type, static_cast<uint32_t>(start_), text_.substr(start_, position_ - start_)};
  start_ = position_;
  return token;
}

Token Lexer::error(std::string message) {
  message_ = std::move(message);
  Token token{TokenType::kError, static_cast<uint32_t>(start_), message_};
  text_ = {};
  position_ = start_ = 0;
  inside_action_ = false;
  return token;
}

Token Lexer::next() {
  if (inside_action_) return inside_action();
  Token token;
  for (;;) {
    if (text_token(token)) return token;
    size_t inside = position_ + kDelimiterSize;
    size_t marker = has_left_marker(text_.substr(inside)) ? kMarkerSize : 0;
    if (!text_.substr(inside + marker).starts_with("/*")) return left_delimiter();
    skip_to(inside + marker);
    if (comment(token)) return token;
  }
}

// The text up to the next action, without what the action trims; the end; false if there is nothing before the action.
bool Lexer::text_token(Token& token) {
  size_t open = text_.find("{{", position_);
  if (open == std::string_view::npos) {
    bool more = position_ < text_.size();
    position_ = text_.size();
    token = emit(more ? TokenType::kText : TokenType::kEof);
    return true;
  }
  size_t end = open;
  if (has_left_marker(text_.substr(open + kDelimiterSize))) {
    std::string_view kept = trim_right(text_.substr(start_, open - start_), kSpaces);
    end = start_ + kept.size();
  }
  position_ = end;
  token = emit(TokenType::kText);
  skip_to(open);
  return !token.text.empty();
}

// Skips a comment; true with an error.
bool Lexer::comment(Token& token) {
  size_t close = text_.find("*/", position_ + 2);
  if (close == std::string_view::npos) {
    token = error("unclosed comment");
    return true;
  }
  position_ = close + 2;
  bool trims = false;
  if (!at_right_delimiter(trims)) {
    token = error("comment ends before closing delimiter");
    return true;
  }
  position_ += kDelimiterSize + (trims ? kMarkerSize : 0);
  skip_to(trims ? std::min(text_.find_first_not_of(kSpaces, position_), text_.size()) : position_);
  return false;
}

Token Lexer::left_delimiter() {
  position_ += kDelimiterSize;
  bool trims = has_left_marker(text_.substr(position_));
  Token token = emit(TokenType::kLeftDelimiter);
  inside_action_ = true;
  if (trims) skip_to(position_ + kMarkerSize);
  parentheses_ = 0;
  return token;
}

Token Lexer::right_delimiter() {
  bool trims = false;
  at_right_delimiter(trims);
  if (trims) skip_to(position_ + kMarkerSize);
  position_ += kDelimiterSize;
  Token token = emit(TokenType::kRightDelimiter);
  if (trims) skip_to(std::min(text_.find_first_not_of(kSpaces, position_), text_.size()));
  inside_action_ = false;
  return token;
}

Token Lexer::inside_action() {
  bool trims = false;
  if (at_right_delimiter(trims)) return parentheses_ == 0 ? right_delimiter() : error("unclosed left paren");
  size_t width = 0;
  uint32_t rune = peek(&width);
  if (rune == kEnd) return error("unclosed action");
  if (is_blank(rune)) return space();
  if (is_word(rune) && !(rune >= '0' && rune <= '9')) return identifier();
  position_ += width;
  switch (rune) {
    case '=': return emit(TokenType::kAssign);
    case ':': return declare();
    case '|': return emit(TokenType::kPipe);
    case '"': return quoted('"', TokenType::kString, "quoted string");
    case '\'': return quoted('\'', TokenType::kCharConstant, "character constant");
    case '`': return raw_string();
    case '$': return at_terminator() ? emit(TokenType::kVariable) : field_or_variable(TokenType::kVariable);
    case '(': ++parentheses_; return emit(TokenType::kLeftParen);
    case ')': return --parentheses_ < 0 ? error("unexpected right paren") : emit(TokenType::kRightParen);
    default: break;
  }
  if (rune == '.' && position_ < text_.size() && (text_[position_] < '0' || text_[position_] > '9')) {
    return field_or_variable(TokenType::kField);
  }
  if (rune == '.' || rune == '+' || rune == '-' || (rune >= '0' && rune <= '9')) {
    --position_;
    return number();
  }
  if (rune < 0x80 && is_print(rune)) return emit(TokenType::kChar);
  return error("unrecognized character in action: " + unicode_text(rune));
}

Token Lexer::space() {
  size_t end = std::min(text_.find_first_not_of(kSpaces, position_), text_.size());
  size_t count = end - position_;
  // The last space may belong to a closing " -}}".
  std::string_view last = text_.substr(end - 1);
  if (has_right_marker(last) && last.substr(kMarkerSize).starts_with("}}")) {
    if (count == 1) return right_delimiter();
    --end;
  }
  position_ = end;
  return emit(TokenType::kSpace);
}

Token Lexer::declare() {
  size_t width = 0;
  uint32_t rune = peek(&width);
  position_ += width;
  return rune == '=' ? emit(TokenType::kDeclare) : error("expected :=");
}

Token Lexer::identifier() {
  uint32_t rune = skip_word();
  if (!at_terminator()) return error("bad character " + unicode_text(rune));
  return emit(keyword(text_.substr(start_, position_ - start_)));
}

Token Lexer::field_or_variable(TokenType type) {
  if (at_terminator()) return emit(type == TokenType::kVariable ? type : TokenType::kDot);
  uint32_t rune = skip_word();
  if (!at_terminator()) return error("bad character " + unicode_text(rune));
  return emit(type);
}

Token Lexer::quoted(char end, TokenType type, std::string_view what) {
  while (position_ < text_.size() && text_[position_] != '\n') {
    char c = text_[position_++];
    if (c == end) return emit(type);
    if (c != '\\') continue;
    size_t width = 0;
    uint32_t rune = peek(&width);
    if (rune == kEnd || rune == '\n') break;
    position_ += width;
  }
  return error(fmt::format("unterminated {}", what));
}

Token Lexer::raw_string() {
  size_t end = text_.find('`', position_);
  if (end == std::string_view::npos) return error("unterminated raw quoted string");
  position_ = end + 1;
  return emit(TokenType::kRawString);
}

Token Lexer::number() {
  auto bad = [&] { return error("bad number syntax: " + quote(text_.substr(start_, position_ - start_))); };
  if (!scan_number()) return bad();
  if (uint32_t sign = peek(); sign == '+' || sign == '-') {
    if (!scan_number() || text_[position_ - 1] != 'i') return bad();
    return emit(TokenType::kComplex);
  }
  return emit(TokenType::kNumber);
}

// More is accepted than numbers are: what is wrong is found when the number is read.
bool Lexer::scan_number() {
  accept("+-");
  constexpr std::string_view kDecimal = "0123456789_", kHex = "0123456789abcdefABCDEF_";
  std::string_view digits = kDecimal;
  if (accept("0")) {
    if (accept("xX")) digits = kHex;
    else if (accept("oO")) digits = "01234567_";
    else if (accept("bB")) digits = "01_";
  }
  accept_run(digits);
  if (accept(".")) accept_run(digits);
  if ((digits == kDecimal && accept("eE")) || (digits == kHex && accept("pP"))) {
    accept("+-");
    accept_run(kDecimal);
  }
  accept("i");
  size_t width = 0;
  uint32_t rune = peek(&width);
  if (rune == kEnd || !is_word(rune)) return true;
  position_ += width;
  return false;
}

}  // namespace taut::gotmpl
