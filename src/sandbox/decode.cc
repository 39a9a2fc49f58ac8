#include "sandbox/decode.hh"

#include <cmath>

#include "base/base64.hh"
#include "base/strings.hh"
#include "base/time.hh"
#include "object/quantity.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

// "[]v1.Container", "map[string]string", "int32": the type as Go prints it.
std::string go_name(const GoExpression& e) {
  switch (e.shape) {
    case 'i': return "int32";
    case 'l': return "int64";
    case 'f': return "float64";
    case 'b': return "bool";
    case 'y': return "[]uint8";
    case '[': return "[]" + go_name(*e.element);
    case '{': return "map[string]" + go_name(*e.element);
    case 'S': return e.type->go_name;
    default: return "string";
  }
}

std::string_view json_name(const Value& v) {
  switch (v.kind()) {
    case Kind::kList: return "array";
    case Kind::kMap: return "object";
    default: return kind_name(v.kind());
  }
}

class Decoder {
 public:
  explicit Decoder(Decoded& out) : out_(out) {}

  Value structure(const GoType& type, const Value& value) {
    const GoType* outer = std::exchange(struct_, &type);
    Value made = Value::map();
    made.reserve(value.size());
    auto entries = value.entries();
    size_t at = 0;
    for (const GoField* field : type.sorted) {
      for (; at < entries.size() && entries[at].key() < field->name; ++at) unknown(entries[at].key());
      const Value* given = nullptr;
      if (at < entries.size() && entries[at].key() == field->name) given = &entries[at++].value;
      add_field(*field, given, made);
    }
    for (; at < entries.size(); ++at) unknown(entries[at].key());
    struct_ = outer;
    return made;
  }

 private:
  void unknown(std::string_view key) {
    out_.unknown.push_back(path_.empty() ? std::string(key) : path_ + '.' + std::string(key));
  }

  void add_field(const GoField& field, const Value* given, Value& into) {
    if (given == nullptr || given->is_null()) {
      if (auto zero = zero_of(field)) into.append_sorted(field.name, std::move(*zero));
      return;
    }
    size_t path = path_.size(), stack = stack_.size();
    if (!path_.empty()) path_ += '.';
    if (!stack_.empty()) stack_ += '.';
    path_ += field.name;
    stack_ += field.name;
    Value made = one(field.expression, *given);
    path_.resize(path);
    stack_.resize(stack);
    if (!is_zero(field.expression, made)) {
      into.append_sorted(field.name, std::move(made));
    } else if (auto zero = zero_of(field)) {
      into.append_sorted(field.name, std::move(*zero));
    }
  }

  // What stands for a field that is not set; nothing when it is left out.
  std::optional<Value> zero_of(const GoField& field) {
    const GoExpression& e = field.expression;
    if (field.omit_zero) return std::nullopt;
    if (e.shape == 'S' && !e.pointer) return structure(*e.type, Value());
    if (!e.pointer && (e.shape == 't' || e.shape == 'm' || e.shape == 'r')) return Value();
    if (!e.pointer && e.shape == 'Q') return Value("0");
    if (!e.pointer && e.shape == 'o') return Value(0);
    if (!e.pointer && e.shape == 'd') return Value("0s");
    if (field.omit_empty) return std::nullopt;
    if (e.pointer) return Value();
    return zero_value(e);
  }

  static Value zero_value(const GoExpression& e) {
    switch (e.shape) {
      case 's': return "";
      case 'b': return false;
      case 'i':
      case 'l':
      case 'f': return 0;
      default: return Value();
    }
  }

  // Whether a decoded value counts as empty for omitempty. Empty lists and maps do not survive the store.
  static bool is_zero(const GoExpression& e, const Value& v) {
    if (e.pointer) return v.is_null();
    switch (e.shape) {
      case 's': return v.is_string() && v.empty();
      case 'b': return !v.as_bool();
      case 'i':
      case 'l':
      case 'f': return v.as_double() == 0;
      case '[':
      case '{': return v.empty();
      case 'y': return v.is_string() && v.empty();
      default: return v.is_null();
    }
  }

  Value one(const GoExpression& e, const Value& v) {
    switch (e.shape) {
      case 'S': return v.is_map() ? structure(*e.type, v) : mismatch(e, v);
      case '[': return list(e, v);
      case '{': return map(e, v);
      case 's': return v.is_string() ? v : mismatch(e, v);
      case 'b': return v.is_bool() ? v : mismatch(e, v);
      case 'i':
      case 'l': return integer(e, v);
      case 'f': return v.is_number() ? v : mismatch(e, v);
      case 'y': return bytes(e, v);
      default: return leaf(e, v);
    }
  }

  Value list(const GoExpression& e, const Value& v) {
    if (!v.is_list()) return mismatch(e, v);
    Value made = Value::list();
    made.reserve(v.size());
    size_t path = path_.size();
    for (size_t i = 0; i < v.size(); ++i) {
      path_ += '[' + std::to_string(i) + ']';
      made.push_back(element(*e.element, v[i]));
      path_.resize(path);
    }
    return made;
  }

  Value map(const GoExpression& e, const Value& v) {
    if (!v.is_map()) return mismatch(e, v);
    bool resources = e.element->shape == 'Q';
    Value made = Value::map();
    made.reserve(v.size());
    size_t path = path_.size();
    for (const Entry& entry : v.entries()) {
      path_ += '.';
      path_ += entry.key();
      made.append_sorted(entry.name, resources ? quantity(entry.value, true) : element(*e.element, entry.value));
      path_.resize(path);
    }
    return made;
  }

