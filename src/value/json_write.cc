#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "value/json.hh"
#include "value/json_scan.hh"

namespace taut {
namespace {

constexpr char kHex[] = "0123456789abcdef";

// The escape of one byte below 0x80, or nothing when it stands for itself.
std::string_view escape_of(unsigned char c, bool html, char (&unicode)[6]) {
  switch (c) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    case '\b': return "\\b";
    case '\f': return "\\f";
    default: break;
  }
  if (c >= 0x20 && !(html && (c == '<' || c == '>' || c == '&'))) return {};
  unicode[4] = kHex[c >> 4];
  unicode[5] = kHex[c & 15];
  return {unicode, 6};
}

// Length of the UTF-8 sequence at `text`, 0 if it is not valid.
size_t sequence_length(std::string_view text) {
  auto c = static_cast<unsigned char>(text[0]);
  size_t length = c < 0xC2 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
  auto second = static_cast<unsigned char>(text[1]);
  bool bad = (c == 0xE0 && second < 0xA0) || (c == 0xED && second > 0x9F) || (c == 0xF0 && second < 0x90) ||
             (c == 0xF4 && second > 0x8F);
  return bad ? 0 : length;
}

class Writer {
 public:
  Writer(std::string& out, const JsonWriteOptions& options) : out_(out), options_(options) {}

  void write(const Value& value) {
    switch (value.kind()) {
      case Kind::kNull: out_ += "null"; return;
      case Kind::kBool: out_ += value.as_bool() ? "true" : "false"; return;
      case Kind::kInt: write_integer(value.as_int()); return;
      case Kind::kUint: write_integer(value.as_uint()); return;
      case Kind::kDouble: out_ += format_json_number(value.as_double()); return;
      case Kind::kString: append_json_string(value.as_string(), out_, options_.escape_html); return;
      case Kind::kList: write_list(value); return;
      case Kind::kMap: write_map(value); return;
    }
  }

 private:
  void write_integer(auto number) {
    char digits[24];
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
  }

  void write_list(const Value& value) {
    if (value.empty()) {
      out_ += "[]";
      return;
    }
    out_ += '[';
    ++depth_;
    bool first = true;
    for (const Value& item : value.items()) {
      separate(first);
      write(item);
    }
    --depth_;
    new_line();
    out_ += ']';
  }

  void write_map(const Value& value) {
    if (value.empty()) {
      out_ += "{}";
      return;
    }
    out_ += '{';
    ++depth_;
    bool first = true;
    for (const Entry& entry : value.entries()) {
      separate(first);
      append_json_string(entry.key(), out_, options_.escape_html);
      out_ += options_.indent.empty() ? ":" : ": ";
      write(entry.value);
    }
    --depth_;
    new_line();
    out_ += '}';
  }

  void separate(bool& first) {
    if (!first) out_ += ',';
    first = false;
    new_line();
  }

  void new_line() {
    if (options_.indent.empty()) return;
    out_ += '\n';
    for (size_t i = 0; i < depth_; ++i) out_ += options_.indent;
  }

  std::string& out_;
  const JsonWriteOptions& options_;
  size_t depth_ = 0;
};

}  // namespace

void append_json_string(std::string_view text, std::string& out, bool escape_html) {
  char unicode[6] = {'\\', 'u', '0', '0', 0, 0};
  out += '"';
  size_t done = 0;
  for (size_t i = 0; i < text.size();) {
    if (!escape_html && (i = end_of_plain(text, i)) == text.size()) break;
    auto c = static_cast<unsigned char>(text[i]);
    std::string_view escape;
    size_t length = 1;
    if (c < 0x80) {
      escape = escape_of(c, escape_html, unicode);
    } else {
      length = sequence_length(text.substr(i));
      if (length == 0) {
        escape = "\\ufffd";
        length = 1;
      } else if (length == 3 && (text.substr(i, 3) == "\xE2\x80\xA8" || text.substr(i, 3) == "\xE2\x80\xA9")) {
        escape = text[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      }
    }
    if (!escape.empty()) {
      out += text.substr(done, i - done);
      out += escape;
      done = i + length;
    }
    i += length;
  }
  out += text.substr(done);
  out += '"';
}

std::string format_json_number(double number) {
  if (number == 0) return std::signbit(number) ? "-0" : "0";
  double magnitude = std::abs(number);
  bool exponent = magnitude < 1e-6 || magnitude >= 1e21;
  // The shortest digits that read back: d.ddde+XX.
  char buffer[32];
  const char* end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
  std::string_view text(buffer, static_cast<size_t>(end - buffer));
  size_t e = text.find('e');
  int power = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), end, power);
  if (exponent) {
    std::string out(text);
    // Go writes e-09 as e-9.
    if (out.size() - e == 4 && out[e + 1] == '-' && out[e + 2] == '0') out.erase(e + 2, 1);
    return out;
  }
  std::string digits;
  for (char c : text.substr(0, e))
    if (c >= '0' && c <= '9') digits += c;
  std::string sign = number < 0 ? "-" : "";
  if (power < 0) return sign + "0." + std::string(static_cast<size_t>(-power - 1), '0') + digits;
  auto whole = static_cast<size_t>(power) + 1;
  if (digits.size() <= whole) return sign + digits + std::string(whole - digits.size(), '0');
  return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

void append_json(const Value& value, std::string& out, const JsonWriteOptions& options) {
  Writer(out, options).write(value);
}

std::string to_json(const Value& value, const JsonWriteOptions& options) {
  std::string out;
  append_json(value, out, options);
  return out;
}

}  // namespace taut
