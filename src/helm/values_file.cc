#include "helm/values_file.hh"

#include "helm/go_values.hh"
#include "helm/typed_reader.hh"
#include "yaml/split.hh"

namespace taut::helm {
namespace {

Result<Value> read_map(std::string_view text, std::string_view go_type) {
  TAUT_ASSIGN(Value document, read_yaml(text));
  TypedReader reader("");
  reader.map(document, go_type);
  TAUT_TRY(reader.status());
  return with_float_numbers(std::move(document));
}

}  // namespace

Result<Value> read_first_values(std::string_view text) {
  TAUT_ASSIGN(Value values, read_map(text, "common.Values"));
  return values.is_map() ? std::move(values) : Value::map();
}

Result<Value> read_values(std::string_view text) {
  auto parts = split_kubernetes_documents(text);
  if (!parts) {
    Error error = std::move(parts).error();
    std::string message = "error reading yaml document: " + error.message();
    return fail(std::move(error).with_message(std::move(message)));
  }
  Value values = Value::map();
  for (const YamlPart& part : *parts) {
    auto part_values = read_map(part.text, "map[string]interface {}");
    if (!part_values) {
      Error error = std::move(part_values).error();
      std::string message = "cannot unmarshal yaml document: " + error.message();
      return fail(std::move(error).with_message(std::move(message)));
    }
    values = values.empty() && part_values->is_map() ? std::move(*part_values) : merge_maps(values, *part_values);
  }
  return values;
}

Value merge_maps(const Value& under, const Value& over) {
  Value out = under;
  for (const Entry& entry : over.entries()) {
    const Value* there = out.find(entry.key());
    bool both = there && there->is_map() && entry.value.is_map();
    Value merged = both ? merge_maps(*there, entry.value) : entry.value;
    out.set(entry.key(), std::move(merged));
  }
  return out;
}

}  // namespace taut::helm
