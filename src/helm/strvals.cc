#include "helm/strvals.hh"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/strings.hh"
#include "helm/go_values.hh"
#include "value/json.hh"

namespace taut::helm {

namespace {

constexpr int64_t kMaxIndex = 65'536;
constexpr int kMaxNesting = 30;

// The parser of one argument. Its steps follow helm's one by one, since what is left in the values when the text ends
// early, and which error comes first, are visible.
class Parser {
 public:
  Parser(std::string_view text, SetMode mode, const ReadFile& read_file)
      : text_(replace_invalid_utf8(text)), mode_(mode), read_file_(read_file) {}

  Status parse(Value& values) {
    for (;;) {
      TAUT_ASSIGN(Step step, key(values, 0));
      if (step == Step::kEnd) return {};
    }
  }

 private:
  enum class Step { kMore, kEnd };  // kEnd: the text ended, which is how a parse succeeds

  struct Token {
    std::string text;
    char stop = 0;  // 0: the text ended
  };

  bool literal() const { return mode_ == SetMode::kLiteral; }
  bool at_end() const { return at_ >= text_.size(); }

  // Reads up to one of `stops`, which is consumed. A backslash takes the next character as it is.
  Token read_until(std::string_view stops) {
    Token token;
    while (!at_end()) {
      char c = text_[at_++];
      if (stops.find(c) != std::string_view::npos) {
        token.stop = c;
        return token;
      }
      if (c == '\\' && !literal()) {
        if (at_end()) return token;
        c = text_[at_++];
      }
      token.text += c;
    }
    return token;
  }

  Result<Step> key(Value& data, int level) {
    Token name = read_until(literal() ? "=[." : "=[,.");
    switch (name.stop) {
      case 0:
        if (name.text.empty()) return Step::kEnd;
        return fail(Code::kInvalid, "key {} has no value", quote(name.text));
      case '[': return indexed(data, name.text, level);
      case '=': return assigned(data, name.text);
      case ',':
        set(data, name.text, "");
        return fail(Code::kInvalid, "key {} has no value (cannot end with ,)", quote(name.text));
      default: return nested(data, name.text, level);
    }
  }

  Result<Step> indexed(Value& data, const std::string& name, int level) {
    TAUT_ASSIGN(std::optional<int64_t> index, read_index());
    if (!index) return Step::kEnd;
    Value list = Value::list();
    if (const Value* found = data.find(name)) {
      if (!found->is_list()) return wrong_type(*found, "[]interface {}");
      list = *found;
    }
    TAUT_ASSIGN(Step step, item(list, *index, level));
    set(data, name, std::move(list));
    return step;
  }

  Result<Step> nested(Value& data, const std::string& name, int level) {
    if (++level > kMaxNesting) {
      return fail(Code::kInvalid, "value name nested level is greater than maximum supported nested level of {}",
                  kMaxNesting);
    }
    Value inner = Value::map();
    if (const Value* found = data.find(name)) {
      if (!found->is_map()) return wrong_type(*found, "map[string]interface {}");
      inner = *found;
    }
    TAUT_ASSIGN(Step step, key(inner, level));
    if (step == Step::kMore && inner.empty()) {
      return fail(Code::kInvalid, "key map {} has no value", quote(name));
    }
    if (!inner.empty()) set(data, name, std::move(inner));
    return step;
  }

  Result<Step> assigned(Value& data, const std::string& name) {
    if (mode_ == SetMode::kLiteral) {
      set(data, name, rest());
      return Step::kMore;
    }
    if (mode_ == SetMode::kJson) {
      TAUT_ASSIGN(Value value, json_value());
      set(data, name, std::move(value));
      return Step::kMore;
    }
    if (at_end()) {
      set(data, name, "");
      return Step::kEnd;
    }
    TAUT_ASSIGN(Value value, text_[at_] == '{' ? list_value() : scalar(read_until(",").text));
    set(data, name, std::move(value));
    return Step::kMore;
  }

