#include "sandbox/openapi_v2.hh"

#include <string>

namespace taut::sandbox {
namespace {

constexpr std::string_view kSchemas = "#/components/schemas/";

Value schema_v2(const Value& schema);

Value properties_v2(const Value& properties) {
  Value out = Value::map();
  for (const Entry& property : properties.entries()) out.append_sorted(property.name, schema_v2(property.value));
  return out;
}

Value schema_v2(const Value& schema) {
  if (!schema.is_map()) return schema;
  Value out = Value::map();
  for (const Entry& entry : schema.entries()) {
    const std::string_view key = entry.key();
    if (key == "default" || key == "nullable" || key == "oneOf" || key == "anyOf" || key == "not") continue;
    if (key == "$ref" && entry.value.as_string().starts_with(kSchemas)) {
      out.set("$ref", "#/definitions/" + std::string(entry.value.as_string().substr(kSchemas.size())));
    } else if (key == "allOf" && entry.value.size() == 1) {
      const Value only = schema_v2(entry.value[0]);
      for (const Entry& inner : only.entries()) out.set(inner.key(), inner.value);
    } else if (key == "properties") {
      out.set(key, properties_v2(entry.value));
    } else if (key == "items" || key == "additionalProperties") {
      out.set(key, schema_v2(entry.value));
    } else {
      out.set(key, entry.value);
    }
  }
  // Quantities and the like, which v3 describes as one of several types, are texts here.
  if (!schema["oneOf"].is_null() && schema["type"].is_null()) out.set("type", "string");
  return out;
}

Value operation_v2(const Value& operation) {
  Value out = operation;
  Value parameters = Value::list();
  for (Value parameter : operation["parameters"].items()) {
    const Value schema = parameter["schema"];
    parameter.erase("schema");
    for (const Entry& entry : schema.entries()) parameter.set(entry.key(), entry.value);
    parameters.push_back(std::move(parameter));
  }
  out.set("parameters", std::move(parameters));
  const Value& answer = operation["responses"]["200"]["content"]["application/json"]["schema"];
  Value ok = Value::map({{"description", "OK"}});
  if (!answer.empty()) ok.set("schema", schema_v2(answer));
  out.set("responses", Value::map({{"200", std::move(ok)}}));
  return out;
}

}  // namespace

Value swagger_document(const std::vector<Value>& documents) {
  Value definitions = Value::map(), paths = Value::map();
  for (const Value& document : documents) {
    for (const Entry& schema : document["components"]["schemas"].entries()) definitions.set(schema.key(), schema_v2(schema.value));
    for (const Entry& path : document["paths"].entries()) {
      Value operations = Value::map();
      for (const Entry& operation : path.value.entries()) operations.set(operation.key(), operation_v2(operation.value));
      paths.set(path.key(), std::move(operations));
    }
  }
  Value info = Value::map({{"title", "Kubernetes"}, {"version", "v1.36.1"}});
  return Value::map({{"definitions", std::move(definitions)}, {"info", std::move(info)}, {"paths", std::move(paths)}, {"swagger", "2.0"}});
}

}  // namespace taut::sandbox
