#include "yaml/writer.hh"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <vector>

#include "base/base64.hh"
#include "base/strings.hh"
#include "yaml/analyze.hh"
#include "yaml/chars.hh"
#include "yaml/resolve.hh"

namespace taut {
namespace {

using yaml::WriteStyle;

constexpr int kWidth = 80;
constexpr size_t kLongestSimpleKey = 128;

constexpr std::string_view kNextLine = "\xC2\x85";

// On its way to go-yaml the text stands in the double quotes of JSON, where YAML 1.1 folds next line (U+0085) as
// it does any line break.
std::string fold_next_lines(std::string_view text) {
  std::string out;
  while (true) {
    size_t at = text.find(kNextLine);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    while (out.ends_with(' ')) out.pop_back();
    size_t breaks = 0;
    for (text.remove_prefix(at); text.starts_with(' ') || text.starts_with(kNextLine);) {
      bool blank = text[0] == ' ';
      breaks += blank ? 0 : 1;
      text.remove_prefix(blank ? 1 : kNextLine.size());
    }
    out += breaks == 1 ? " " : std::string(breaks - 1, '\n');
  }
}

// libyaml's emitter for block collections. `whitespace_` and `indention_` say what the line ends with so far: a
// blank, and nothing but indentation and indicators.
class Emitter {
 public:
  Emitter(std::string& out, YamlForm form)
      : out_(out), v3_(form == YamlForm::kGoV3), by_bytes_(form == YamlForm::kByBytes), width_(v3_ ? INT_MAX : kWidth) {}

  void document(const Value& value) {
    node(value, false);
    write_indent();
  }

 private:
  void node(const Value& value, bool in_mapping) {
    switch (value.kind()) {
      case Kind::kNull: return word("null");
      case Kind::kBool: return word(value.as_bool() ? "true" : "false");
      case Kind::kInt: return word(fmt::format_int(value.as_int()).c_str());
      case Kind::kUint: return word(fmt::format_int(value.as_uint()).c_str());
      case Kind::kDouble: return number(value.as_double());
      case Kind::kString: return text(value.as_string(), false);
      case Kind::kList: return list(value, in_mapping);
      case Kind::kMap: return map(value);
    }
  }

  // A float64 passes through JSON on its way, which makes an integer of 1.0.
  void number(double number) {
    Value seen = v3_ ? Value(number) : yaml::json_number(number);
    if (seen.is_integer()) return node(seen, false);
    word(number == 0 && !v3_ ? "0" : yaml::format_go_float(number, 64));
  }

  void list(const Value& value, bool in_mapping) {
    if (value.empty()) return word("[]");
    int outer = indent_;
    increase_indent(in_mapping && !indention_ && !v3_);
    for (const Value& item : value.items()) {
      write_indent();
      indicator("-", true, true);
      node(item, false);
    }
    indent_ = outer;
  }

  void map(const Value& value) {
    if (value.empty()) return word("{}");
    std::vector<const Entry*> order;
    order.reserve(value.size());
    for (const Entry& entry : value.entries()) order.push_back(&entry);
    auto less = [form = v3_ ? YamlForm::kGoV3 : YamlForm::kSigs](const Entry* a, const Entry* b) {
      return yaml_key_less(a->key(), b->key(), form);
    };
    if (!by_bytes_ && !std::is_sorted(order.begin(), order.end(), less)) std::stable_sort(order.begin(), order.end(), less);
    int outer = indent_;
    increase_indent(false);
    for (const Entry* entry : order) {
      write_indent();
      key(entry->key());
      node(entry->value, true);
    }
    indent_ = outer;
  }

  void key(std::string_view key) {
    if (key.size() <= kLongestSimpleKey && yaml::is_plain_word(key, schema())) {
      word(key);
      return indicator(":", false, false);
    }
    bool simple = key.size() <= kLongestSimpleKey && !yaml::analyze(key, schema()).multiline;
    if (simple) {
      text(key, true);
      indicator(":", false, false);
      return;
    }
    indicator("?", true, true);
    text(key, false);
    write_indent();
    indicator(":", true, true);
  }

