#include "kustomize/plugin.hh"

#include <array>

#include "kustomize/kustomize_yaml.hh"
#include "kustomize/types.hh"
#include "yaml/writer.hh"

namespace taut::kustomize {
namespace {

using Configs = Result<std::vector<PluginConfig>>;

PluginConfig config_of(Value fields, FieldSpecs specs = {}) { return {std::move(fields), std::move(specs), true, {}}; }

// One configuration for each item of a list.
std::vector<PluginConfig> each(const Value& list, std::string_view name, const FieldSpecs& specs) {
  std::vector<PluginConfig> out;
  for (const Value& item : list.items()) out.push_back(config_of(Value::map({{name, item}}), specs));
  return out;
}

std::vector<PluginConfig> unless_empty(const Value& value, std::string_view name, const FieldSpecs& specs) {
  if (value.empty()) return {};
  return {config_of(Value::map({{name, value}}), specs)};
}

Configs strategic_patches(const Kustomization& k, const TransformerConfig&) {
  return unless_empty(k["patchesStrategicMerge"], "paths", {});
}

Configs patches(const Kustomization& k, const TransformerConfig&) {
  std::vector<PluginConfig> out;
  for (const Value& patch : k["patches"].items()) out.push_back(config_of(patch));
  return out;
}

Configs json_patches(const Kustomization& k, const TransformerConfig&) {
  std::vector<PluginConfig> out;
  for (const Value& patch : k["patchesJson6902"].items()) {
    Value fields = Value::map({{"jsonOp", patch["patch"]}, {"path", patch["path"]}});
    if (const Value* target = patch.find("target")) fields.set("target", *target);
    out.push_back(config_of(std::move(fields)));
  }
  return out;
}

Configs name_space(const Kustomization& k, const TransformerConfig& config) {
  if (k["namespace"].empty()) return std::vector<PluginConfig>();
  Value metadata = Value::map({{"namespace", k["namespace"]}});
  return std::vector<PluginConfig>{config_of(Value::map({{"metadata", metadata}}), config.name_space)};
}

Configs prefix(const Kustomization& k, const TransformerConfig& config) {
  return unless_empty(k["namePrefix"], "prefix", config.name_prefix);
}

Configs suffix(const Kustomization& k, const TransformerConfig& config) {
  return unless_empty(k["nameSuffix"], "suffix", config.name_suffix);
}

Result<FieldSpecs> label_specs(const Value& label, const TransformerConfig& config) {
  FieldSpecs specs = field_specs(label["fields"]);
  auto wrap = [](Status status, std::string_view what) -> Status {
    if (status) return {};
    return fail(Code::kConflict, "{}: {}", what, status.error().message());
  };
  constexpr std::string_view kLabels = "failed to merge labels";
  TAUT_TRY(wrap(merge_field_specs(specs, config.labels), kLabels));
  if (label["includeSelectors"].as_bool()) {
    TAUT_TRY(wrap(merge_field_specs(specs, config.common_labels), kLabels));
    return specs;
  }
  if (label["includeTemplates"].as_bool())
    TAUT_TRY(wrap(merge_field_specs(specs, config.template_labels), "failed to merge template fieldSpec"));
  TAUT_TRY(wrap(merge_field_spec(specs, {{}, "metadata/labels", true}), kLabels));
  return specs;
}

Configs labels(const Kustomization& k, const TransformerConfig& config) {
  std::vector<PluginConfig> out;
  for (const Value& label : k["labels"].items()) {
    TAUT_ASSIGN(FieldSpecs specs, label_specs(label, config));
    out.push_back(config_of(Value::map({{"labels", label["pairs"]}}), std::move(specs)));
  }
  if (!out.empty() || !k["commonLabels"].empty())
    out.push_back(config_of(Value::map({{"labels", k["commonLabels"]}}), config.common_labels));
  return out;
}

Configs annotations(const Kustomization& k, const TransformerConfig& config) {
  return unless_empty(k["commonAnnotations"], "annotations", config.common_annotations);
}

Configs replicas(const Kustomization& k, const TransformerConfig& config) {
  return each(k["replicas"], "replica", config.replicas);
}

Configs images(const Kustomization& k, const TransformerConfig& config) {
  return each(k["images"], "imageTag", config.images);
}

Configs replacements(const Kustomization& k, const TransformerConfig&) {
  return unless_empty(k["replacements"], "Replacements", {});
}

// What only the global options have; booleans are true when either is.
Value merge_generator_options(const Value& global, Value local) {
  if (!global.is_map()) return local;
  if (!local.is_map()) local = Value::map();
  for (const char* field : {"labels", "annotations"}) {
    for (const Entry& entry : global[field].entries())
      if (!local[field].contains(entry.key())) local.edit(field).set(entry.key(), entry.value);
  }
  for (const char* field : {"disableNameSuffixHash", "immutable"})
    if (global[field].as_bool()) local.set(field, true);
  return local;
}

std::vector<PluginConfig> generators(const Kustomization& k, std::string_view field) {
  std::vector<PluginConfig> out;
  for (Value args : k[field].items()) {
    Value options = merge_generator_options(k["generatorOptions"], args["options"]);
    if (!options.is_null()) args.set("options", std::move(options));
    out.push_back(config_of(std::move(args)));
  }
  return out;
}

Configs config_maps(const Kustomization& k, std::string_view) { return generators(k, "configMapGenerator"); }
Configs secrets(const Kustomization& k, std::string_view) { return generators(k, "secretGenerator"); }

Configs helm_charts(const Kustomization& k, std::string_view inherited) {
  std::vector<PluginConfig> out;
  for (Value chart : k["helmCharts"].items()) {
    for (const Entry& entry : k["helmGlobals"].entries()) chart.set(entry.key(), entry.value);
    std::string_view ns = k["namespace"].empty() ? inherited : k.text("namespace");
    if (chart["namespace"].empty() && !ns.empty()) chart.set("namespace", Value(ns));
    out.push_back(config_of(std::move(chart)));
  }
  return out;
}

const TransformerPlugin kTransformers[] = {
    {"PatchStrategicMergeTransformer", &types::kPatchStrategicPlugin, configure_patch_strategic, strategic_patches},
    {"PatchTransformer", &types::kPatchPlugin, configure_patch, patches},
    {"NamespaceTransformer", &types::kNamespacePlugin, configure_namespace, name_space},
    {"PrefixTransformer", &types::kPrefixPlugin, configure_prefix, prefix},
    {"PrefixSuffixTransformer", &types::kPrefixSuffixPlugin, configure_prefix_suffix, nullptr},
    {"SuffixTransformer", &types::kSuffixPlugin, configure_suffix, suffix},
    {"LabelTransformer", &types::kLabelPlugin, configure_labels, labels},
    {"AnnotationsTransformer", &types::kAnnotationsPlugin, configure_annotations, annotations},
    {"PatchJson6902Transformer", &types::kPatchJsonPlugin, configure_patch_json, json_patches},
    {"ReplicaCountTransformer", &types::kReplicaPlugin, configure_replicas, replicas},
    {"ImageTagTransformer", &types::kImageTagPlugin, configure_image_tag, images},
    {"ReplacementTransformer", &types::kReplacementPlugin, configure_replacements, replacements},
    {"ValueAddTransformer", &types::kValueAddPlugin, configure_value_add, nullptr},
    {"HashTransformer", &types::kLabelPlugin, configure_hash, nullptr},
};

const GeneratorPlugin kGenerators[] = {
    {"ConfigMapGenerator", &types::kConfigMapPlugin, configure_config_map, config_maps},
    {"SecretGenerator", &types::kSecretPlugin, configure_secret, secrets},
    {"HelmChartInflationGenerator", &types::kHelmPlugin, configure_helm, helm_charts},
    {"IAMPolicyGenerator", &types::kIamPolicyPlugin, configure_iam_policy, nullptr},
};

}  // namespace

std::string PluginConfig::yaml() const { return file.is_null() ? marshal_config(fields) : to_yaml(file); }

std::span<const TransformerPlugin> transformer_plugins() { return kTransformers; }
std::span<const GeneratorPlugin> generator_plugins() { return kGenerators; }

const TransformerPlugin* find_transformer(std::string_view kind) {
  for (const TransformerPlugin& plugin : kTransformers)
    if (plugin.kind == kind) return &plugin;
  return nullptr;
}

const GeneratorPlugin* find_generator(std::string_view kind) {
  for (const GeneratorPlugin& plugin : kGenerators)
    if (plugin.kind == kind) return &plugin;
  return nullptr;
}

}  // namespace taut::kustomize
