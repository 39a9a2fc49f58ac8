#include "lang/gotmpl/funcs/toml_reader.hh"

#include <cmath>
#include <set>

#include "base/go_number.hh"
#include "base/go_time.hh"
#include "base/runes.hh"
#include "base/strings.hh"
#include "lang/gotmpl/funcs/toml_key.hh"
#include "lang/gotmpl/funcs/toml_scanner.hh"
#include "lang/gotmpl/funcs/toml_writer.hh"
#include "lang/gotmpl/go_quote.hh"

namespace taut::gotmpl {

namespace {

constexpr int kDeepest = 1000;

// An array of tables.
const Type kTables{Kind::kList, "[]map[string]interface {}", &types::kMap};

bool is_tables(const Value& value) { return value.is_list() && &value.type() == &kTables; }

// Each underscore stands between digits.
bool underscores_fit(std::string_view text) {
  if (text == "nan" || text == "+nan" || text == "-nan" || text == "inf" || text == "+inf" || text == "-inf") return true;
  bool accept = false;
  for (char c : text) {
    if (c == '_' && !accept) return false;
    accept = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
  }
  return accept;
}

bool has_leading_zero(std::string_view text) {
  if (text.size() > 1 && text[0] == '0') return text[1] != 'b' && text[1] != 'o' && text[1] != 'x';
  return text.size() > 2 && (text[0] == '-' || text[0] == '+') && text[1] == '0';
}

bool periods_fit(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] == '.' && (i + 1 == text.size() || text[i + 1] < '0' || text[i + 1] > '9')) return false;
  return true;
}

// Go's parser takes numbers without their zeros; TOML does not.
bool lacks_leading_zero(std::string_view text, std::string_view layout) {
  for (size_t i = 0; i < layout.size() && i < text.size(); ++i) {
    char c = layout[i];
    if (c == '.' || c == 'Z') return false;
    if ((c < '0' || c > '9') && text[i] != c) return true;
  }
  return false;
}

class TomlReader {
 public:
  TomlReader(Heap& heap, std::string_view text, const TimeZone& local)
      : heap_(heap), scanner_(text), local_(local), root_(&heap.map()) {}

  Result<Value> read() {
    try {
      while (top_level()) {
      }
    } catch (const TomlFault& fault) {
      std::string key = current();
      if (key.empty()) return fail(Code::kInvalid, "toml: line {}: {}", fault.line, fault.message);
      return fail(Code::kInvalid, "toml: line {} (last key {}): {}", fault.line, quote(key), fault.message);
    }
    return Value(root_);
  }

 private:
  // The key that was read last, for errors.
  std::string current() const {
    if (current_key_.empty()) return toml_key_text(context_);
    return context_.empty() ? current_key_ : toml_key_text(context_) + "." + current_key_;
  }
  [[noreturn]] void fault(std::string message) const { throw TomlFault{line_, std::move(message)}; }

  // One table head, key or comment; false at the end.
  bool top_level() {
    uint32_t rune = scanner_.next();
    if (TomlScanner::is_blank(rune) || TomlScanner::is_line_end(rune)) return true;
    if (rune == '#') {
      scanner_.skip_comment();
      return true;
    }
    if (rune == TomlScanner::kEnd) return false;
    if (rune == '[') {
      table_head();
    } else {
      scanner_.back();
      key_value_at_top();
    }
    return end_of_line();
  }

  bool end_of_line() {
    while (true) {
      uint32_t rune = scanner_.next();
      if (TomlScanner::is_blank(rune)) continue;
      if (rune == TomlScanner::kEnd) return false;
      if (rune == '#') scanner_.skip_comment();
      if (rune == '#' || TomlScanner::is_line_end(rune)) return true;
      scanner_.fault(fmt::format("expected a top-level item to end with a newline, comment, or EOF, but got {} instead",
                                 quote_rune(rune, false)));
    }
  }

