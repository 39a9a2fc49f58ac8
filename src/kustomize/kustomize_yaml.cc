#include "kustomize/kustomize_yaml.hh"

#include "base/strings.hh"
#include "value/json.hh"
#include "yaml/reader.hh"
#include "yaml/writer.hh"

namespace taut::kustomize {
namespace {

Failure conversion_failure(const Error& error) {
  return fail(Error(error.code(), "error converting YAML to JSON: " + error.message()).at(error.position()));
}

Value without_empty(const Value& value) {
  if (value.is_list()) {
    Value out = Value::list();
    for (const Value& item : value.items()) out.push_back(without_empty(item));
    return out;
  }
  if (!value.is_map()) return value;
  Value out = Value::map();
  for (const Entry& entry : value.entries()) {
    const Value& item = entry.value;
    bool empty = item.is_null() || (item.is_string() && item.empty()) || (item.is_list() && item.empty()) ||
                 (item.is_bool() && !item.as_bool());
    if (!empty) out.append_sorted(entry.name, without_empty(item));
  }
  return out;
}

}  // namespace

Result<Value> yaml_to_json(std::string_view text) {
  TAUT_ASSIGN(Document document, parse_yaml_document(text, {.reject_duplicate_keys = false}));
  return std::move(document.root);
}

Result<Value> decode_json(const Value& json, const GoType& type, const GoDecode& options) {
  auto decoded = go_decode(json, type, options);
  if (!decoded)
    return fail(Code::kInvalid, "error unmarshaling JSON: while decoding JSON: {}", decoded.error().message());
  return decoded;
}

Result<Value> yaml_unmarshal(std::string_view text, const GoType& type, const GoDecode& options) {
  auto document = parse_yaml_document(text, {.reject_duplicate_keys = options.strict});
  if (!document) return conversion_failure(document.error());
  return decode_json(document->root, type, options);
}

Result<Value> read_crd_definitions(std::string_view text) {
  Value file;
  bool json = text.starts_with('{');
  if (json) {
    TAUT_ASSIGN(file, parse_json(text));
  } else {
    auto document = parse_yaml_document(text, {.reject_duplicate_keys = false});
    if (!document) return conversion_failure(document.error());
    file = std::move(document->root);
  }
  static constexpr GoType kAny{GoType::Is::kAny, "interface {}"};
  static constexpr GoField kFields[] = {{"Schema", &kAny}, {"Dependencies", &kAny}};
  static constexpr GoStruct kStruct{"OpenAPIDefinition", kFields};
  static constexpr GoType kDefinition{GoType::Is::kStruct, "accumulator.OpenAPIDefinition", nullptr, &kStruct};
  static constexpr GoType kMap{GoType::Is::kMap, "accumulator.nameToApiMap", &kDefinition};
  return json ? go_decode(file, kMap, {.strict = false}) : decode_json(file, kMap, {.strict = false});
}

std::string marshal_config(const Value& config) { return to_yaml(without_empty(config)); }

}  // namespace taut::kustomize