  void text(std::string_view text, bool simple_key) {
    if (yaml::is_plain_word(text, schema())) return word(text);
    std::string valid;
    if (!valid_utf8(text)) {
      if (v3_) return binary(text);
      text = valid = replace_invalid_utf8(text);
    }
    if (!v3_ && text.find(kNextLine) != std::string_view::npos) text = valid = fold_next_lines(text);
    int outer = indent_;
    indent_ = indent_ < 0 ? 2 : indent_ + 2;
    switch (yaml::choose_style(text, yaml::analyze(text, schema()), simple_key, schema())) {
      case WriteStyle::kPlain: plain(text, !simple_key); break;
      case WriteStyle::kSingleQuoted: single_quoted(text, !simple_key); break;
      case WriteStyle::kDoubleQuoted: double_quoted(text, !simple_key); break;
      case WriteStyle::kLiteral: literal(text); break;
    }
    indent_ = outer;
  }

  Schema schema() const { return v3_ ? Schema::kGoV3 : Schema::kGo11; }

  void binary(std::string_view bytes) {
    word("!!binary");
    word(base64_encode(bytes));
  }

  void plain(std::string_view text, bool may_break) {
    if (!whitespace_) put(' ');
    bool spaces = false;
    for (size_t i = 0; i < text.size();) {
      bool space = text[i] == ' ';
      if (space && may_break && !spaces && column_ > width_ && text.substr(i + 1, 1) != " ") {
        write_indent();
        ++i;
      } else {
        copy(text, i);
      }
      if (!space) indention_ = false;
      spaces = space;
    }
    whitespace_ = indention_ = false;
  }

  // Breaks other than line feeds may stand in it: they are written as they are.
  void single_quoted(std::string_view text, bool may_break) {
    indicator("'", true, false);
    bool spaces = false, breaks = false;
    for (size_t i = 0; i < text.size();) {
      if (text[i] == ' ') {
        bool inside = i > 0 && i + 1 < text.size() && text[i + 1] != ' ';
        if (may_break && !spaces && column_ > width_ && inside) {
          write_indent();
          ++i;
        } else {
          copy(text, i);
        }
        spaces = true;
      } else if (yaml::break_length(text.substr(i)) != 0) {
        copy_break(text, i);
        breaks = true;
      } else {
        if (breaks) write_indent();
        if (text[i] == '\'') put('\'');
        copy(text, i);
        indention_ = spaces = breaks = false;
      }
    }
    indicator("'", false, false);
    whitespace_ = indention_ = false;
  }

  void double_quoted(std::string_view text, bool may_break) {
    indicator("\"", true, false);
    // go-yaml looks for a byte order mark at the start of the text, whatever character it is at.
    bool escape_all = text.starts_with("\xEF\xBB\xBF");
    bool spaces = false;
    for (size_t i = 0; i < text.size();) {
      if (escape_all || !yaml::is_printable(text, i) || text[i] == '"' || text[i] == '\\' ||
          yaml::break_length(text.substr(i)) != 0) {
        escape(text, i);
        spaces = false;
      } else if (text[i] == ' ') {
        if (may_break && !spaces && column_ > width_ && i > 0 && i + 1 < text.size()) {
          write_indent();
          if (text[i + 1] == ' ') put('\\');
          ++i;
        } else {
          copy(text, i);
        }
        spaces = true;
      } else {
        copy(text, i);
        spaces = false;
      }
    }
    indicator("\"", false, false);
    whitespace_ = indention_ = false;
  }

