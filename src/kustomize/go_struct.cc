#include "kustomize/go_struct.hh"

#include <fmt/format.h>

#include "base/strings.hh"
#include "value/json.hh"

namespace taut::kustomize {
namespace {

bool equal_fold(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

const GoField* find_field(const GoStruct& fields, std::string_view name) {
  for (const GoField& field : fields.fields)
    if (field.name == name) return &field;
  for (const GoField& field : fields.fields)
    if (equal_fold(field.name, name)) return &field;
  return nullptr;
}

std::string_view json_word(const Value& value) {
  switch (value.kind()) {
    case Kind::kBool: return "bool";
    case Kind::kString: return "string";
    case Kind::kList: return "array";
    case Kind::kMap: return "object";
    default: return "number";
  }
}

Value zero(const GoType& type) {
  switch (type.is) {
    case GoType::Is::kString: return Value("");
    case GoType::Is::kBool: return Value(false);
    case GoType::Is::kInt: return Value(0);
    case GoType::Is::kStruct: return Value::map();
    default: return Value();
  }
}

class Decoder {
 public:
  explicit Decoder(const GoDecode& options) : options_(options) {}

  Value decode(const Value& json, const GoType& type) {
    switch (type.is) {
      case GoType::Is::kString: return decode_string(json, type);
      case GoType::Is::kBool: return json.is_bool() ? json : refuse(json, type);
      case GoType::Is::kInt: return decode_int(json, type);
      case GoType::Is::kList: return decode_list(json, type);
      case GoType::Is::kMap: return decode_map(json, type);
      case GoType::Is::kStruct: return decode_struct(json, type);
      default: return json;
    }
  }
  std::string error;

 private:
  Value decode_string(const Value& json, const GoType& type) {
    if (json.is_string()) return json;
    bool scalar = json.is_bool() || json.is_number();
    return options_.coerce && scalar ? Value(to_json(json)) : refuse(json, type);
  }

  Value decode_int(const Value& json, const GoType& type) {
    if (json.is_integer()) return json;
    if (json.kind() == Kind::kDouble) return refuse(json, type, "number " + to_json(json));
    return refuse(json, type);
  }

  Value decode_list(const Value& json, const GoType& type) {
    if (!json.is_list()) return refuse(json, type);
    Value out = Value::list();
    out.reserve(json.size());
    for (const Value& item : json.items())
      out.push_back(item.is_null() ? zero(*type.item) : decode(item, *type.item));
    return out;
  }

  Value decode_map(const Value& json, const GoType& type) {
    if (!json.is_map()) return refuse(json, type);
    Value out = Value::map();
    for (const Entry& entry : json.entries())
      out.append_sorted(entry.name, entry.value.is_null() ? zero(*type.item) : decode(entry.value, *type.item));
    return out;
  }

  Value decode_struct(const Value& json, const GoType& type) {
    if (!json.is_map()) return refuse(json, type);
    Value out = Value::map();
    std::string_view outer_name = std::exchange(struct_, type.fields->name);
    size_t outer = path_.size();
    for (const Entry& entry : json.entries()) {
      const GoField* field = find_field(*type.fields, entry.key());
      if (field == nullptr) {
        if (options_.strict && error.empty()) error = "json: unknown field " + quote(entry.key());
        continue;
      }
      if (entry.value.is_null()) continue;
      path_.append(path_.empty() ? "" : ".").append(field->embedded).append(field->name);
      out.set(field->name, decode(entry.value, *field->type));
      path_.resize(outer);
      struct_ = type.fields->name;
    }
    struct_ = outer_name;
    return out;
  }

  Value refuse(const Value& json, const GoType& type, std::string what = {}) {
    if (what.empty()) what = json_word(json);
    if (error.empty()) {
      std::string where = path_.empty() ? "value" : fmt::format("struct field {}.{}", struct_, path_);
      error = fmt::format("json: cannot unmarshal {} into Go {} of type {}", what, where, type.name);
    }
    return zero(type);
  }

  const GoDecode& options_;
  std::string_view struct_;
  std::string path_;
};

}  // namespace

Result<Value> go_decode(const Value& json, const GoType& type, const GoDecode& options) {
  if (json.is_null()) return zero(type);
  Decoder decoder(options);
  Value out = decoder.decode(json, type);
  if (!decoder.error.empty()) return fail(Code::kInvalid, "{}", decoder.error);
  return out;
}

}  // namespace taut::kustomize
