// Go's package fmt (print.go, format.go of Go 1.26) on template values.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lang/gotmpl/value.hh"

namespace taut::gotmpl {

// What stands between % and the verb.
struct FormatFlags {
  bool has_width = false, has_precision = false;
  bool minus = false, plus = false, sharp = false, space = false, zero = false;
  bool plus_v = false, sharp_v = false;  // %+v and %#v, where plus and sharp mean something else
  int width = 0, precision = 0;
};

class Printer {
 public:
  // What is printed is appended to `out`. Throws LimitPassed for a text that is too long or a value that is too deep.
  explicit Printer(std::string& out) : out_(out), start_(out.size()) {}

  void print(std::span<const Value> args);
  void print_line(std::span<const Value> args);
  void format(std::string_view format, std::span<const Value> args);
  void argument(const Value& value, uint32_t verb);

 private:
  // printf.cc
  struct Cursor;
  void set_flags(Cursor& at);
  void set_width(Cursor& at);
  void set_precision(Cursor& at);
  void verb(Cursor& at);
  void extra(std::span<const Value> args);

  // printer.cc
  void value(const Value& value, uint32_t verb, int depth);
  bool methods(const Value& value, uint32_t verb);
  void list(const List& list, uint32_t verb, int depth);
  void map(const Type& type, const Map& map, uint32_t verb, int depth);
  void object(const Struct& object, uint32_t verb, int depth);
  void bad_verb(const Value& value, uint32_t verb);
  void boolean(const Value& value, uint32_t verb);
  void integer(const Value& value, uint32_t verb);
  void real(const Value& value, double number, uint32_t verb);
  void complex(const Value& value, uint32_t verb);
  void text(const Value& value, std::string_view text, uint32_t verb);
  void bytes(const Value& value, uint32_t verb);
  void pointer(const Value& value, uint32_t verb);

  // format_text.cc
  void pad(std::string_view text);
  void padding(int count);
  void write_integer(uint64_t number, int base, bool is_signed, uint32_t verb, bool upper);
  void write_hex(uint64_t number, bool with_prefix);
  void write_unicode(uint64_t number);
  void write_rune(uint64_t number);
  void write_quoted_rune(uint64_t number);
  void write_float(double number, char format, int precision);
  void write_text(std::string_view text);
  void write_text_hex(std::string_view text, bool upper);
  void write_quoted(std::string_view text);
  std::string_view truncated(std::string_view text) const;

  std::string& out_;
  const size_t start_;
  FormatFlags flags_;
  bool reordered_ = false, good_index_ = true;
  bool erroring_ = false;
};

}  // namespace taut::gotmpl
