// One kustomization of a build, and the recursion over those that it names.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "kustomize/accumulator.hh"
#include "kustomize/kustomization.hh"
#include "kustomize/plugin.hh"
#include "kustomize/trail.hh"

namespace taut::kustomize {

// What all kustomizations of a build share.
struct BuildState {
  const BuildOptions& options;
  Schema schema;            // of the first `openapi` field that was met
  bool schema_set = false;
  bool used_helm = false;
  std::vector<std::string> warnings;

  // What a folder gave, for the next kustomization that names it.
  struct Shared {
    Accumulator accumulator;
    std::set<std::string> folders;  // that were entered
    std::vector<std::string> warnings;
  };
  std::unordered_map<std::string, Shared> shared;
  std::vector<std::set<std::string>*> recording;  // sets that want to know of folders entered

  explicit BuildState(const BuildOptions& build_options);
  void warn(std::string warning);
  // Takes an OpenAPI document in use.
  Status use_schema(std::string_view text);
  // `openapi` of a kustomization; the first one counts, and the root's always.
  Status set_schema(const Kustomization& kustomization, const Loader& loader, bool root);
};

class Target {
 public:
  // Loads the loader's kustomization.
  static Result<Target> load(Loader loader, BuildState& state);

  // Accumulates with a fresh accumulator, or, as a component does, on the parent's.
  Result<Accumulator> accumulate(Accumulator accumulator);

  const Kustomization& kustomization() const { return kustomization_; }
  Value& fields() { return kustomization_.fields; }
  const Loader& loader() const { return loader_; }
  void track_origin(std::optional<Origin> origin) { origin_ = std::move(origin); }

 private:
  Target(Loader loader, Kustomization kustomization, BuildState& state)
      : loader_(std::move(loader)), kustomization_(std::move(kustomization)), state_(&state) {}

  struct ConfiguredTransformer {
    Transform run;
    std::optional<Origin> origin;
    Cause cause;
  };
  struct ConfiguredGenerator {
    Generate run;
    std::optional<Origin> origin;
    Cause cause;
  };

  Status accumulate_resources(Accumulator& accumulator, const std::vector<std::string>& paths);
  Status accumulate_file(Accumulator& accumulator, const std::string& path);
  Status accumulate_folder(Accumulator& accumulator, const std::string& path, const Loader& loader, bool component);
  Result<Accumulator> child_accumulator(Target& child, bool component, Accumulator& parent);
  Status accumulate_components(Accumulator& accumulator);
  Status read_configurations(Accumulator& accumulator);
  Status run_generators(Accumulator& accumulator);
  Status run_field_generators(std::vector<ConfiguredGenerator>& out);
  Status run_transformers(Accumulator& accumulator);
  Status run_validators(Accumulator& accumulator);
  // The resources that `generators`, `transformers` or `validators` name or hold.
  Result<ResMap> plugin_resources(const Value& entries, std::string_view what);
  Result<ConfiguredTransformer> file_transformer(const Resource& resource);
  Result<PluginConfig> file_config(const Resource& resource, const GoType& type) const;
  Status check_builtin(const Resource& resource) const;
  std::optional<Origin> field_origin(std::string_view kind) const;
  std::optional<Origin> plugin_origin(const Resource& resource) const;
  // Where a plugin is asked for; empty unless the build is traced.
  bool traced() const { return state_->options.trace; }
  Cause field_cause(std::string_view kind, size_t index, const Value& config) const;
  Cause file_cause(const Resource& resource) const;
  PluginContext context() const { return {loader_, state_->options, &state_->schema}; }

  Loader loader_;
  Kustomization kustomization_;
  BuildState* state_;
  std::optional<Origin> origin_;   // of what is read here, if origins are tracked
  std::string helm_namespace_;     // of the kustomizations above
};

// The error with more said in front of it.
Error wrapped(Error error, std::string_view prefix);

}  // namespace taut::kustomize