  // "[a.b]" or "[[a.b]]" behind the first bracket.
  void table_head() {
    bool array = scanner_.accept('[');
    TomlKey key;
    while (true) {
      scanner_.skip_blanks();
      uint32_t rune = scanner_.peek();
      if (rune == ']' || rune == TomlScanner::kEnd)
        scanner_.fault("unexpected end of table name (table names cannot be empty)");
      if (rune == '.') scanner_.fault("unexpected table separator (table names cannot be empty)");
      key.push_back(name(rune));
      if (key.size() == 1) line_ = scanner_.line();
      scanner_.skip_blanks();
      rune = scanner_.next();
      if (rune == ']') break;
      if (rune != '.')
        scanner_.fault(fmt::format("expected '.' or ']' to end table name, but got {} instead", quote_rune(rune, false)));
    }
    if (array) {
      if (uint32_t rune = scanner_.next(); rune != ']')
        scanner_.fault(fmt::format("expected end of table array name delimiter ']', but got {} instead",
                                   quote_rune(rune, false)));
    }
    add_context(key, array);
  }

  std::string name(uint32_t first) {
    return first == '"' || first == '\'' ? scanner_.quoted_name() : scanner_.bare_name();
  }

  // "a.b =", the equals sign included.
  TomlKey key() {
    scanner_.skip_blanks();
    uint32_t rune = scanner_.peek();
    if (rune == '=' || rune == TomlScanner::kEnd) scanner_.fault("unexpected '=': key name appears blank");
    if (rune == '.') scanner_.fault("unexpected '.': keys cannot start with a '.'");
    TomlKey out;
    while (true) {
      scanner_.skip_blanks();
      rune = scanner_.peek();
      if (rune == '=' || rune == TomlScanner::kEnd) scanner_.fault("unexpected '='");
      if (rune == '.') scanner_.fault("unexpected '.'");
      out.push_back(name(rune));
      if (out.size() == 1) line_ = scanner_.line();
      scanner_.skip_blanks();
      rune = scanner_.next();
      if (rune == '=') return out;
      if (rune == '.') continue;
      if (rune == TomlScanner::kEnd) scanner_.fault("unexpected EOF; expected key separator '='");
      std::string message = fmt::format("expected '.' or '=', but got {} instead", quote_rune(rune, false));
      if (rune == '\n') scanner_.fault_on_line_before(std::move(message));
      scanner_.fault(std::move(message));
    }
  }

  // Enters the tables of a dotted key; its last part becomes the current key.
  void enter(const TomlKey& key) {
    current_key_ = key.back();
    for (size_t i = 0; i + 1 < key.size(); ++i) {
      TomlKey outer = context_;
      outer.push_back(key[i]);
      implicit_.insert(toml_key_text(outer));
      add_context(outer, false);
    }
  }

  void key_value_at_top() {
    TomlKey outer = context_;
    enter(key());
    Value read = value(false, 0);
    set_value(current_key_, read);
    context_ = std::move(outer);
    current_key_.clear();
  }

  Value value(bool in_array, int depth) {
    if (depth > kDeepest) fault("nested too deeply");
    scanner_.skip_blanks();
    uint32_t first = scanner_.next();
    if (first == '[') return array(depth);
    if (first == '{') return inline_table(in_array, depth);
    TomlToken token = scanner_.scalar(first);
    switch (token.kind) {
      case TomlToken::Kind::kString: return heap_.text(token.text);
      case TomlToken::Kind::kBool: return Value::boolean(token.text == "true");
      case TomlToken::Kind::kInteger: return integer(token);
      case TomlToken::Kind::kFloat: return real(token);
      case TomlToken::Kind::kDatetime: return time(token);
    }
    return {};
  }

  Value integer(const TomlToken& token) {
    std::string shown = quote(token.text);
    if (!underscores_fit(token.text))
      throw TomlFault{token.line, "Invalid integer " + shown + ": underscores must be surrounded by digits"};
    if (has_leading_zero(token.text))
      throw TomlFault{token.line, "Invalid integer " + shown + ": cannot have leading zeroes"};
    ParsedInt number = parse_go_int(token.text, 0);
    if (number.fault == NumberFault::kRange) throw TomlFault{token.line, token.text + " is out of range for int64"};
    return Value::int64(number.value);
  }