  // An element of a list or map: null is the zero value, which is written out.
  Value element(const GoExpression& e, const Value& v) {
    if (!v.is_null()) return one(e, v);
    if (e.pointer) return Value();
    return e.shape == 'S' ? structure(*e.type, Value()) : zero_value(e);
  }

  Value integer(const GoExpression& e, const Value& v) {
    if (!v.is_number()) return mismatch(e, v);
    double number = v.as_double();
    bool whole = v.is_integer() || (number == std::trunc(number) && std::abs(number) < 9.2e18);
    int64_t n = v.as_int();
    if (!whole || v.kind() == Kind::kUint || (e.shape == 'i' && (n > INT32_MAX || n < INT32_MIN)))
      return mismatch(e, v);
    return n;
  }

  Value bytes(const GoExpression& e, const Value& v) {
    if (!v.is_string()) return mismatch(e, v);
    auto raw = base64_decode(v.as_string());
    if (!raw) return fail_with("illegal base64 data at input byte " + std::to_string(bad_base64_at(v.as_string())));
    return v;
  }

  static size_t bad_base64_at(std::string_view text) {
    size_t at = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n");
    return at == std::string_view::npos ? text.size() / 4 * 4 : at;
  }

  Value leaf(const GoExpression& e, const Value& v) {
    switch (e.shape) {
      case 'Q': return quantity(v, false);
      case 't': return time(v, false);
      case 'm': return time(v, true);
      case 'd': return duration(v);
      case 'o':
        if (v.is_string() || (v.is_integer() && v.as_int() <= INT32_MAX && v.as_int() >= INT32_MIN)) return v;
        return fail_with(fmt::format("json: cannot unmarshal {} into Go value of type int32", number_name(v)));
      case 'F':
      case 'r':
        if (!v.is_map() && e.shape == 'F') return mismatch(e, v);
        return v;
      default: return v;
    }
  }

  Value quantity(const Value& v, bool resource_list) {
    if (v.is_null()) return "0";
    if (!v.is_string() && !v.is_number()) return fail_with(kQuantityError);
    std::string text = v.is_string() ? v.str() : to_json(v);
    if (v.is_string() && text.empty()) return fail_with(kQuantityError);
    auto stored = stored_quantity(text, resource_list);
    if (!stored) return fail_with(stored.error().message());
    return *stored == v.as_string() ? v : Value(*stored);
  }

  Value time(const Value& v, bool micro) {
    if (!v.is_string()) return fail_with(fmt::format("json: cannot unmarshal {} into Go value of type string", number_name(v)));
    auto parsed = parse_rfc3339(v.as_string());
    if (!parsed) {
      std::string_view layout = micro ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00";
      return fail_with(fmt::format("parsing time {} as \"{}\": cannot parse {} as \"2006\"", quote(v.as_string()),
                                   layout, quote(v.as_string())));
    }
    return micro ? format_rfc3339_micro(*parsed) : format_rfc3339(*parsed);
  }

  Value duration(const Value& v) {
    auto parsed = parse_go_duration(v.as_string());
    if (!parsed) return fail_with("time: invalid duration " + quote(v.as_string()));
    return format_go_duration(*parsed);
  }

  static std::string number_name(const Value& v) {
    if (!v.is_number()) return std::string(json_name(v));
    return "number " + to_json(v);
  }

  Value mismatch(const GoExpression& e, const Value& v) {
    bool numeric = v.is_number() && (e.shape == 'i' || e.shape == 'l');
    std::string what = numeric ? "number " + to_json(v) : std::string(json_name(v));
    std::string owner(struct_->go_name.substr(struct_->go_name.rfind('.') + 1));
    return fail_with(fmt::format("json: cannot unmarshal {} into Go struct field {}.{} of type {}", what, owner,
                                 stack_, go_name(e)));
  }

  Value fail_with(std::string error) {
    if (out_.error.empty()) out_.error = std::move(error);
    return {};
  }

  static constexpr const char* kQuantityError =
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

  Decoded& out_;
  const GoType* struct_ = nullptr;
  std::string path_;   // with indexes, for unknown fields
  std::string stack_;  // field names only, as encoding/json reports
};

void append_struct(const GoType& type, const Value& value, std::string& out);

void append_expression(const GoExpression& e, const Value& value, std::string& out) {
  if (e.shape == 'S' && value.is_map()) {
    append_struct(*e.type, value, out);
  } else if (e.shape == '[' && value.is_list()) {
    out += '[';
    for (size_t i = 0; i < value.size(); ++i) {
      if (i != 0) out += ',';
      append_expression(*e.element, value[i], out);
    }
    out += ']';
  } else {
    append_json(value, out);
  }
}

void append_struct(const GoType& type, const Value& value, std::string& out) {
  out += '{';
  bool first = true;
  for (const GoField* field : type.ordered) {
    const Value* there = value.find(field->name);
    if (there == nullptr) continue;
    if (!first) out += ',';
    first = false;
    append_json_string(field->name, out);
    out += ':';
    append_expression(field->expression, *there, out);
  }
  out += '}';
}

}  // namespace

Decoded decode_as(const GoType& type, const Value& value) {
  Decoded out;
  Decoder decoder(out);
  out.value = decoder.structure(type, value);
  return out;
}

std::string to_struct_json(const GoType& type, const Value& value) {
  std::string out;
  append_struct(type, value, out);
  return out;
}

}  // namespace taut::sandbox
