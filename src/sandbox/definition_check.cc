#include "sandbox/definition_check.hh"

#include "base/strings.hh"
#include "object/id.hh"
#include "schema/crd.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

using kinds::Problem;
using Problems = std::vector<Problem>;

void required(Problems& out, std::string field, std::string_view why = "") {
  out.push_back({"FieldValueRequired", why.empty() ? "Required value" : fmt::format("Required value: {}", why), std::move(field)});
}

void bad(Problems& out, std::string field, const Value& value, std::string_view why) {
  out.push_back({"FieldValueInvalid", fmt::format("Invalid value: {}: {}", to_json(value), why), std::move(field)});
}

bool any_type(const Value& schema) {
  return schema["x-kubernetes-int-or-string"].as_bool() || schema["x-kubernetes-preserve-unknown-fields"].as_bool();
}

bool is_required(const Value& schema, std::string_view name) {
  for (const Value& r : schema["required"].items())
    if (r.as_string() == name) return true;
  return false;
}

void check_default(const Value& schema, const std::string& path, Problems& out) {
  const Value* fallback = schema.find("default");
  if (fallback == nullptr || fallback->is_null()) return;
  auto compiled = schema::CrdSchema::compile(schema);
  if (!compiled) return;
  for (schema::FieldError& error : compiled->validate(*fallback)) {
    std::string field = path + ".default";
    if (!error.field.empty() && error.field != "<nil>") field += '.' + error.field;
    out.push_back({std::move(error.reason), std::move(error.message), std::move(field)});
  }
}

void check_list(const Value& schema, const std::string& path, Problems& out) {
  const Value& items = schema["items"];
  std::string_view type = schema["x-kubernetes-list-type"].as_string();
  if (items.is_null()) required(out, path + ".items", "must be specified");
  if (type != "map") return;
  if (schema["x-kubernetes-list-map-keys"].empty())
    required(out, path + ".x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map");
  for (const Value& key : schema["x-kubernetes-list-map-keys"].items()) {
    const Value& property = items["properties"][key.as_string()];
    std::string at = fmt::format("{}.items.properties[{}]", path, key.as_string());
    if (property.is_null())
      bad(out, fmt::format("{}.x-kubernetes-list-map-keys", path), schema["x-kubernetes-list-map-keys"], "entries must all be names of item properties");
    else if (!property.contains("default") && !is_required(items, key.as_string()))
      required(out, at + ".default", "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
  }
}

// `where` says what of the parent this is, for the sentence about a missing type.
void check_schema(const Value& schema, const std::string& path, std::string_view where, Problems& out) {
  std::string_view type = schema["type"].as_string();
  if (type.empty() && !any_type(schema)) required(out, path + ".type", fmt::format("must not be empty {}", where));
  if (type == "array") check_list(schema, path, out);
  if (schema.contains("properties") && schema["additionalProperties"].is_map())
    out.push_back({"FieldValueForbidden", "Forbidden: additionalProperties and properties are mutual exclusive", path + ".additionalProperties"});
  for (const Entry& e : schema["properties"].entries())
    check_schema(e.value, fmt::format("{}.properties[{}]", path, e.key()), "for specified object fields", out);
  if (schema["items"].is_map()) check_schema(schema["items"], path + ".items", "for specified array items", out);
  if (schema["additionalProperties"].is_map())
    check_schema(schema["additionalProperties"], path + ".additionalProperties", "for specified object fields", out);
  check_default(schema, path, out);
}

// One schema for all versions is reported where v1beta1 had it.
bool one_schema(const Value& versions) {
  for (const Value& v : versions.items())
    if (v["schema"] != versions[0]["schema"]) return false;
  return true;
}

void check_versions(const Value& spec, Problems& out) {
  const Value& versions = spec["versions"];
  size_t stored = 0;
  bool shared = one_schema(versions);
  for (size_t i = 0; i < versions.size(); ++i) {
    std::string at = fmt::format("spec.versions[{}]", i);
    if (versions[i]["storage"].as_bool()) ++stored;
    const Value& schema = versions[i]["schema"]["openAPIV3Schema"];
    if (schema.is_null()) {
      required(out, at + ".schema.openAPIV3Schema");
      continue;
    }
    if (shared && i > 0) continue;
    std::string path = shared ? "spec.validation.openAPIV3Schema" : at + ".schema.openAPIV3Schema";
    if (schema["type"].as_string() != "object" && !schema["type"].empty())
      bad(out, path + ".type", schema["type"], "must be object at the root");
    check_schema(schema, path, "at the root", out);
  }
  if (versions.empty()) required(out, "spec.versions", "must have at least one version");
  if (stored != 1 && !versions.empty())
    out.push_back({"FieldValueInvalid", fmt::format("Invalid value: {}: must have exactly one version marked as storage version", to_json(versions)), "spec.versions"});
}

bool established(const Value& crd) {
  for (const Value& c : crd["status"]["conditions"].items())
    if (c["type"].as_string() == "Established") return c["status"].as_string() == "True";
  return false;
}

}  // namespace

std::vector<Problem> check_definition(const Value& crd, const Value* old) {
  Problems out;
  const Value& spec = crd["spec"];
  std::string wanted = spec["names"]["plural"].str() + '.' + spec["group"].str();
  if (name_of(crd) != wanted) bad(out, "metadata.name", name_of(crd), "must be spec.names.plural+\".\"+spec.group");
  if (spec["group"].empty()) required(out, "spec.group");
  std::string_view scope = spec["scope"].as_string();
  if (scope != "Namespaced" && scope != "Cluster")
    out.push_back({"FieldValueNotSupported", fmt::format("Unsupported value: {}: supported values: \"Cluster\", \"Namespaced\"", quote(scope)), "spec.scope"});
  for (const char* name : {"plural", "singular", "kind", "listKind"})
    if (spec["names"][name].empty()) required(out, fmt::format("spec.names.{}", name));
  check_versions(spec, out);
  if (old != nullptr && established(*old)) {
    const Value& was = (*old)["spec"];
    for (const char* name : {"group", "scope"})
      if (spec[name] != was[name]) bad(out, fmt::format("spec.{}", name), spec[name], "field is immutable");
    for (const char* name : {"kind", "plural"})
      if (spec["names"][name] != was["names"][name]) bad(out, fmt::format("spec.names.{}", name), spec["names"][name], "field is immutable");
  }
  return out;
}

}  // namespace taut::sandbox
