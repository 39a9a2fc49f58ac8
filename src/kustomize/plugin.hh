// Built-in generators and transformers: what a kustomization's fields, or files that it names, configure.
//
// To add a transformer: one file that configures it, and its row in plugins.cc.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kustomize/config.hh"
#include "kustomize/go_struct.hh"
#include "kustomize/kustomization.hh"
#include "kustomize/loader.hh"
#include "kustomize/options.hh"
#include "kustomize/resmap.hh"

namespace taut::kustomize {

// What a plugin may use while it is configured.
struct PluginContext {
  const Loader& loader;
  const BuildOptions& options;
  const Schema* schema;
};

struct PluginConfig {
  Value fields;      // as the plugin's type has them
  FieldSpecs specs;  // its `fieldSpecs`
  bool has_specs = true;
  Value file;        // the configuration as it stands in a file; null when it comes from a kustomization's field

  // As upstream hands it to the plugin, for messages.
  std::string yaml() const;
};

using Transform = std::function<Status(ResMap&)>;
using Generate = std::function<Result<ResMap>()>;

struct TransformerPlugin {
  std::string_view kind;
  const GoType* type;
  Result<Transform> (*configure)(PluginConfig config, const PluginContext& context);
  // The configurations that a kustomization's own fields ask for; null when there is no such field.
  Result<std::vector<PluginConfig>> (*from_fields)(const Kustomization& k, const TransformerConfig& config);
};

struct GeneratorPlugin {
  std::string_view kind;
  const GoType* type;
  Result<Generate> (*configure)(PluginConfig config, const PluginContext& context);
  Result<std::vector<PluginConfig>> (*from_fields)(const Kustomization& k, std::string_view helm_namespace);
};

// In the order in which a kustomization's fields take effect.
std::span<const TransformerPlugin> transformer_plugins();
std::span<const GeneratorPlugin> generator_plugins();
const TransformerPlugin* find_transformer(std::string_view kind);
const GeneratorPlugin* find_generator(std::string_view kind);

// Adds the hash of the content to the names of generated ConfigMaps and Secrets. Done once, at the root.
Status add_hashes(ResMap& resources);

// The rows' functions, a file each.
Result<Transform> configure_annotations(PluginConfig, const PluginContext&);
Result<Transform> configure_image_tag(PluginConfig, const PluginContext&);
Result<Transform> configure_labels(PluginConfig, const PluginContext&);
Result<Transform> configure_namespace(PluginConfig, const PluginContext&);
Result<Transform> configure_patch(PluginConfig, const PluginContext&);
Result<Transform> configure_patch_json(PluginConfig, const PluginContext&);
Result<Transform> configure_patch_strategic(PluginConfig, const PluginContext&);
Result<Transform> configure_prefix(PluginConfig, const PluginContext&);
Result<Transform> configure_prefix_suffix(PluginConfig, const PluginContext&);
Result<Transform> configure_suffix(PluginConfig, const PluginContext&);
Result<Transform> configure_replacements(PluginConfig, const PluginContext&);
Result<Transform> configure_replicas(PluginConfig, const PluginContext&);
Result<Transform> configure_value_add(PluginConfig, const PluginContext&);
Result<Transform> configure_hash(PluginConfig, const PluginContext&);
Result<Generate> configure_config_map(PluginConfig, const PluginContext&);
Result<Generate> configure_secret(PluginConfig, const PluginContext&);
Result<Generate> configure_helm(PluginConfig, const PluginContext&);
Result<Generate> configure_iam_policy(PluginConfig, const PluginContext&);

}  // namespace taut::kustomize
