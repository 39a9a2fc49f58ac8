// Tokens of templates, with Go's delimiters, trim markers and comments (text/template/parse/lex.go, Go 1.26).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taut::gotmpl {

enum class TokenType : uint8_t {
  kError,  // text is what is wrong
  kBool,
  kChar,  // a printable character that has no other meaning, such as a comma
  kCharConstant,
  kComplex,
  kAssign,
  kDeclare,
  kEof,
  kField,  // .name
  kIdentifier,
  kLeftDelimiter,
  kLeftParen,
  kNumber,
  kPipe,
  kRawString,
  kRightDelimiter,
  kRightParen,
  kSpace,
  kString,
  kText,
  kVariable,  // $name
  // keywords
  kBlock,
  kBreak,
  kContinue,
  kDot,
  kDefine,
  kElse,
  kEnd,
  kIf,
  kNil,
  kRange,
  kTemplate,
  kWith,
};

struct Token {
  TokenType type = TokenType::kEof;
  uint32_t position = 0;
  std::string_view text;
};

// The token as Go's errors show it: "EOF", <if>, "name".
std::string token_text(const Token& token);

class Lexer {
 public:
  // The text must outlive the tokens.
  explicit Lexer(std::string_view text) : text_(text) {}
  // After an error or the end, always the end.
  Token next();

 private:
  static constexpr uint32_t kEnd = UINT32_MAX;

  uint32_t peek(size_t* width = nullptr) const;
  uint32_t skip_word();
  bool accept(std::string_view valid);
  void accept_run(std::string_view valid);
  bool at(std::string_view word) const { return text_.substr(position_).starts_with(word); }
  // At "}}" or " -}}"; sets whether white space that follows is trimmed.
  bool at_right_delimiter(bool& trims) const;
  bool at_terminator() const;
  void skip_to(size_t end) { start_ = position_ = end; }  // what is skipped is in no token

  Token emit(TokenType type);
  Token error(std::string message);
  bool text_token(Token& token);
  bool comment(Token& token);
  Token left_delimiter();
  Token right_delimiter();
  Token inside_action();
  Token space();
  Token declare();
  Token identifier();
  Token field_or_variable(TokenType type);
  Token quoted(char end, TokenType type, std::string_view what);
  Token raw_string();
  Token number();
  bool scan_number();

  std::string_view text_;
  size_t position_ = 0, start_ = 0;
  int parentheses_ = 0;
  bool inside_action_ = false;
  std::string message_;
};

}  // namespace taut::gotmpl
