#include "helm/typed_reader.hh"

#include "base/strings.hh"
#include "yaml/reader.hh"

namespace taut::helm {

namespace {

// As encoding/json finds a field: by its very name, else by a name that differs in case only.
const Value& find_field(const Value& object, std::string_view field) {
  if (const Value* exact = object.find(field)) return *exact;
  const std::string wanted = to_lower(field);
  for (const Entry& entry : object.entries()) {
    if (entry.name.size() == field.size() && to_lower(entry.key()) == wanted) return entry.value;
  }
  static const Value kNone;
  return kNone;
}

// What encoding/json calls a value that does not fit.
std::string_view json_kind(const Value& value) {
  if (value.is_map()) return "object";
  if (value.is_list()) return "array";
  return kind_name(value.kind());
}

// strconv.FormatFloat(number, 'g', -1, 64).
std::string shortest(double number) {
  std::string out = fmt::format("{:.17g}", number);
  for (int digits = 1; digits < 17; ++digits) {
    std::string shorter = fmt::format("{:.{}g}", number, digits);
    if (std::strtod(shorter.c_str(), nullptr) == number) {
      out = fmt::format("{:.{}g}", number, std::max(digits, 6));
      break;
    }
  }
  return out;
}

}  // namespace

Result<Value> read_yaml(std::string_view text) {
  auto document = parse_yaml_document(text, {.reject_duplicate_keys = false});
  if (!document) {
    Error error = std::move(document).error();
    std::string message = "error converting YAML to JSON: " + error.message();
    return fail(std::move(error).with_message(std::move(message)));
  }
  return document->root;
}

void TypedReader::complain(const Value& value, std::string_view go_type) {
  if (!error_.empty()) return;
  if (path_.empty()) {
    error_ = fmt::format("json: cannot unmarshal {} into Go value of type {}", json_kind(value), go_type);
  } else {
    error_ = fmt::format("json: cannot unmarshal {} into Go struct field {}.{} of type {}", json_kind(value), type_,
                         path_, go_type);
  }
}

bool TypedReader::to_text(const Value& value, std::string& out) {
  switch (value.kind()) {
    case Kind::kString: out = value.as_string(); return true;
    case Kind::kBool: out = value.as_bool() ? "true" : "false"; return true;
    case Kind::kInt: out = fmt::format("{}", value.as_int()); return true;
    case Kind::kUint: out = fmt::format("{}", value.as_uint()); return true;
    case Kind::kDouble: out = shortest(value.as_double()); return true;
    case Kind::kNull: return true;
    default: complain(value, "string"); return false;
  }
}

void TypedReader::text(const Value& object, std::string_view field, std::string& out) {
  Inside inside(*this, field);
  to_text(find_field(object, field), out);
}

void TypedReader::boolean(const Value& object, std::string_view field, bool& out) {
  Inside inside(*this, field);
  const Value& value = find_field(object, field);
  if (value.is_bool()) {
    out = value.as_bool();
  } else if (!value.is_null()) {
    complain(value, "bool");
  }
}

const Value* TypedReader::list(const Value& object, std::string_view field, std::string_view go_type) {
  Inside inside(*this, field);
  const Value& value = find_field(object, field);
  if (value.is_list()) return &value;
  if (!value.is_null()) complain(value, go_type);
  return nullptr;
}

bool TypedReader::map(const Value& value, std::string_view go_type) {
  if (!value.is_map() && !value.is_null()) complain(value, go_type);
  return value.is_map();
}

void TypedReader::texts(const Value& object, std::string_view field, std::vector<std::string>& out) {
  const Value* found = list(object, field, "[]string");
  if (!found) return;
  Inside inside(*this, field);
  out.clear();
  for (const Value& item : found->items()) to_text(item, out.emplace_back());
}

void TypedReader::text_map(const Value& object, std::string_view field,
                           std::vector<std::pair<std::string, std::string>>& out) {
  Inside inside(*this, field);
  const Value& found = find_field(object, field);
  if (!map(found, "map[string]string")) return;
  out.clear();
  for (const Entry& entry : found.entries()) to_text(entry.value, out.emplace_back(entry.name.str(), "").second);
}

Status TypedReader::status() const {
  if (error_.empty()) return {};
  return fail(Code::kInvalid, "error unmarshaling JSON: while decoding JSON: {}", error_);
}

}  // namespace taut::helm
