// ValueAddTransformer: sets a field, or a part of a path in it, on the selected resources. Mirrors kustomize 5.8.1; it
// has no field in kustomization.yaml.
#include "base/strings.hh"
#include "kustomize/kustomize_yaml.hh"
#include "kustomize/node_text.hh"
#include "kustomize/patching.hh"
#include "kustomize/plugin.hh"
#include "kustomize/types.hh"
#include "tree/path.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

// kyaml's filesys.InsertPathPart.
std::string insert_part(const std::string& path, size_t position, const std::string& part) {
  if (part.empty()) return path;
  std::vector<std::string> parts;
  if (!path.empty())
    for (std::string_view piece : split(path, '/')) parts.emplace_back(piece);
  position = std::min(position, parts.size());
  if (!parts.empty() && parts[0].empty() && position < parts.size()) ++position;
  parts.insert(parts.begin() + static_cast<ptrdiff_t>(position), part);
  return join(parts, "/");
}

Status add_value(Value& object, const Value& target, const std::string& value) {
  Value* node = &object;
  for (const std::string& part : split_path(target["fieldPath"].as_string(), '/')) {
    if (!node->is_map() && !node->is_null()) return set_entry(*node, part, value);
    node = &node->edit(part);
  }
  int64_t position = target["filePathPosition"].as_int();
  std::string old = node->is_null() ? std::string() : yaml::scalar_text(*node);
  std::string text = position > 0 ? insert_part(old, static_cast<size_t>(position - 1), value) : value;
  return node->is_null() ? set_text(*node, text) : set_plain(*node, text);
}

Status run(ResMap& map, const Value& targets, const std::string& value, const PluginContext& context) {
  for (const Value& target : targets.items()) {
    std::vector<size_t> selected;
    if (target.contains("selector")) {
      TAUT_ASSIGN(selected, select(map, target["selector"]));
    } else {
      for (size_t i = 0; i < map.size(); ++i) selected.push_back(i);
    }
    if (target["fieldPath"].as_string() == "metadata/namespace") {
      ResMap some;
      for (size_t index : selected) some.resources().push_back(map[index]);
      Value fields = Value::map({{"metadata", Value::map({{"namespace", Value(value)}})}});
      TAUT_ASSIGN(Transform transform, configure_namespace({std::move(fields), {}, true, {}}, context));
      TAUT_TRY(transform(some));
      for (size_t i = 0; i < selected.size(); ++i) map[selected[i]].object = some[i].object;
      continue;
    }
    for (size_t index : selected) TAUT_TRY(add_value(map[index].object, target, value));
  }
  map.changed();
  return {};
}

}  // namespace

Result<Transform> configure_value_add(PluginConfig config, const PluginContext& context) {
  std::string value(trim(config.fields["value"].as_string()));
  if (value.empty()) value = std::string(base_name(context.loader.folder()));
  Value targets = config.fields["targets"];
  std::string path = config.fields["targetFilePath"].str();
  if (!path.empty()) {
    TAUT_ASSIGN(FileText file, context.loader.load(path));
    TAUT_ASSIGN(Value more, yaml_unmarshal(*file, types::kValueAddTargets, {.strict = false, .coerce = true}));
    for (const Value& target : more["targets"].items()) targets.push_back(target);
  }
  if (targets.empty()) return fail(Code::kInvalid, "must specify at least one target");
  for (const Value& target : targets.items()) {
    if (target["fieldPath"].empty()) return fail(Code::kInvalid, "fieldPath cannot be empty");
    if (target["filePathPosition"].as_int() < 0)
      return fail(Code::kInvalid, "value of FilePathPosition ({}) cannot be negative",
                  target["filePathPosition"].as_int());
  }
  PluginContext kept = context;
  return Transform(
      [targets, value = std::move(value), kept](ResMap& map) { return run(map, targets, value, kept); });
}

}  // namespace taut::kustomize
