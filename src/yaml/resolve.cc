#include "yaml/resolve.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/base64.hh"
#include "base/strings.hh"
#include "value/json.hh"
#include "yaml/chars.hh"

namespace taut::yaml {
namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// By first character: M only words of the table, S sign, D digit, P point; 0 is text.
constexpr std::array<char, 256> kHints = [] {
  std::array<char, 256> hints{};
  for (char c : std::string_view("yYnNtTfFoO~<")) hints[static_cast<unsigned char>(c)] = 'M';
  for (char c : std::string_view("0123456789")) hints[static_cast<unsigned char>(c)] = 'D';
  hints['+'] = hints['-'] = 'S';
  hints['.'] = 'P';
  return hints;
}();

// "true", "True" and "TRUE" for the word "true".
bool in_three_cases(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  if (text == lower) return true;
  auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  if (text[0] != upper(lower[0])) return false;
  return text.substr(1) == lower.substr(1) ||
         std::equal(text.begin(), text.end(), lower.begin(), [&](char a, char b) { return a == upper(b); });
}

bool find_word(std::string_view text, Schema schema, Scalar& out) {
  if (text.size() > 5) return false;
  if (text.empty() || text == "~" || in_three_cases(text, "null")) return out = {ScalarType::kNull, Value()}, true;
  if (in_three_cases(text, "true")) return out = {ScalarType::kBool, Value(true)}, true;
  if (in_three_cases(text, "false")) return out = {ScalarType::kBool, Value(false)}, true;
  if (text == "<<") return out = {ScalarType::kMerge, Value(text)}, true;
  if (schema != Schema::kGo11) return false;
  constexpr std::string_view kYes[] = {"y", "yes", "on"}, kNo[] = {"n", "no", "off"};
  for (std::string_view yes : kYes)
    if (in_three_cases(text, yes)) return out = {ScalarType::kBool, Value(true)}, true;
  for (std::string_view no : kNo)
    if (in_three_cases(text, no)) return out = {ScalarType::kBool, Value(false)}, true;
  return false;
}

bool find_special_float(std::string_view text, Scalar& out) {
  std::string_view bare = text;
  bool sign = bare[0] == '+' || bare[0] == '-';
  if (sign) bare.remove_prefix(1);
  if (bare == ".inf" || bare == ".Inf" || bare == ".INF") {
    out = {ScalarType::kFloat, Value(text[0] == '-' ? -kInfinity : kInfinity)};
    return true;
  }
  if (sign || (bare != ".nan" && bare != ".NaN" && bare != ".NAN")) return false;
  out = {ScalarType::kFloat, Value(std::nan(""))};
  return true;
}

// Digits in a base, all of `text`; Go's ParseUint for a base that is known.
bool parse_digits(std::string_view text, int base, uint64_t& out) {
  if (text.empty()) return false;
  auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return error == std::errc() && rest == text.data() + text.size();
}

bool make_integer(bool negative, uint64_t magnitude, Value& out) {
  constexpr uint64_t kLargest = static_cast<uint64_t>(INT64_MAX);
  if (!negative) {
    out = Value(magnitude);
    return true;
  }
  if (magnitude > kLargest + 1) return false;
  out = Value(static_cast<int64_t>(~magnitude + 1));
  return true;
}

// Go's strconv.ParseInt(text, 0, 64), then ParseUint: prefixes 0x, 0o, 0b and 0; a sign.
bool parse_integer(std::string_view text, Value& out) {
  if (text.empty()) return false;
  bool sign = text[0] == '+' || text[0] == '-', negative = text[0] == '-';
  if (sign) text.remove_prefix(1);
  if (text.empty() || !is_digit(text[0])) return false;
  int base = 10;
  if (text[0] == '0' && text.size() > 1) {
    char kind = static_cast<char>(text[1] | 0x20);
    bool prefixed = text.size() > 2 && (kind == 'x' || kind == 'o' || kind == 'b');
    base = !prefixed ? 8 : kind == 'x' ? 16 : kind == 'o' ? 8 : 2;
    text.remove_prefix(prefixed ? 2 : 1);
  }
  uint64_t magnitude = 0;
  if (!parse_digits(text, base, magnitude)) return false;
  // ParseUint takes no sign.
  if (sign && !negative && magnitude > static_cast<uint64_t>(INT64_MAX)) return false;
  return make_integer(negative, magnitude, out);
}

// go-yaml cuts "0b" and "0o" off itself and so allows a second sign behind them: 0b-1.
bool parse_prefixed(std::string_view text, std::string_view prefix, int base, Value& out) {
  bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  if (!negative && (text.starts_with('-') || text.starts_with('+'))) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  uint64_t magnitude = 0;
  return parse_digits(text, base, magnitude) && make_integer(negative, magnitude, out);
}

// ^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$
bool looks_like_float(std::string_view text) {
  size_t i = 0;
  auto digits = [&] {
    size_t from = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i - from;
  };
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  size_t whole = digits();
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0 && whole == 0) return false;
  } else if (whole == 0) {
    return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

// Go's ParseFloat for text that looks_like_float: false when it is too large, 0 when it is too small.
bool parse_float(std::string_view text, double& out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc::result_out_of_range) return error == std::errc();
  out = std::strtod(std::string(text).c_str(), nullptr);
  return std::abs(out) < 1;
}

