#include "kustomize/build_annotations.hh"

#include "base/strings.hh"
#include "yaml/writer.hh"

namespace taut::kustomize {
namespace {

constexpr std::string_view kDomain = "internal.config.kubernetes.io/";

std::vector<std::string> take_list(Value& annotations, std::string_view name) {
  std::vector<std::string> out;
  std::string key = std::string(kDomain).append(name);
  const Value* text = annotations.find(key);
  if (text == nullptr) return out;
  for (std::string_view part : split(text->as_string(), ',')) out.emplace_back(part);
  annotations.erase(key);
  return out;
}

bool take_enabled(Value& annotations, std::string_view name) {
  std::string key = std::string(kDomain).append(name);
  bool enabled = annotations[key].as_string() == "enabled";
  annotations.erase(key);
  return enabled;
}

Value origin_value(const Origin& origin) {
  Value out = Value::map();
  auto put = [](Value& map, std::string_view name, const std::string& text) {
    if (!text.empty()) map.set(name, Value(text));
  };
  put(out, "path", origin.path);
  put(out, "repo", origin.repo);
  put(out, "ref", origin.ref);
  put(out, "configuredIn", origin.configured_in);
  Value by = Value::map();
  put(by, "apiVersion", origin.configured_by.api_version());
  put(by, "kind", origin.configured_by.kind);
  put(by, "name", origin.configured_by_name);
  put(by, "namespace", origin.configured_by_ns);
  if (!by.empty()) out.set("configuredBy", std::move(by));
  return out;
}

// Upstream writes these with the order of its struct.
std::string indented(const Origin& origin, std::string_view indent) {
  Value value = origin_value(origin);
  std::string out;
  for (const char* field : {"path", "repo", "ref", "configuredIn"}) {
    if (!value.contains(field)) continue;
    out.append(indent).append(to_yaml(Value::map({{field, value[field]}})));
  }
  if (!value.contains("configuredBy")) return out;
  out.append(indent).append("configuredBy:\n");
  for (const char* field : {"apiVersion", "kind", "name", "namespace"}) {
    const Value& text = value["configuredBy"][field];
    if (!text.is_null()) out.append(indent).append("  ").append(to_yaml(Value::map({{field, text}})));
  }
  return out;
}

}  // namespace

std::string origin_text(const Origin& origin) { return indented(origin, ""); }

std::string transformations_text(const std::vector<Origin>& list) {
  std::string out;
  for (const Origin& origin : list) {
    std::string text = indented(origin, "  ");
    if (!text.empty()) text[0] = '-';
    out += text;
  }
  return out;
}

Value with_build_annotations(const Resource& resource) {
  Value annotations = resource.annotations();
  auto put = [&](std::string_view name, const std::vector<std::string>& list) {
    if (!list.empty()) annotations.set(std::string(kDomain).append(name), Value(join(list, ",")));
  };
  std::vector<std::string> names, namespaces, kinds;
  for (const PreviousId& before : resource.previous) {
    names.push_back(before.name);
    namespaces.push_back(before.ns);
    kinds.push_back(before.kind);
  }
  put("previousNames", names);
  put("previousNamespaces", namespaces);
  put("previousKinds", kinds);
  put("prefixes", resource.prefixes);
  put("suffixes", resource.suffixes);
  put("refBy", resource.referred_by);
  if (resource.needs_hash || resource.behavior != Behavior::kUnspecified) put("generatorBehavior", {std::string(behavior_name(resource.behavior))});
  if (resource.needs_hash) put("needsHashSuffix", {"enabled"});
  if (resource.origin) annotations.set(kOriginAnnotation, Value(origin_text(*resource.origin)));
  if (!resource.transformations.empty()) annotations.set(kTransformationsAnnotation, Value(transformations_text(resource.transformations)));
  Value object = resource.object;
  if (annotations.empty()) return object;
  Value& metadata = object.edit("metadata");
  if (metadata.is_null()) metadata = Value::map();
  metadata.set("annotations", std::move(annotations));
  return object;
}

void absorb_build_annotations(Resource& resource) {
  const Value& map = resource.object["metadata"]["annotations"];
  bool any = false;
  for (const Entry& entry : map.entries()) any = any || entry.key().starts_with(kDomain);
  if (!any) return;
  Value annotations = resource.annotations();
  auto names = take_list(annotations, "previousNames");
  auto namespaces = take_list(annotations, "previousNamespaces");
  auto kinds = take_list(annotations, "previousKinds");
  if (names.size() == namespaces.size() && names.size() == kinds.size())
    for (size_t i = 0; i < names.size(); ++i) resource.previous.push_back({namespaces[i], names[i], kinds[i]});
  resource.prefixes = take_list(annotations, "prefixes");
  resource.suffixes = take_list(annotations, "suffixes");
  resource.referred_by = take_list(annotations, "refBy");
  auto behavior = take_list(annotations, "generatorBehavior");
  if (!behavior.empty()) resource.behavior = parse_behavior(behavior.front());
  resource.needs_hash = take_enabled(annotations, "needsHashSuffix");
  resource.allow_name_change = take_enabled(annotations, "allowNameChange");
  resource.allow_kind_change = take_enabled(annotations, "allowKindChange");
  resource.set_annotations(annotations);
}

void return_build_annotations(Resource& resource, bool json) {
  if (!json) {
    resource.previous.clear();
    resource.prefixes.clear();
    resource.suffixes.clear();
    resource.referred_by.clear();
    resource.behavior = Behavior::kUnspecified;
    resource.needs_hash = false;
    absorb_build_annotations(resource);
  }
  const Value all = resource.annotations();
  Value annotations = Value::map();
  for (const Entry& entry : all.entries())
    if (!entry.key().starts_with(kDomain)) annotations.append_sorted(entry.name, entry.value);
  if (!annotations.erase(kOriginAnnotation)) resource.origin.reset();
  if (!annotations.erase(kTransformationsAnnotation)) resource.transformations.clear();
  resource.set_annotations(annotations);
}

}  // namespace taut::kustomize