  Value real(const TomlToken& token) {
    auto refuse = [&](std::string_view why) {
      throw TomlFault{token.line, fmt::format("Invalid float {}: {}", quote(token.text), why)};
    };
    std::vector<std::string> parts(1);
    for (char c : token.text) {
      if (c == '.' || c == 'e' || c == 'E') parts.emplace_back();
      else parts.back() += c;
    }
    std::erase_if(parts, [](const std::string& part) { return part.empty(); });
    for (const std::string& part : parts)
      if (!underscores_fit(part)) refuse("underscores must be surrounded by digits");
    if (!parts.empty() && has_leading_zero(parts[0])) refuse("cannot have leading zeroes");
    if (!periods_fit(token.text)) refuse("'.' must be followed by one or more digits");
    std::string plain = replace_all(token.text, "_", "");
    bool negative_nan = plain == "-nan";
    if (negative_nan || plain == "+nan") plain = "nan";
    ParsedFloat number = parse_go_float(plain);
    if (number.fault == NumberFault::kRange) throw TomlFault{token.line, token.text + " is out of range for float64"};
    if (number.fault == NumberFault::kSyntax)
      throw TomlFault{token.line, "Invalid float value: " + quote(token.text)};
    return Value::real(negative_nan ? std::copysign(number.value, -1.0) : number.value);
  }

  Value time(const TomlToken& token) {
    struct Form {
      std::string_view layout, zone;
    };
    constexpr Form kForms[] = {
        {"2006-01-02T15:04:05.999999999Z07:00", ""},
        {"2006-01-02T15:04:05.999999999", kLocalDatetime},
        {"2006-01-02", kLocalDate},
        {"15:04:05.999999999", kLocalTime},
        {"2006-01-02T15:04Z07:00", ""},
        {"2006-01-02T15:04", kLocalDatetime},
        {"15:04", kLocalTime},
    };
    std::string text = token.text;
    for (char& c : text) {
      if (c == 'z') c = 'Z';
      if (c == 't' || c == ' ') c = 'T';
    }
    for (const Form& form : kForms) {
      auto parsed = parse_go_time(form.layout, text, form.zone.empty() ? local_ : TimeZone());
      if (!parsed) continue;
      if (lacks_leading_zero(text, form.layout)) break;
      if (!form.zone.empty()) parsed->zone = form.zone;
      return heap_.time({parsed->seconds, parsed->nanoseconds, parsed->offset, heap_.copy(parsed->zone)});
    }
    throw TomlFault{token.line, "invalid datetime: " + quote(text)};
  }

  Value array(int depth) {
    arrays_.insert(key_text(current_key_));
    List& out = heap_.list();
    while (true) {
      uint32_t rune = next_item();
      if (rune == ',') scanner_.fault("unexpected comma");
      if (rune == ']') return Value(&out);
      scanner_.back();
      out.push(value(true, depth + 1));
      rune = next_item();
      if (rune == ']') return Value(&out);
      if (rune != ',')
        scanner_.fault("expected a comma (',') or array terminator (']'), but got " + shown(rune, ""));
    }
  }

  // The next character that is neither white space nor part of a comment.
  uint32_t next_item() {
    while (true) {
      uint32_t rune = scanner_.next();
      if (rune == '#') scanner_.skip_comment();
      else if (!TomlScanner::is_blank(rune) && !TomlScanner::is_line_end(rune)) return rune;
    }
  }

  static std::string shown(uint32_t rune, std::string_view after) {
    std::string out = rune == TomlScanner::kEnd ? "end of file" : "'" + rune_text(rune) + "'";
    return out.append(after);
  }

  Value inline_table(bool in_array, int depth) {
    Map& out = heap_.map();
    TomlKey outer = context_;
    std::string outer_key = current_key_;
    context_.push_back(current_key_);
    current_key_.clear();
    implicit_.insert(toml_key_text(context_));
    TomlKey own = context_;
    add_context(own, in_array);
    own = context_;
    for (bool more = true; more;) {
      uint32_t rune = next_item();
      if (rune == ',') scanner_.fault("unexpected comma");
      if (rune == '}') break;
      scanner_.back();
      inline_field(out, depth);
      context_ = own;
      more = inline_field_follows();
    }
    context_ = std::move(outer);
    current_key_ = std::move(outer_key);
    return Value(&out);
  }