  // What follows "[index]": a value, a key within or another index.
  Result<Step> item(Value& list, int64_t index, int level) {
    if (index < 0) return fail(Code::kInvalid, "negative {} index not allowed", index);
    Token name = read_until("[.=");
    if (!name.text.empty()) {
      return fail(Code::kInvalid, "unexpected data at end of array index: {}", quote_characters(name.text));
    }
    switch (name.stop) {
      case 0: return Step::kEnd;
      case '=': return item_value(list, index);
      case '[': return item_index(list, index, level);
      default: return item_key(list, index, level);
    }
  }

  Result<Step> item_value(Value& list, int64_t index) {
    Value value;
    if (mode_ == SetMode::kLiteral) {
      value = rest();
    } else if (mode_ == SetMode::kJson) {
      TAUT_ASSIGN(value, json_value());
    } else if (at_end()) {
      value = "";
    } else {
      TAUT_ASSIGN(value, text_[at_] == '{' ? list_value() : scalar(read_until(",").text));
    }
    return set_index(list, index, std::move(value));
  }

  Result<Step> item_index(Value& list, int64_t index, int level) {
    TAUT_ASSIGN(std::optional<int64_t> next, read_index());
    if (!next) return Step::kEnd;
    Value inner = Value::list();
    if (const Value& found = list[index]; !found.is_null()) {
      if (!found.is_list()) return wrong_type(found, "[]interface {}");
      inner = found;
    }
    TAUT_ASSIGN(Step step, item(inner, *next, level));
    if (step == Step::kEnd) return step;
    return set_index(list, index, std::move(inner));
  }

  Result<Step> item_key(Value& list, int64_t index, int level) {
    bool there = static_cast<size_t>(index) < list.size();
    Value inner = there && list[index].is_map() ? list[index] : Value::map();
    TAUT_ASSIGN(Step step, key(inner, level));
    if (step == Step::kEnd && !there) return step;
    TAUT_TRY(set_index(list, index, std::move(inner)));
    return step;
  }

  // Nothing when the text ends before "]": helm takes that for the end of the argument.
  Result<std::optional<int64_t>> read_index() {
    Token token = read_until("]");
    if (token.stop == 0) return std::nullopt;
    std::string_view digits = token.text;
    if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
    int64_t index = 0;
    auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (code == std::errc::result_out_of_range && end == digits.data() + digits.size()) {
      return fail(Code::kInvalid, "error parsing index: strconv.Atoi: parsing {}: value out of range",
                  quote(token.text));
    }
    if (code != std::errc() || end != digits.data() + digits.size()) {
      return fail(Code::kInvalid, "error parsing index: strconv.Atoi: parsing {}: invalid syntax",
                  quote(token.text));
    }
    return index;
  }

  static Result<Step> set_index(Value& list, int64_t index, Value value) {
    if (index > kMaxIndex) {
      return fail(Code::kInvalid, "index of {} is greater than maximum supported index of {}", index, kMaxIndex);
    }
    while (list.size() <= static_cast<size_t>(index)) list.push_back(nullptr);
    list.edit(static_cast<size_t>(index)) = std::move(value);
    return Step::kMore;
  }

  static void set(Value& data, std::string_view name, Value value) {
    if (!name.empty()) data.set(name, std::move(value));
  }

  // "{a,b}"; helm keeps one empty item of "{}".
  Result<Value> list_value() {
    ++at_;
    Value list = Value::list();
    for (;;) {
      Token token = read_until(",}");
      if (token.stop == 0) return fail(Code::kInvalid, "list must terminate with '}}'");
      if (token.stop == '}' && !at_end() && text_[at_] == ',') ++at_;
      TAUT_ASSIGN(Value value, scalar(std::move(token.text)));
      list.push_back(std::move(value));
      if (token.stop == '}') return list;
    }
  }

  Result<Value> scalar(std::string text) const {
    if (mode_ == SetMode::kFile) {
      TAUT_ASSIGN(std::string content, read_file_(text));
      return Value(content);
    }
    return mode_ == SetMode::kString ? Value(text) : typed(text);
  }

