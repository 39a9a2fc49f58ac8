#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/strings.hh"
#include "value/json.hh"
#include "value/json_scan.hh"

namespace taut {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(uint32_t point, std::string& out) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | point >> 18);
    out += static_cast<char>(0x80 | (point >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  }
}

class Reader {
 public:
  Reader(std::string_view text, const JsonReadOptions& options) : text_(text), options_(options) {}

  Result<Value> read() {
    Value value;
    if (!read_value(value)) return failure();
    skip_space();
    if (at_ < text_.size()) {
      unexpected("after top-level value");
      return failure();
    }
    return value;
  }

 private:
  Failure failure() const {
    uint32_t line = 1, column = 1;
    for (size_t i = 0; i < std::min(at_, text_.size()); ++i) {
      if (text_[i] == '\n') {
        ++line;
        column = 1;
      } else {
        ++column;
      }
    }
    return fail(Error(code_, message_).at({"", line, column, ""}));
  }

  bool unexpected(std::string_view context) {
    // Go ends a text with a blank, which may stand between values but not within a word or number.
    bool within = context.starts_with("in ") || context.ends_with("numeric literal");
    if (at_ >= text_.size() && !within) {
      message_ = "unexpected end of JSON input";
    } else {
      char c = at_ < text_.size() ? text_[at_] : ' ';
      std::string shown = c == '\'' ? R"('\'')" : c == '"' ? "'\"'" : [&] {
        // A byte of several-byte UTF-8 is shown as the character with that number, as Go does.
        std::string character;
        append_utf8(static_cast<unsigned char>(c), character);
        std::string quoted = quote(character);
        return "'" + quoted.substr(1, quoted.size() - 2) + "'";
      }();
      message_ = fmt::format("invalid character {} {}", shown, context);
    }
    return false;
  }

  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  bool read_value(Value& out) {
    skip_space();
    if (at_ >= text_.size()) return unexpected("");
    switch (text_[at_]) {
      case '{': return nested(&Reader::read_map, out);
      case '[': return nested(&Reader::read_list, out);
      case '"': return read_string_value(out);
      case 't': return read_word("true", true, out);
      case 'f': return read_word("false", false, out);
      case 'n': return read_word("null", Value(), out);
      default: break;
    }
    if (text_[at_] == '-' || is_digit(text_[at_])) return read_number(out);
    return unexpected("looking for beginning of value");
  }

  bool nested(bool (Reader::*read)(Value&), Value& out) {
    if (++depth_ > options_.max_depth) {
      message_ = "exceeded max depth";
      code_ = Code::kLimit;
      return false;
    }
    bool ok = (this->*read)(out);
    --depth_;
    return ok;
  }

  bool read_word(std::string_view word, Value value, Value& out) {
    for (size_t i = 0; i < word.size(); ++i, ++at_) {
      if (at_ >= text_.size() || text_[at_] != word[i])
        return unexpected(fmt::format("in literal {} (expecting '{}')", word, word[i]));
    }
    out = std::move(value);
    return true;
  }

  bool read_list(Value& out) {
    ++at_;
    out = Value::list();
    skip_space();
    if (at_ < text_.size() && text_[at_] == ']') return ++at_, true;
    for (;;) {
      Value item;
      if (!read_value(item)) return false;
      out.push_back(std::move(item));
      skip_space();
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      if (at_ < text_.size() && text_[at_] == ']') return ++at_, true;
      return unexpected("after array element");
    }
  }

  bool read_map(Value& out) {
    ++at_;
    out = Value::map();
    skip_space();
    if (at_ < text_.size() && text_[at_] == '}') return ++at_, true;
    std::string scratch;
    for (;;) {
      skip_space();
      if (at_ >= text_.size() || text_[at_] != '"') return unexpected("looking for beginning of object key string");
      std::string_view key;
      if (!read_string(key, scratch)) return false;
      skip_space();
      if (at_ >= text_.size() || text_[at_] != ':') return unexpected("after object key");
      ++at_;
      Value value;
      if (!read_value(value)) return false;
      if (!put(out, key, std::move(value))) return false;
      skip_space();
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      if (at_ < text_.size() && text_[at_] == '}') return ++at_, true;
      return unexpected("after object key:value pair");
    }
  }

  bool put(Value& map, std::string_view name, Value value) {
    auto entries = map.entries();
    if (entries.empty() || entries.back().key() < name) {
      map.append_sorted(name, std::move(value));
      return true;
    }
    bool repeats = (options_.reject_duplicate_keys || options_.repeats != nullptr) && map.contains(name);
    if (repeats && options_.repeats != nullptr) *options_.repeats = true;
    if (repeats && options_.reject_duplicate_keys) {
      message_ = fmt::format("duplicate field {}", quote(name));
      return false;
    }
    if (options_.unite_duplicate_maps && value.is_map() && map[name].is_map()) {
      unite(map.edit(name), value);
    } else {
      map.set(name, std::move(value));
    }
    return true;
  }

  static void unite(Value& into, const Value& more) {
    for (const Entry& entry : more.entries()) {
      if (entry.value.is_map() && into[entry.key()].is_map()) {
        unite(into.edit(entry.key()), entry.value);
      } else {
        into.set(entry.key(), entry.value);
      }
    }
  }

