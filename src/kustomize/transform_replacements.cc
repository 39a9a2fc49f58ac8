// replacements: where their sources and targets are written, inline or in files. What they do is in replacement.hh.
#include "kustomize/kustomize_yaml.hh"
#include "kustomize/plugin.hh"
#include "kustomize/replacement.hh"
#include "kustomize/types.hh"

namespace taut::kustomize {
namespace {

Status read_file(std::string_view path, const PluginContext& context, Value& out) {
  TAUT_ASSIGN(FileText file, context.loader.load(path));
  auto json = yaml_to_json(*file);
  if (!json)
    return fail(Error(json.error()).with_message("error converting YAML to JSON: " + json.error().message()));
  GoDecode lax{.strict = false, .coerce = true};
  if (json->is_list()) {
    TAUT_ASSIGN(Value list, decode_json(*json, types::kReplacementList, lax));
    for (const Value& item : list.items()) out.push_back(item);
    return {};
  }
  if (json->is_map()) {
    TAUT_ASSIGN(Value one, decode_json(*json, types::kReplacement, lax));
    out.push_back(std::move(one));
    return {};
  }
  std::string_view kind = json->is_null()     ? "invalid"
                          : json->is_bool()   ? "bool"
                          : json->is_string() ? "string"
                                              : "float64";
  return fail(Code::kInvalid, "unsupported replacement type encountered within replacement path: {}", kind);
}

}  // namespace

Result<Transform> configure_replacements(PluginConfig config, const PluginContext& context) {
  Value all = Value::list();
  for (const Value& item : config.fields["Replacements"].items()) {
    std::string_view path = item["path"].as_string();
    if (!path.empty() && (item.contains("source") || !item["targets"].empty()))
      return fail(Code::kInvalid, "cannot specify both path and inline replacement");
    if (!path.empty()) {
      TAUT_TRY(read_file(path, context, all));
      continue;
    }
    Value one = item;
    // A kustomization's field is written out for the transformer, and an empty list is left out.
    if (config.file.is_null() && item["targets"].empty()) one.erase("targets");
    all.push_back(std::move(one));
  }
  ReplacementOptions options{.exact = context.options.compat == Compat::k57};
  return Transform([all = std::move(all), options](ResMap& map) { return apply_replacements(map, all, options); });
}

}  // namespace taut::kustomize
