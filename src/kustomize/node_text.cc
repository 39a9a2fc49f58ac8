#include "kustomize/node_text.hh"

#include "value/json.hh"
#include "yaml/spelling.hh"
#include "yaml/writer.hh"

namespace taut::kustomize {
namespace {

using yaml::ScalarType;

bool was_quoted(const Value& old) {
  if (yaml::scalar_type(old) != ScalarType::kString) return false;
  Value plain = yaml::make_plain(old.as_string());
  return !plain.is_string() || plain.as_string() != old.as_string();
}

std::string_view node_kind(const Value& node) {
  return node.is_map() ? "MappingNode" : node.is_list() ? "SequenceNode" : "ScalarNode";
}

// DEL, the C1 controls but NEL, and the two that are no characters. What is below a blank is escaped in JSON.
bool is_refused(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c == 0x7F) return true;
    unsigned char next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if (c == 0xC2 && next >= 0x80 && next < 0xA0 && next != 0x85) return true;
    if (c == 0xEF && next == 0xBF && i + 2 < text.size() && static_cast<unsigned char>(text[i + 2]) >= 0xBE) return true;
  }
  return false;
}

Status wrong_kind(std::string_view expected, const Value& node) {
  return fail(Code::kInvalid, "wrong node kind: expected {} but was {}: node contents:\n{}", expected, node_kind(node),
              node_yaml(node));
}

}  // namespace

std::string metadata_text(const Value& object, std::string_view field) {
  const Value& value = object["metadata"][field];
  return value.is_null() ? std::string() : yaml::scalar_text(value);
}

Value restyled(const Value& old, std::string_view text) { return was_quoted(old) ? Value(text) : yaml::make_plain(text); }

Status set_text(Value& node, std::string_view text) {
  if (node.is_map() || node.is_list()) return wrong_kind("ScalarNode", node);
  node = Value(text);
  return {};
}

Status set_plain(Value& node, std::string_view text) {
  if (node.is_map() || node.is_list()) return wrong_kind("ScalarNode", node);
  node = restyled(node, text);
  return {};
}

Status set_integer(Value& node, int64_t number) {
  if (node.is_map() || node.is_list()) return wrong_kind("ScalarNode", node);
  node = was_quoted(node) ? Value(std::to_string(number)) : Value(number);
  return {};
}

Status set_entry(Value& node, std::string_view key, std::string_view text) {
  if (!node.is_map()) return wrong_kind("MappingNode", node);
  node.set(key, Value(text));
  return {};
}

Status check_key(std::string_view key) {
  if (yaml::scalar_type(yaml::make_plain(key)) == ScalarType::kString) return {};
  return fail(Code::kInvalid, "json: unsupported type: map[interface {{}}]interface {{}}");
}

Status check_characters(const Value& value) {
  auto refuse = [] { return fail(Code::kInvalid, "yaml: control characters are not allowed"); };
  if (value.is_string()) return is_refused(value.as_string()) ? Status(refuse()) : Status();
  for (const Value& item : value.items()) TAUT_TRY(check_characters(item));
  for (const Entry& entry : value.entries()) {
    if (is_refused(entry.key())) return refuse();
    TAUT_TRY(check_characters(entry.value));
  }
  return {};
}

std::string node_yaml(const Value& node) {
  Value out = node;
  if (!yaml::settle(out)) return to_json(node);
  return to_yaml(out);
}

}  // namespace taut::kustomize
