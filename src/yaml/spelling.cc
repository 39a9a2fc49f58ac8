#include "yaml/spelling.hh"

#include <fmt/format.h>

#include <cmath>

#include "base/strings.hh"
#include "value/blank.hh"
#include "value/json.hh"

namespace taut::yaml {
namespace {

constexpr char kMark = '\xFF';
constexpr char kFolded = '>';

struct Letter {
  ScalarType type;
  char letter;
  std::string_view tag;
};
constexpr Letter kLetters[] = {
    {ScalarType::kBool, 'b', "!!bool"},           {ScalarType::kInt, 'i', "!!int"},
    {ScalarType::kFloat, 'f', "!!float"},         {ScalarType::kTimestamp, 't', "!!timestamp"},
    {ScalarType::kBinary, 'B', "!!binary"},
};

const Letter* letter_of(const Value& value) {
  for (const Letter& known : kLetters)
    if (known.letter == value.as_string()[1]) return &known;
  return nullptr;
}

// The scalar as an ordinary Value, if that says all that its text does.
bool says_all(const Scalar& scalar, std::string_view text) {
  switch (scalar.type) {
    case ScalarType::kBool:
    case ScalarType::kInt: return to_json(scalar.value) == text;
    case ScalarType::kFloat:
      return std::isfinite(scalar.value.as_double()) && to_json(scalar.value) == text &&
             json_number(scalar.value.as_double()).kind() == Kind::kDouble;
    default: return false;
  }
}

Value spell(ScalarType type, std::string_view text) {
  for (const Letter& known : kLetters) {
    if (known.type != type) continue;
    std::string marked{kMark, known.letter};
    marked.append(text);
    return Value(marked);
  }
  return Value(text);
}

bool starts_blank(std::string_view line) { return line.starts_with(' ') || line.starts_with('\t'); }

// Whether the emitter takes a folded block; else it writes double quotes, which keep everything.
bool stays_folded(std::string_view text) {
  if (text.empty() || text.ends_with(' ') || text.find(" \n") != std::string_view::npos) return false;
  for (char c : text)
    if (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t') return false;
  return true;
}

// A folded block as go-yaml v3 writes it and reads it back: before a line that is indented more a line feed comes in,
// and in a text that starts with a blank line feeds get lost.
std::string refold(std::string_view text) {
  if (!stays_folded(text)) return std::string(text);
  size_t first = text.find_first_not_of('\n');
  bool doubles = first != std::string_view::npos && !starts_blank(text.substr(first));
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    out.append(line);
    size_t next = std::min(text.find_first_not_of('\n', end), text.size());
    size_t breaks = next - end, written = breaks;
    bool normal = !line.empty() && !starts_blank(line);
    if (normal && doubles) ++written;
    bool folds = normal && next < text.size() && !starts_blank(text.substr(next));
    if (next == text.size() && breaks == 1) written = 1;
    if (breaks == 0) written = 0;
    if (folds && written == 1) out += ' ';
    else if (written > 0) out.append(folds ? written - 1 : written, '\n');
    at = next;
  }
  return out;
}

Status settle_scalar(Value& value) {
  if (value.as_string()[1] == kFolded) {
    value = Value(refold(value.as_string().substr(2)));
    return {};
  }
  const Letter* letter = letter_of(value);
  if (letter == nullptr) return {};
  std::string text(value.as_string().substr(2)), error;
  auto scalar = resolve_tagged(letter->tag, text, Schema::kGoV3, error);
  if (!scalar) return fail(Code::kInvalid, "yaml: unmarshal errors:\n  line 1: {}", error);
  switch (letter->type) {
    case ScalarType::kFloat: {
      double number = scalar->value.as_double();
      if (!std::isfinite(number)) {
        std::string_view name = std::isnan(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf";
        return fail(Code::kInvalid, "json: unsupported value: {}", name);
      }
      value = json_number(number);
      return {};
    }
    case ScalarType::kTimestamp: value = Value(timestamp_to_rfc3339(text).value_or(text)); return {};
    case ScalarType::kBinary: value = Value(replace_invalid_utf8(scalar->value.as_string())); return {};
    default: value = std::move(scalar->value); return {};
  }
}

bool holds_spelled(const Value& value) {
  if (is_spelled(value)) return true;
  for (const Value& item : value.items())
    if (holds_spelled(item)) return true;
  for (const Entry& entry : value.entries())
    if (holds_spelled(entry.value)) return true;
  return false;
}

}  // namespace

bool is_spelled(const Value& value) {
  std::string_view text = value.as_string();
  return text.size() >= 2 && text[0] == kMark;
}

ScalarType scalar_type(const Value& value) {
  if (is_spelled(value)) {
    const Letter* letter = letter_of(value);
    return letter ? letter->type : ScalarType::kString;
  }
  switch (value.kind()) {
    case Kind::kNull: return ScalarType::kNull;
    case Kind::kBool: return ScalarType::kBool;
    case Kind::kInt:
    case Kind::kUint: return ScalarType::kInt;
    case Kind::kDouble: return ScalarType::kFloat;
    case Kind::kString: return ScalarType::kString;
    default: return ScalarType::kOther;
  }
}

std::string scalar_text(const Value& value) {
  if (is_spelled(value)) return std::string(value.as_string().substr(2));
  if (value.is_string()) return value.str();
  if (value.is_list() || value.is_map() || is_blank_null(value)) return {};
  return to_json(value);
}

Value make_scalar(ScalarType type, std::string_view text) {
  if (type == ScalarType::kNull) return text.empty() ? blank_null() : Value();
  if (type == ScalarType::kString || type == ScalarType::kMerge || type == ScalarType::kOther) return Value(text);
  Scalar scalar = resolve_plain(text, Schema::kGoV3);
  if (scalar.type == type && says_all(scalar, text)) return scalar.value;
  return spell(type, text);
}

Value make_folded(std::string_view text) {
  bool indented = text.find("\n ") != std::string_view::npos || text.find("\n\t") != std::string_view::npos;
  if (!indented && !starts_blank(text) && !text.ends_with("\n\n")) return Value(text);
  if (refold(text) == text) return Value(text);
  std::string marked{kMark, kFolded};
  return Value(marked.append(text));
}

Value make_plain(std::string_view text) {
  Scalar scalar = resolve_plain(text, Schema::kGoV3);
  if (scalar.type == ScalarType::kNull) return Value();
  return says_all(scalar, text) ? std::move(scalar.value) : spell(scalar.type, text);
}

Status settle(Value& value) {
  if (is_spelled(value)) return settle_scalar(value);
  if (!holds_spelled(value)) return {};
  if (value.is_list()) {
    for (size_t i = 0; i < value.size(); ++i)
      if (holds_spelled(value[i])) TAUT_TRY(settle(value.edit(i)));
    return {};
  }
  std::vector<std::string> keys;
  for (const Entry& entry : value.entries())
    if (holds_spelled(entry.value)) keys.push_back(entry.name.str());
  for (const std::string& key : keys) TAUT_TRY(settle(value.edit(key)));
  return {};
}

}  // namespace taut::yaml