  bool read_string_value(Value& out) {
    std::string scratch;
    std::string_view text;
    if (!read_string(text, scratch)) return false;
    out = Value(text);
    return true;
  }

  // `out` points into the input when nothing had to be decoded, else into `scratch`.
  bool read_string(std::string_view& out, std::string& scratch) {
    size_t start = ++at_;
    bool plain = true, ascii = true;
    for (;; ++at_) {
      at_ = end_of_plain(text_, at_);
      if (at_ >= text_.size()) return unexpected("");
      auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') break;
      if (c < 0x20) return unexpected("in string literal");
      if (c >= 0x80) ascii = false;
      if (c == '\\') {
        plain = false;
        if (!check_escape()) return false;
      }
    }
    out = text_.substr(start, at_ - start);
    ++at_;
    if (plain && (ascii || valid_utf8(out))) return true;
    decode(out, scratch);
    out = scratch;
    return true;
  }

  bool check_escape() {
    ++at_;
    if (at_ >= text_.size()) return unexpected("in string escape code");
    if (std::string_view("\"\\/bfnrt").find(text_[at_]) != std::string_view::npos) return true;
    if (text_[at_] != 'u') return unexpected("in string escape code");
    for (int i = 0; i < 4; ++i) {
      ++at_;
      if (at_ >= text_.size() || !std::isxdigit(static_cast<unsigned char>(text_[at_])))
        return unexpected("in \\u hexadecimal character escape");
    }
    return true;
  }

  static uint32_t hex4(std::string_view text) {
    uint32_t out = 0;
    std::from_chars(text.data(), text.data() + 4, out, 16);
    return out;
  }

  // Escapes are known to be well formed. Lone surrogates and invalid UTF-8 become U+FFFD, as in Go.
  static void decode(std::string_view raw, std::string& out) {
    out.clear();
    for (size_t i = 0; i < raw.size(); ++i) {
      char c = raw[i];
      if (c != '\\') {
        size_t run = raw.find('\\', i);
        append_valid(raw.substr(i, run - i), out);
        if (run == std::string_view::npos) return;
        i = run - 1;
        continue;
      }
      c = raw[++i];
      if (c == 'u') {
        i = decode_unicode(raw, i, out);
        continue;
      }
      constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
      out += kTo[kFrom.find(c)];
    }
  }

  static size_t decode_unicode(std::string_view raw, size_t u, std::string& out) {
    uint32_t point = hex4(raw.substr(u + 1));
    size_t last = u + 4;
    if (point >= 0xD800 && point < 0xDC00 && raw.substr(last + 1, 2) == "\\u") {
      uint32_t low = hex4(raw.substr(last + 3));
      if (low >= 0xDC00 && low < 0xE000) {
        append_utf8(0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00), out);
        return last + 6;
      }
    }
    append_utf8(point >= 0xD800 && point < 0xE000 ? 0xFFFD : point, out);
    return last;
  }

  static void append_valid(std::string_view text, std::string& out) {
    if (valid_utf8(text)) {
      out += text;
      return;
    }
    for (size_t i = 0; i < text.size();) {
      size_t length = 1;
      while (length <= 4 && i + length <= text.size() && !valid_utf8(text.substr(i, length))) ++length;
      bool good = length <= 4 && i + length <= text.size();
      if (good) out += text.substr(i, length);
      else out += "\xEF\xBF\xBD";
      i += good ? length : 1;
    }
  }

  bool read_number(Value& out) {
    size_t start = at_;
    bool integral = true;
    if (text_[at_] == '-') ++at_;
    if (at_ >= text_.size() || !is_digit(text_[at_])) return unexpected("in numeric literal");
    if (text_[at_] == '0') ++at_;
    else skip_digits();
    if (at_ < text_.size() && text_[at_] == '.') {
      integral = false;
      ++at_;
      if (at_ >= text_.size() || !is_digit(text_[at_])) return unexpected("after decimal point in numeric literal");
      skip_digits();
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      integral = false;
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (at_ >= text_.size() || !is_digit(text_[at_])) return unexpected("in exponent of numeric literal");
      skip_digits();
    }
    return convert(text_.substr(start, at_ - start), integral, out);
  }

  void skip_digits() {
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  }

  bool convert(std::string_view text, bool integral, Value& out) {
    const char* end = text.data() + text.size();
    if (integral && !options_.only_doubles) {
      int64_t number = 0;
      if (std::from_chars(text.data(), end, number).ec == std::errc()) return out = number, true;
      uint64_t large = 0;
      if (text[0] != '-' && std::from_chars(text.data(), end, large).ec == std::errc()) return out = large, true;
    }
    double number = 0;
    auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc::result_out_of_range && !is_underflow(text)) {
      message_ = fmt::format("cannot unmarshal number {} into Go value of type float64", text);
      return false;
    }
    out = error == std::errc() ? number : 0.0;
    return true;
  }

  static bool is_underflow(std::string_view text) {
    size_t e = text.find_first_of("eE");
    return e != std::string_view::npos && e + 1 < text.size() && text[e + 1] == '-';
  }

  std::string_view text_;
  const JsonReadOptions& options_;
  size_t at_ = 0;
  size_t depth_ = 0;
  Code code_ = Code::kInvalid;
  std::string message_;
};

}  // namespace

Result<Value> parse_json(std::string_view text, const JsonReadOptions& options) {
  return Reader(text, options).read();
}

}  // namespace taut
