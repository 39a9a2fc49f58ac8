#include "smd/path.hh"

#include <charconv>
#include <cmath>

#include "base/strings.hh"
#include "value/json.hh"

namespace taut::smd {
namespace {

int sign(double difference) { return difference < 0 ? -1 : difference > 0 ? 1 : 0; }

int rank(const Value& v) {
  switch (v.kind()) {
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kDouble: return 0;
    case Kind::kString: return 1;
    case Kind::kBool: return 2;
    case Kind::kList: return 3;
    case Kind::kMap: return 4;
    case Kind::kNull: return 5;
  }
  return 6;
}

int compare_numbers(const Value& a, const Value& b) {
  if (a.kind() == Kind::kInt && b.kind() == Kind::kInt) {
    return a.as_int() < b.as_int() ? -1 : a.as_int() > b.as_int() ? 1 : 0;
  }
  if (a.is_integer() && b.is_integer()) {
    if (a.kind() != b.kind()) return a.kind() == Kind::kInt ? -1 : 1;
    return a.as_uint() < b.as_uint() ? -1 : a.as_uint() > b.as_uint() ? 1 : 0;
  }
  return sign(a.as_double() - b.as_double());
}

int compare_lists(const Value& a, const Value& b) {
  for (size_t i = 0; i < a.size() && i < b.size(); ++i)
    if (int c = compare_values(a[i], b[i])) return c;
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

int compare_maps(const Value& a, const Value& b) {
  auto left = a.entries(), right = b.entries();
  for (size_t i = 0; i < left.size() && i < right.size(); ++i) {
    if (int c = left[i].key().compare(right[i].key())) return c < 0 ? -1 : 1;
    if (int c = compare_values(left[i].value, right[i].value)) return c;
  }
  return left.size() < right.size() ? -1 : left.size() > right.size() ? 1 : 0;
}

// A value as value.ToString prints it inside a path.
std::string text_of(const Value& v) {
  switch (v.kind()) {
    case Kind::kString: return quote(v.as_string());
    case Kind::kDouble: return format_json_number(v.as_double());
    case Kind::kList: {
      std::vector<std::string> parts;
      for (const Value& item : v.items()) parts.push_back(text_of(item));
      return "[" + join(parts, ",") + "]";
    }
    case Kind::kMap: {
      std::string out;
      for (const Entry& e : v.entries()) out += e.name.str() + "=" + text_of(e.value);
      return out;
    }
    default: return to_json(v);
  }
}

}  // namespace

int compare_values(const Value& a, const Value& b) {
  if (int ra = rank(a), rb = rank(b); ra != rb) return ra < rb ? -1 : 1;
  if (a.is_number()) return compare_numbers(a, b);
  if (a.is_string()) {
    int c = a.as_string().compare(b.as_string());
    return c < 0 ? -1 : c > 0 ? 1 : 0;
  }
  if (a.is_bool()) return int(a.as_bool()) - int(b.as_bool());
  if (a.is_list()) return compare_lists(a, b);
  if (a.is_map()) return compare_maps(a, b);
  return 0;
}

int PathElement::compare(const PathElement& a, const PathElement& b) {
  if (a.kind != b.kind) return a.kind < b.kind ? -1 : 1;
  if (a.value.same(b.value)) return 0;
  if (a.kind == Kind::kField) return a.value.as_string().compare(b.value.as_string());
  return compare_values(a.value, b.value);
}

std::string PathElement::to_string() const {
  switch (kind) {
    case Kind::kField: return "." + value.str();
    case Kind::kKey: {
      std::vector<std::string> parts;
      for (const Entry& e : value.entries()) parts.push_back(e.name.str() + "=" + text_of(e.value));
      return "[" + join(parts, ",") + "]";
    }
    case Kind::kValue: return "[=" + text_of(value) + "]";
    case Kind::kIndex: return "[" + text_of(value) + "]";
  }
  return {};
}

std::string PathElement::serialize() const {
  // Go's encoder escapes <, > and & in the values.
  JsonWriteOptions options{.escape_html = true};
  switch (kind) {
    case Kind::kField: return std::string("f:").append(value.as_string());
    case Kind::kKey: return "k:" + to_json(value, options);
    case Kind::kValue: return "v:" + to_json(value, options);
    case Kind::kIndex: return "i:" + to_json(value);
  }
  return {};
}

Result<std::optional<PathElement>> PathElement::parse(std::string_view text) {
  if (text.size() < 2) return fail(Code::kInvalid, "key must be 2 characters long: {}", quote(text));
  if (text[1] != ':') return fail(Code::kInvalid, "missing colon: {}", quote(text));
  std::string_view rest = text.substr(2);
  switch (text[0]) {
    case 'f': return PathElement::field(rest);
    case 'v': {
      TAUT_ASSIGN(Value value, parse_json(rest));
      return PathElement::item(std::move(value));
    }
    case 'k': {
      TAUT_ASSIGN(Value fields, parse_json(rest));
      if (!fields.is_map()) return fail(Code::kInvalid, "a key is not an object: {}", quote(text));
      return PathElement::key(std::move(fields));
    }
    case 'i': {
      int64_t position = 0;
      auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), position);
      if (error != std::errc() || end != rest.data() + rest.size())
        return fail(Code::kInvalid, "not an index: {}", quote(text));
      return PathElement::index(position);
    }
    default: return std::nullopt;
  }
}

std::string to_string(const Path& path) {
  std::string out;
  for (const PathElement& element : path) out += element.to_string();
  return out;
}

}  // namespace taut::smd
