#include "lang/envsubst/parse.hh"

#include "base/runes.hh"
#include "base/unicode.hh"

namespace taut::envsubst {
namespace {

// Substitutions within arguments of substitutions.
constexpr int kMaxDepth = 500;

// The character at the end, and NUL, which the library cannot tell apart.
constexpr uint32_t kEnd = 0;

enum class Token { kIllegal, kEnd, kText, kOpen, kClose };

enum Mode : unsigned { kText = 1, kOpen = 2, kClose = 4, kEscape = 8 };

// Whether a character belongs to the token; `size` is the length of the token with it.
using Accept = bool (*)(uint32_t rune, size_t size);

bool any(uint32_t, size_t) { return true; }
bool name_part(uint32_t rune, size_t) { return is_letter(rune) || is_digit(rune) || rune == '_'; }
bool not_closing(uint32_t rune, size_t) { return rune != '}'; }
bool not_colon_or_closing(uint32_t rune, size_t) { return rune != ':' && rune != '}'; }
bool not_slash(uint32_t rune, size_t) { return rune != '/'; }
bool colon(uint32_t rune, size_t) { return rune == ':'; }
bool slash(uint32_t rune, size_t) { return rune == '/'; }
bool one_colon(uint32_t rune, size_t size) { return size == 1 && rune == ':'; }
bool one_equals(uint32_t rune, size_t size) { return size == 1 && rune == '='; }
bool one_hash(uint32_t rune, size_t size) { return size == 1 && rune == '#'; }
bool hashes(uint32_t rune, size_t size) { return rune == '#' && size < 3; }
bool percents(uint32_t rune, size_t size) { return rune == '%' && size < 3; }
bool casing(uint32_t rune, size_t size) { return (rune == ',' || rune == '^') && size < 3; }
bool default_operator(uint32_t rune, size_t size) {
  return size == 1 ? rune == ':' : size == 2 && (rune == '=' || rune == '-' || rune == '?' || rune == '+');
}
bool replace_operator(uint32_t rune, size_t size) {
  return size == 1 ? rune == '/' : size == 2 && (rune == '/' || rune == '#' || rune == '%');
}

Failure bad_substitution() { return fail(Code::kInvalid, "bad substitution"); }

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  Result<std::vector<Node>> parse() {
    std::vector<Node> out;
    for (;;) {
      escapes_backslash_ = false;
      switch (scan(any, kText | kOpen | kEscape)) {
        case Token::kEnd: return out;
        case Token::kText: out.push_back({.text = token_}); break;
        case Token::kOpen: {
          TAUT_ASSIGN(Node node, substitution());
          out.push_back(std::move(node));
          break;
        }
        default: return bad_substitution();
      }
    }
  }

 private:
  uint32_t peek() const {
    std::string_view rest = rest_;
    return rest.empty() ? kEnd : take_rune(rest);
  }

  bool escaped(unsigned mode, std::string_view rest) const {
    if ((mode & kEscape) == 0 || rest.size() < 2) return false;
    if (rest[0] == '$') return rest[1] == '$';
    return rest[0] == '\\' && escapes_backslash_ && (rest[1] == '/' || rest[1] == '\\');
  }

  // Takes one escaped or accepted character into the token.
  bool take(Accept accept, unsigned mode) {
    if (escaped(mode, rest_)) {
      token_.push_back(rest_[1]);
      rest_.remove_prefix(2);
      return true;
    }
    std::string_view after = rest_;
    uint32_t rune = take_rune(after);
    size_t width = rest_.size() - after.size();
    if (!accept(rune, token_.size() + width)) return false;
    token_.append(rest_.substr(0, width));
    rest_ = after;
    return true;
  }

  Token scan(Accept accept, unsigned mode) {
    token_.clear();
    if (peek() == kEnd) return Token::kEnd;
    if ((mode & kOpen) != 0 && rest_.starts_with("${")) {
      rest_.remove_prefix(2);
      return Token::kOpen;
    }
    if ((mode & kClose) != 0 && rest_[0] == '}') {
      rest_.remove_prefix(1);
      token_ = "}";
      return Token::kClose;
    }
    if ((mode & kText) == 0 || !take(accept, mode)) return Token::kIllegal;
    while (peek() != kEnd && !((mode & kOpen) != 0 && rest_.starts_with("${")) && take(accept, mode)) {
    }
    return Token::kText;
  }

