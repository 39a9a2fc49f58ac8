// Generators, transformers and validators of a kustomization: those of its fields, then those of its files.
#include "base/strings.hh"
#include "kustomize/kustomize_yaml.hh"
#include "kustomize/node_text.hh"
#include "kustomize/read.hh"
#include "kustomize/target.hh"
#include "tree/path.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

Status wrap(Status status, std::string_view prefix) {
  if (status) return status;
  return fail(wrapped(std::move(status).error(), prefix));
}

// The resource as `kustomize build` would print it, which is what a plugin is given.
Result<Value> plugin_file(const Resource& resource) {
  Resource copy = resource;
  copy.set_annotations(resource.annotations());
  return copy.settled();
}

Failure trouble(const Error& error, std::string_view kind, const std::string& yaml) {
  return fail(wrapped(error, fmt::format("trouble configuring builtin {} with config: `\n{}`", kind, yaml)));
}

// Each resource remembers the transformer; those that had no origin were made by it.
void note_transformer(ResMap& map, const Origin& origin) {
  for (Resource& resource : map) {
    if (resource.origin) resource.transformations.push_back(origin);
    else resource.origin = origin;
  }
}

void drop_validated_label(ResMap& map) {
  for (Resource& resource : map) {
    Value labels = resource.labels();
    if (labels.erase("validated-by")) resource.set_labels(labels);
  }
}

Status same_resources(const ResMap& before, const ResMap& after) {
  if (before.size() != after.size())
    return fail(Code::kInvalid, "lists have different number of entries: {} doesn't equal {}", before.size(),
                after.size());
  for (const Resource& resource : before) {
    ResId id = resource.current_id();
    auto found = after.with_current_id(id);
    if (found.empty()) return fail(Code::kInvalid, "id in self missing from other; id: {}", id.to_string());
    if (!(after[found[0]].object == resource.object))
      return fail(Code::kInvalid, "nodes unequal: \n -- {},\n -- {}\n", resource.json(), after[found[0]].json());
  }
  return {};
}

}  // namespace

std::optional<Origin> Target::field_origin(std::string_view kind) const {
  if (!origin_) return std::nullopt;
  Origin out;
  out.repo = origin_->repo;
  out.ref = origin_->ref;
  out.configured_in = join_path(origin_->path, kustomization_.file_name);
  out.configured_by = {"", "builtin", std::string(kind)};
  return out;
}

std::optional<Origin> Target::plugin_origin(const Resource& resource) const {
  if (!resource.origin) return std::nullopt;
  Origin out;
  out.repo = resource.origin->repo;
  out.ref = resource.origin->ref;
  out.configured_in = resource.origin->path;
  out.configured_by = resource.gvk();
  out.configured_by_name = resource.name();
  out.configured_by_ns = resource.ns();
  return out;
}

Result<ResMap> Target::plugin_resources(const Value& entries, std::string_view what) {
  Accumulator accumulator;
  std::vector<std::string> paths;
  for (const Value& entry : entries.items()) {
    ResMap map;
    auto read = read_resources(entry.as_string());
    bool inline_config = read.has_value();
    if (inline_config) {
      for (Resource& resource : *read) {
        resource.schema = &state_->schema;
        if (origin_) {
          resource.origin = *origin_;
          resource.origin->path = join_path(origin_->path, kustomization_.file_name);
        }
        inline_config = inline_config && map.append(std::move(resource)).has_value();
      }
    }
    if (!inline_config) {
      paths.push_back(entry.str());
      continue;
    }
    TAUT_TRY(wrap(accumulator.resources.append_all(std::move(map)), fmt::format("configuring external {}", what)));
  }
  TAUT_TRY(accumulate_resources(accumulator, paths));
  return std::move(accumulator.resources);
}

Status Target::check_builtin(const Resource& resource) const {
  Gvk gvk = resource.gvk();
  if (gvk.group.empty() && gvk.version == "builtin") {
    if (find_transformer(gvk.kind) || find_generator(gvk.kind)) return {};
    return fail(Code::kUnsupported, "unable to load builtin {}", gvk_text(gvk));
  }
  return fail(Code::kUnsupported, "external plugins disabled; unable to load external plugin '{}'",
              resource.original_id().gvk.kind);
}

Result<PluginConfig> Target::file_config(const Resource& resource, const GoType& type) const {
  PluginConfig config;
  TAUT_ASSIGN(config.file, plugin_file(resource));
  TAUT_ASSIGN(config.fields, decode_json(config.file, type, {.strict = false, .coerce = true}));
  config.has_specs = config.fields.contains("fieldSpecs");
  config.specs = field_specs(config.fields["fieldSpecs"]);
  return config;
}

Result<Target::ConfiguredTransformer> Target::file_transformer(const Resource& resource) {
  TAUT_TRY(check_builtin(resource));
  const TransformerPlugin* plugin = find_transformer(resource.kind());
  std::string id = resource.original_id().to_string();
  if (plugin == nullptr) return fail(Code::kInvalid, "plugin {} not a transformer", id);
  auto config = file_config(resource, *plugin->type);
  if (!config) return fail(wrapped(config.error(), fmt::format("plugin {} fails configuration", id)));
  auto run = plugin->configure(std::move(*config), context());
  if (!run) return fail(wrapped(run.error(), fmt::format("plugin {} fails configuration", id)));
  return ConfiguredTransformer{std::move(*run), plugin_origin(resource), traced() ? file_cause(resource) : Cause()};
}