  static Value typed(const std::string& text) {
    std::string lower = text.size() <= 5 ? to_lower(text) : std::string();
    if (lower == "true") return true;
    if (lower == "false") return false;
    if (lower == "null") return nullptr;
    if (text == "0") return 0;
    if (text.empty() || text[0] == '0') return text;
    std::string_view digits = text;
    if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
    int64_t number = 0;
    auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (code == std::errc() && end == digits.data() + digits.size()) return number;
    return text;
  }

  Value rest() {
    Value out(std::string_view(text_).substr(at_));
    at_ = text_.size();
    return out;
  }

  // Skips blanks; true when nothing follows but the end or a comma, which is consumed.
  bool no_value_follows() {
    static constexpr std::string_view kBlanks = " \t\n\v\f\r";
    while (!at_end() && kBlanks.find(text_[at_]) != std::string_view::npos) ++at_;
    if (at_end()) return true;
    if (text_[at_] != ',') return false;
    ++at_;
    return true;
  }

  Result<Value> json_value() {
    if (no_value_follows()) return Value();
    std::string_view left = std::string_view(text_).substr(at_);
    size_t length = json_length(left);
    auto value = parse_json(left.substr(0, length));
    if (!value) {
      // Go's stream decoder has words of its own for this one.
      bool early = value.error().message() == "unexpected end of JSON input";
      return early ? fail(Code::kInvalid, "unexpected EOF") : fail(std::move(value).error());
    }
    at_ += length;
    no_value_follows();
    return with_float_numbers(*value);
  }

  // How far the first JSON value of a text goes; all of it when it is no JSON, so that the reader tells why.
  static size_t json_length(std::string_view text) {
    char first = text[0];
    if (first == '{' || first == '[') return json_nested_length(text);
    if (first == '"') return json_string_end(text, 0);
    for (std::string_view word : {"true", "false", "null"}) {
      if (text.starts_with(word)) return word.size();
    }
    return json_number_length(text);
  }

  static size_t json_string_end(std::string_view text, size_t at) {
    for (++at; at < text.size(); ++at) {
      if (text[at] == '\\') {
        ++at;
      } else if (text[at] == '"') {
        return at + 1;
      }
    }
    return text.size();
  }

  static size_t json_nested_length(std::string_view text) {
    size_t depth = 0;
    for (size_t at = 0; at < text.size();) {
      char c = text[at];
      if (c == '"') {
        at = json_string_end(text, at);
        continue;
      }
      ++at;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return at;
    }
    return text.size();
  }

  static size_t json_number_length(std::string_view text) {
    size_t at = 0;
    auto digits = [&] {
      size_t start = at;
      while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
      return at > start;
    };
    if (text[at] == '-') ++at;
    if (at < text.size() && text[at] == '0') {
      ++at;
    } else if (!digits()) {
      return text.size();
    }
    if (at < text.size() && text[at] == '.') {
      ++at;
      if (!digits()) return text.size();
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
      ++at;
      if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
      if (!digits()) return text.size();
    }
    return at;
  }

  static Failure wrong_type(const Value& value, std::string_view wanted) {
    return fail(Code::kInvalid, "unable to parse key: interface conversion: interface {{}} is {}, not {}",
                go_type_name(value), wanted);
  }

  // Go's %q of a []rune: ['a' 'b'].
  static std::string quote_characters(std::string_view text) {
    std::string out = "[";
    for (size_t at = 0; at < text.size();) {
      size_t length = 1;
      while (at + length < text.size() && (text[at + length] & 0xC0) == 0x80) ++length;
      std::string_view character = text.substr(at, length);
      if (out.size() > 1) out += ' ';
      if (character == "'") {
        out += R"('\'')";
      } else if (character == "\"") {
        out += R"('"')";
      } else {
        std::string quoted = quote(character);
        out += "'" + quoted.substr(1, quoted.size() - 2) + "'";
      }
      at += length;
    }
    return out + "]";
  }

  std::string text_;
  SetMode mode_;
  const ReadFile& read_file_;
  size_t at_ = 0;
};

}  // namespace

Status apply_set(std::string_view argument, SetMode mode, Value& values, const ReadFile& read_file) {
  if (!values.is_map()) values = Value::map();
  return Parser(argument, mode, read_file).parse(values);
}

}  // namespace taut::helm