  void inline_field(Map& table, int depth) {
    TomlKey path = key();
    enter(path);
    Value read = value(false, depth + 1);
    set_value(current_key_, read);
    Map* at = &table;
    for (size_t i = 0; i + 1 < path.size(); ++i) {
      Value next = at->get(path[i]);
      if (!next.is_valid()) {
        next = Value(&heap_.map());
        at->set(heap_.copy(path[i]), next);
      }
      if (!next.is_map()) fault(quote(toml_key_text(context_)) + " is not a table");
      at = &next.map();
    }
    at->set(heap_.copy(path.back()), read);
  }

  // Whether a comma follows; a last one may stand before the brace.
  bool inline_field_follows() {
    uint32_t rune = next_item();
    if (rune == '}') return false;
    if (rune == ',') return true;
    scanner_.fault("expected a comma or an inline table terminator '}', but got " + shown(rune, " instead"));
  }

  // The table that a key names, its parents made where they are not there; it becomes the context.
  void add_context(const TomlKey& key, bool array) {
    Map* at = root_;
    TomlKey path;
    for (size_t i = 0; i + 1 < key.size(); ++i) {
      path.push_back(key[i]);
      if (!at->contains(key[i])) {
        implicit_.insert(toml_key_text(path));
        at->set(heap_.copy(key[i]), Value(&heap_.map()));
      }
      at = table_at(*at, key[i]);
      if (at == nullptr) fault(fmt::format("Key '{}' was already created as a hash.", toml_key_text(path)));
    }
    context_ = path;
    if (array) {
      if (!at->contains(key.back())) at->set(heap_.copy(key.back()), Value(&heap_.list(kTables)));
      Value tables = at->get(key.back());
      if (!is_tables(tables))
        fault(fmt::format("Key '{}' was already created and cannot be used as an array.", toml_key_text(key)));
      tables.list().push(Value(&heap_.map()));
    } else {
      set_value(key.back(), Value(&heap_.map()));
    }
    context_.push_back(key.back());
  }

  // The table under a key, or the last of its array; nullptr if it is something else.
  static Map* table_at(const Map& map, std::string_view key) {
    Value found = map.get(key);
    if (is_tables(found)) found = found.list().at(found.list().size() - 1);
    return found.is_map() ? &found.map() : nullptr;
  }

  std::string key_text(std::string_view key) const {
    TomlKey full = context_;
    full.emplace_back(key);
    return toml_key_text(full);
  }

  // Into the context. What was there already must have been implied only.
  void set_value(const std::string& key, const Value& value) {
    Map* at = root_;
    TomlKey path;
    for (const std::string& part : context_) {
      path.push_back(part);
      at = table_at(*at, part);
      if (at == nullptr) fault(fmt::format("Key '{}' has already been defined.", toml_key_text(path)));
    }
    path.push_back(key);
    std::string full = toml_key_text(path);
    if (!at->contains(key)) {
      at->set(heap_.copy(key), value);
      return;
    }
    if (implicit_.erase(full) == 0) fault(fmt::format("Key '{}' has already been defined.", full));
    if (arrays_.contains(full)) at->set(heap_.copy(key), value);
  }

  Heap& heap_;
  TomlScanner scanner_;
  const TimeZone& local_;
  Map* root_;
  TomlKey context_;
  std::string current_key_;
  int line_ = 1;  // of the last key
  std::set<std::string> implicit_, arrays_;
};

}  // namespace

Result<Value> read_toml(Heap& heap, std::string_view text, const TimeZone& local) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) text.remove_prefix(2);
  else if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (contains(text.substr(0, 6), std::string_view("\0", 1)))
    return fail(Code::kInvalid,
                "toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8");
  return TomlReader(heap, text, local).read();
}

}  // namespace taut::gotmpl
