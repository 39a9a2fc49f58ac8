#include "kustomize/generator.hh"

#include <fmt/format.h>

#include "base/base64.hh"
#include "base/strings.hh"
#include "kustomize/key_values.hh"
#include "kustomize/node_text.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

// Base64 of more than one line is broken, with a line feed at the end too.
std::string encode_lines(std::string_view bytes) {
  constexpr size_t kLine = 70;
  std::string flat = base64_encode(bytes);
  if (flat.size() < kLine) return flat;
  std::string out;
  out.reserve(flat.size() + flat.size() / kLine + 1);
  for (size_t i = 0; i < flat.size(); i += kLine) out.append(flat, i, kLine).push_back('\n');
  return out;
}

Result<Value> base_object(std::string_view kind, const Value& args) {
  std::string_view name = args["name"].as_string(), ns = args["namespace"].as_string();
  if (name.empty()) return fail(Code::kInvalid, "a configmap must have a name");
  Value metadata = Value::map({{"name", Value(name)}});
  if (!ns.empty()) metadata.set("namespace", Value(ns));
  return Value::map({{"apiVersion", "v1"}, {"kind", Value(kind)}, {"metadata", std::move(metadata)}});
}

Result<std::vector<KeyValue>> distinct_pairs(const Value& args, const ReadFile& read) {
  TAUT_ASSIGN(auto pairs, load_key_values(args, read));
  Value known = Value::map();
  for (const KeyValue& pair : pairs) {
    if (known.contains(pair.key))
      return fail(Code::kInvalid, "configmap {} illegally repeats the key `{}`", args["name"].as_string(), pair.key);
    known.set(pair.key, Value(true));
    TAUT_TRY(check_key(pair.key));
  }
  return pairs;
}

void apply_options(Resource& resource, const Value& args) {
  const Value& options = args["options"];
  for (std::string_view field : {"labels", "annotations"})
    for (const Entry& entry : options[field].entries())
      resource.object.edit("metadata").edit(field).set(entry.key(), Value(yaml::scalar_text(entry.value)));
  if (options["immutable"].as_bool()) resource.object.set("immutable", Value(true));
  resource.needs_hash = !options["disableNameSuffixHash"].as_bool();
  resource.behavior = parse_behavior(args["behavior"].as_string());
}

}  // namespace

Result<Resource> make_config_map(const Value& args, const ReadFile& read) {
  Resource resource;
  TAUT_ASSIGN(resource.object, base_object("ConfigMap", args));
  TAUT_ASSIGN(auto pairs, distinct_pairs(args, read));
  for (const KeyValue& pair : pairs) {
    bool text = valid_utf8(pair.value);
    Value value(text ? pair.value : encode_lines(pair.value));
    resource.object.edit(text ? "data" : "binaryData").set(pair.key, std::move(value));
  }
  apply_options(resource, args);
  return resource;
}

Result<Resource> make_secret(const Value& args, const ReadFile& read) {
  Resource resource;
  TAUT_ASSIGN(resource.object, base_object("Secret", args));
  std::string_view type = args["type"].as_string();
  resource.object.set("type", Value(type.empty() ? "Opaque" : type));
  TAUT_ASSIGN(auto pairs, distinct_pairs(args, read));
  Value data = Value::map();
  for (const KeyValue& pair : pairs) data.set(pair.key, Value(encode_lines(pair.value)));
  resource.object.set("data", std::move(data));
  apply_options(resource, args);
  return resource;
}

}  // namespace taut::kustomize