  Status close() { return scan(any, kClose) == Token::kClose ? Status() : bad_substitution(); }

  Result<Node> closed(Node node) {
    TAUT_TRY(close());
    return node;
  }

  // The operator after a name; false when it is not one.
  bool operation(Accept accept, Node& node) {
    if (scan(accept, kText) != Token::kText) return false;
    node.operation = token_;
    return true;
  }

  // One argument, or one piece of it.
  Status argument(Accept accept, unsigned mode, Node& node) {
    switch (scan(accept, mode | kOpen)) {
      case Token::kOpen: {
        TAUT_ASSIGN(Node inner, substitution());
        node.arguments.push_back(std::move(inner));
        return {};
      }
      case Token::kText:
      case Token::kClose: node.arguments.push_back({.text = token_}); return {};
      default: return fail(Code::kInvalid, "unable to parse substitution within function");
    }
  }

  Result<Node> substitution() {
    if (depth_ == kMaxDepth) return fail(Code::kLimit, "substitutions are nested more than {} deep", kMaxDepth);
    ++depth_;
    escapes_backslash_ = true;
    auto node = peek() == '#' ? length() : named();
    --depth_;
    return node;
  }

  Result<Node> length() {
    Node node{.substitution = true};
    if (!operation(one_hash, node) || scan(name_part, kText) != Token::kText) return bad_substitution();
    node.parameter = token_;
    return closed(std::move(node));
  }

  Result<Node> named() {
    Node node{.substitution = true};
    if (scan(name_part, kText) != Token::kText) return fail(Code::kInvalid, "unable to parse variable name");
    node.parameter = token_;
    switch (peek()) {
      case ':': return is_default() ? defaulted(std::move(node)) : part(std::move(node));
      case '=': return defaulted(std::move(node));
      case ',':
      case '^':
        if (!operation(casing, node)) return bad_substitution();
        return closed(std::move(node));
      case '/': return replaced(std::move(node));
      case '#': return trimmed(std::move(node), hashes);
      case '%': return trimmed(std::move(node), percents);
      default: break;
    }
    if (scan(name_part, kClose) != Token::kClose) return fail(Code::kInvalid, "missing closing brace");
    return node;
  }

  bool is_default() const {
    char next = rest_.size() > 1 ? rest_[1] : '\0';
    return next == '=' || next == '-' || next == '?' || next == '+';
  }

  // Whether there is a first character and it is one byte, as those of no text are.
  static bool starts_with_byte(std::string_view text) {
    std::string_view after = text;
    if (!text.empty()) take_rune(after);
    return text.size() - after.size() == 1;
  }

  Result<Node> part(Node node) {
    // The library looks past the colon and goes back by the width of what it saw there, to before the colon.
    if (!starts_with_byte(rest_.substr(1))) return bad_substitution();
    if (!operation(one_colon, node)) return bad_substitution();
    TAUT_TRY(argument(not_colon_or_closing, kText, node));
    Token next = scan(colon, kText | kClose);
    if (next == Token::kClose) return node;
    if (next != Token::kText) return bad_substitution();
    TAUT_TRY(argument(not_closing, kText, node));
    return closed(std::move(node));
  }

  Result<Node> trimmed(Node node, Accept accept) {
    if (!operation(accept, node)) return bad_substitution();
    TAUT_TRY(argument(not_closing, kText, node));
    return closed(std::move(node));
  }

  Result<Node> replaced(Node node) {
    if (!operation(replace_operator, node)) return bad_substitution();
    TAUT_TRY(argument(not_slash, kText | kEscape, node));
    if (scan(slash, kText) != Token::kText) return bad_substitution();
    if (peek() != '}') TAUT_TRY(argument(not_closing, kText | kEscape, node));
    return closed(std::move(node));
  }

  Result<Node> defaulted(Node node) {
    if (!operation(peek() == '=' ? one_equals : default_operator, node))
      return fail(Code::kInvalid, "unable to parse default function");
    while (peek() != '}') TAUT_TRY(argument(not_closing, kText, node));
    return closed(std::move(node));
  }

  std::string_view rest_;
  std::string token_;
  bool escapes_backslash_ = false;  // inside of substitutions
  int depth_ = 0;
};

}  // namespace

Result<std::vector<Node>> parse(std::string_view text) { return Parser(text).parse(); }

}  // namespace taut::envsubst