// Go's ParseFloat lets underscores stand between digits. Gives the text without them, empty if they stand elsewhere.
std::string drop_underscores(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      out += text[i];
    } else if (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1])) {
      return {};
    }
  }
  return out;
}

bool resolve_number(std::string_view text, Schema schema, Scalar& out) {
  std::string without;
  if (text.find('_') != std::string_view::npos) {
    without = replace_all(text, "_", "");
    text = without;
  }
  out.type = ScalarType::kInt;
  if (parse_integer(text, out.value)) return true;
  double number = 0;
  if (looks_like_float(text) && parse_float(text, number)) {
    out = {ScalarType::kFloat, Value(number)};
    return true;
  }
  if (parse_prefixed(text, "0b", 2, out.value)) return true;
  return schema == Schema::kGoV3 && parse_prefixed(text, "0o", 8, out.value);
}

// `timestamps`: whether they are looked for; with an explicit tag such as !!float they are not.
Scalar resolve(std::string_view text, Schema schema, bool timestamps) {
  Scalar out;
  char hint = text.empty() ? 'M' : kHints[static_cast<unsigned char>(text[0])];
  if (hint != 0 && find_word(text, schema, out)) return out;
  double number = 0;
  switch (hint) {
    case 'P':
      if (find_special_float(text, out)) return out;
      if (std::string bare = drop_underscores(text); looks_like_float(bare) && parse_float(bare, number))
        return {ScalarType::kFloat, Value(number)};
      break;
    case 'S':
    case 'D':
      if (find_special_float(text, out)) return out;
      if (timestamps && timestamp_to_rfc3339(text)) return {ScalarType::kTimestamp, Value(text)};
      if (resolve_number(text, schema, out)) return out;
      break;
    default: break;
  }
  return {ScalarType::kString, Value(text)};
}

std::string_view type_tag(ScalarType type) {
  switch (type) {
    case ScalarType::kNull: return "null";
    case ScalarType::kBool: return "bool";
    case ScalarType::kInt: return "int";
    case ScalarType::kFloat: return "float";
    case ScalarType::kTimestamp: return "timestamp";
    case ScalarType::kMerge: return "merge";
    default: return "str";
  }
}

}  // namespace

bool always_text(char first) { return kHints[static_cast<unsigned char>(first)] == 0; }

Scalar resolve_plain(std::string_view text, Schema schema) { return resolve(text, schema, true); }

std::optional<Scalar> resolve_tagged(std::string_view tag, std::string_view text, Schema schema, std::string& error) {
  std::string_view name = tag.starts_with(kTagPrefix) ? tag.substr(kTagPrefix.size()) : std::string_view();
  if (schema == Schema::kGoV3 && tag.starts_with("!!")) name = tag.substr(2);
  if (name == "str") return Scalar{ScalarType::kString, Value(text)};
  if (name == "binary") {
    auto bytes = base64_decode(text);
    if (bytes) return Scalar{ScalarType::kBinary, Value(*bytes)};
    error = "!!binary value contains invalid base64 data";
    return std::nullopt;
  }
  bool known = name == "bool" || name == "int" || name == "float" || name == "null" || name == "timestamp";
  if (!known) return Scalar{ScalarType::kOther, Value(text)};
  Scalar out = resolve(text, schema, name == "timestamp");
  if (type_tag(out.type) == name) return out;
  bool fits = name == "float" && out.value.kind() == Kind::kInt;
  if (fits) return Scalar{ScalarType::kFloat, Value(out.value.as_double())};
  error = fmt::format("cannot decode !!{} `{}` as a !!{}", type_tag(out.type), text, name);
  return std::nullopt;
}

std::string format_go_float(double number, int bits) {
  if (std::isnan(number)) return ".nan";
  if (std::isinf(number)) return number > 0 ? ".inf" : "-.inf";
  char buffer[64];
  // The shortest digits, in scientific form: d.ddde+XX.
  constexpr auto kForm = std::chars_format::scientific;
  char* last = buffer + sizeof buffer;
  const char* end = bits == 32 ? std::to_chars(buffer, last, static_cast<float>(number), kForm).ptr
                               : std::to_chars(buffer, last, number, kForm).ptr;
  std::string_view text(buffer, static_cast<size_t>(end - buffer));
  if (bits == 32 && text.find("inf") != std::string_view::npos) return text[0] == '-' ? "-.inf" : ".inf";
  size_t e = text.find('e');
  int exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
  size_t digits = static_cast<size_t>(std::count_if(text.begin(), text.begin() + static_cast<ptrdiff_t>(e), is_digit));
  if (exponent < -4 || exponent >= 6) return std::string(text);
  int decimals = std::max(0, static_cast<int>(digits) - 1 - exponent);
  return bits == 32 ? fmt::format("{:.{}f}", static_cast<float>(number), decimals)
                    : fmt::format("{:.{}f}", number, decimals);
}

Value json_number(double number) {
  constexpr double kExact = 9007199254740992.0;  // up to here the shortest digits are the number itself
  if (number != std::trunc(number) || (number == 0 && std::signbit(number))) return Value(number);
  if (std::abs(number) <= kExact) return Value(static_cast<int64_t>(number));
  std::string text = format_json_number(number);
  Value integer;
  bool negative = text[0] == '-';
  uint64_t magnitude = 0;
  bool fits = parse_digits(std::string_view(text).substr(negative ? 1 : 0), 10, magnitude) &&
              make_integer(negative, magnitude, integer);
  return fits ? integer : Value(number);
}

}  // namespace taut::yaml