Status Target::run_field_generators(std::vector<ConfiguredGenerator>& out) {
  for (const GeneratorPlugin& plugin : generator_plugins()) {
    if (plugin.from_fields == nullptr) continue;
    TAUT_ASSIGN(auto configs, plugin.from_fields(kustomization_, helm_namespace_));
    for (PluginConfig& config : configs) {
      TAUT_TRY(wrap(check_characters(config.fields), fmt::format("builtin {} marshal", plugin.kind)));
      std::string yaml = config.yaml();
      Cause cause = traced() ? field_cause(plugin.kind, static_cast<size_t>(&config - configs.data()), config.fields) : Cause();
      auto generate = plugin.configure(std::move(config), context());
      if (!generate) return trouble(generate.error(), plugin.kind, yaml);
      state_->used_helm = state_->used_helm || plugin.kind == "HelmChartInflationGenerator";
      out.push_back({std::move(*generate), field_origin(plugin.kind), std::move(cause)});
    }
  }
  return {};
}

Status Target::run_generators(Accumulator& accumulator) {
  std::vector<ConfiguredGenerator> generators;
  TAUT_TRY(run_field_generators(generators));
  auto load_files = [&]() -> Status {
    TAUT_ASSIGN(ResMap resources, plugin_resources(kustomization_["generators"], "generator"));
    for (const Resource& resource : resources) {
      TAUT_TRY(wrap(check_builtin(resource), "failed to load generator"));
      const GeneratorPlugin* plugin = find_generator(resource.kind());
      std::string id = resource.original_id().to_string();
      if (plugin == nullptr)
        return fail(Code::kInvalid, "failed to load generator: plugin {} not a generator", id);
      std::string failing = fmt::format("failed to load generator: plugin {} fails configuration", id);
      auto config = file_config(resource, *plugin->type);
      if (!config) return fail(wrapped(config.error(), failing));
      auto generate = plugin->configure(std::move(*config), context());
      if (!generate) return fail(wrapped(generate.error(), failing));
      generators.push_back({std::move(*generate), plugin_origin(resource), traced() ? file_cause(resource) : Cause()});
    }
    return {};
  };
  TAUT_TRY(wrap(load_files(), "loading generator plugins"));
  for (ConfiguredGenerator& generator : generators) {
    TAUT_ASSIGN(ResMap made, generator.run());
    for (Resource& resource : made)
      if (generator.origin && !resource.origin) resource.origin = generator.origin;
    TAUT_TRY(wrap(accumulator.resources.absorb_all(std::move(made)), "merging from generator"));
    if (traced()) note_change(accumulator.resources, generator.cause);
  }
  return {};
}

Status Target::run_transformers(Accumulator& accumulator) {
  std::vector<ConfiguredTransformer> transformers;
  for (const TransformerPlugin& plugin : transformer_plugins()) {
    if (plugin.from_fields == nullptr) continue;
    TAUT_ASSIGN(auto configs, plugin.from_fields(kustomization_, accumulator.config()));
    for (PluginConfig& config : configs) {
      TAUT_TRY(wrap(check_characters(config.fields), fmt::format("builtin {} marshal", plugin.kind)));
      PluginConfig kept = config;
      auto run = plugin.configure(std::move(config), context());
      if (!run) return trouble(run.error(), plugin.kind, kept.yaml());
      transformers.push_back({std::move(*run), field_origin(plugin.kind), {}});
      size_t index = static_cast<size_t>(&config - configs.data());
      if (traced()) transformers.back().cause = field_cause(plugin.kind, index, kept.fields);
    }
  }
  TAUT_ASSIGN(ResMap files, plugin_resources(kustomization_["transformers"], "transformer"));
  for (const Resource& resource : files) {
    TAUT_ASSIGN(ConfiguredTransformer transformer, file_transformer(resource));
    transformers.push_back(std::move(transformer));
  }
  for (ConfiguredTransformer& transformer : transformers) {
    TAUT_TRY(transformer.run(accumulator.resources));
    if (transformer.origin) note_transformer(accumulator.resources, *transformer.origin);
    accumulator.resources.drop_empties();
    if (traced()) note_change(accumulator.resources, transformer.cause);
  }
  return {};
}

Status Target::run_validators(Accumulator& accumulator) {
  TAUT_ASSIGN(ResMap files, plugin_resources(kustomization_["validators"], "transformer"));
  std::vector<ConfiguredTransformer> validators;
  for (const Resource& resource : files) {
    TAUT_ASSIGN(ConfiguredTransformer validator, file_transformer(resource));
    validators.push_back(std::move(validator));
  }
  for (ConfiguredTransformer& validator : validators) {
    ResMap before = accumulator.resources;
    TAUT_TRY(validator.run(accumulator.resources));
    ResMap after = accumulator.resources;
    drop_validated_label(after);
    TAUT_TRY(wrap(same_resources(before, after), "validator shouldn't modify the resource map"));
  }
  return {};
}

}  // namespace taut::kustomize
