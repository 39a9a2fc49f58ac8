// The characters, strings and numbers of a TOML text, for toml_reader.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taut::gotmpl {

// Thrown inside the reader; read_toml catches it.
struct TomlFault {
  int line;
  std::string message;
};

struct TomlToken {
  enum class Kind : uint8_t { kString, kInteger, kFloat, kBool, kDatetime };
  Kind kind = Kind::kString;
  std::string text;  // of strings with escapes resolved
  int line = 0;      // where it ended
};

// Walks the text and counts lines the way the library's lexer does, which can be seen in its errors.
class TomlScanner {
 public:
  static constexpr uint32_t kEnd = 0;

  explicit TomlScanner(std::string_view text) : text_(text) {}

  // The next character; kEnd at the end. Faults for control characters and what is not UTF-8.
  uint32_t next();
  void back();
  uint32_t peek();
  bool accept(uint32_t wanted);
  void skip_blanks();
  // Up to the end of the line.
  void skip_comment();
  int line() const { return line_; }

  [[noreturn]] void fault(std::string message) const;
  // Of an end of line that was read already.
  [[noreturn]] void fault_on_line_before(std::string message) const;

  std::string bare_name();
  // The opening quote is the next character.
  std::string quoted_name();
  // A string, number, bool or date; `first` was read already.
  TomlToken scalar(uint32_t first);

  static bool is_blank(uint32_t rune) { return rune == '\t' || rune == ' '; }
  static bool is_line_end(uint32_t rune) { return rune == '\n' || rune == '\r'; }

 private:
  std::string basic_string();
  std::string raw_string();
  std::string long_string(char quote);
  void check_escape(size_t start);
  void check_hex(size_t start, int count, std::string_view name, char letter);
  std::string resolve_escapes(std::string_view text) const;
  TomlToken number(uint32_t first);
  TomlToken signed_number();
  TomlToken special_float();
  TomlToken word();
  template <class Test>
  void run(Test test);
  TomlToken taken(TomlToken::Kind kind, size_t start) const;

  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
  bool at_end_ = false;
};

}  // namespace taut::gotmpl