  void escape(std::string_view text, size_t& i) {
    size_t width = yaml::sequence_width(static_cast<unsigned char>(text[i]));
    uint32_t point = static_cast<unsigned char>(text[i]);
    if (width > 1) point &= 0x7Fu >> width;
    for (size_t k = 1; k < width; ++k) point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3F);
    i += width;
    put('\\');
    switch (point) {
      case 0x00: return put('0');
      case 0x07: return put('a');
      case 0x08: return put('b');
      case 0x09: return put('t');
      case 0x0A: return put('n');
      case 0x0B: return put('v');
      case 0x0C: return put('f');
      case 0x0D: return put('r');
      case 0x1B: return put('e');
      case 0x22: return put('"');
      case 0x5C: return put('\\');
      case 0x85: return put('N');
      case 0xA0: return put('_');
      case 0x2028: return put('L');
      case 0x2029: return put('P');
      default: break;
    }
    std::string code = point <= 0xFF ? fmt::format("x{:02X}", point)
                       : point <= 0xFFFF ? fmt::format("u{:04X}", point)
                                         : fmt::format("U{:08X}", point);
    for (char c : code) put(c);
  }

  void literal(std::string_view text) {
    indicator("|", true, false);
    if (text[0] == ' ' || yaml::break_length(text) != 0) indicator("2", false, false);
    if (char hint = chomping(text)) indicator(std::string_view(&hint, 1), false, false);
    new_line();
    indention_ = whitespace_ = true;
    bool breaks = true;
    for (size_t i = 0; i < text.size();) {
      if (yaml::break_length(text.substr(i)) != 0) {
        copy_break(text, i);
        breaks = true;
        continue;
      }
      if (breaks) write_indent();
      copy(text, i);
      indention_ = breaks = false;
    }
  }

  static char chomping(std::string_view text) {
    auto last_is_break = [](std::string_view t) {
      size_t i = t.size() - 1;
      while (i > 0 && (t[i] & 0xC0) == 0x80) --i;
      return yaml::break_length(t.substr(i));
    };
    size_t width = last_is_break(text);
    if (width == 0) return '-';
    text.remove_suffix(width);
    return text.empty() || last_is_break(text) != 0 ? '+' : '\0';
  }

  void word(std::string_view word) {
    if (!whitespace_) put(' ');
    out_ += word;
    column_ += static_cast<int>(word.size());
    whitespace_ = indention_ = false;
  }

  void increase_indent(bool indentless) {
    if (indent_ < 0) indent_ = 0;
    else if (!indentless) indent_ += 2;
  }

  void write_indent() {
    int indent = std::max(indent_, 0);
    if (!indention_ || column_ > indent || (column_ == indent && !whitespace_)) new_line();
    for (; column_ < indent; ++column_) out_ += ' ';
    whitespace_ = indention_ = true;
  }

  void indicator(std::string_view mark, bool needs_blank, bool keeps_indention) {
    if (needs_blank && !whitespace_) put(' ');
    out_ += mark;
    column_ += static_cast<int>(mark.size());
    whitespace_ = false;
    indention_ = indention_ && keeps_indention;
  }

  void put(char c) {
    out_ += c;
    ++column_;
  }
  void new_line() {
    out_ += '\n';
    column_ = 0;
  }
  // One character, whatever its bytes; columns count characters.
  void copy(std::string_view text, size_t& i) {
    size_t width = std::max<size_t>(1, yaml::sequence_width(static_cast<unsigned char>(text[i])));
    out_ += text.substr(i, width);
    ++column_;
    i += width;
  }
  void copy_break(std::string_view text, size_t& i) {
    copy(text, i);
    column_ = 0;
    indention_ = true;
  }

  std::string& out_;
  bool v3_;
  bool by_bytes_;
  int width_;
  int indent_ = -1;
  int column_ = 0;
  bool whitespace_ = true;
  bool indention_ = true;
};

}  // namespace

void append_yaml(const Value& value, std::string& out, YamlForm form) { Emitter(out, form).document(value); }

std::string to_yaml(const Value& value, YamlForm form) {
  std::string out;
  append_yaml(value, out, form);
  return out;
}

}  // namespace taut
