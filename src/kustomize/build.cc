#include "kustomize/build.hh"

#include <algorithm>

#include "base/url.hh"
#include "kustomize/build_annotations.hh"
#include "kustomize/nameref.hh"
#include "kustomize/node_text.hh"
#include "kustomize/order.hh"
#include "kustomize/read.hh"
#include "kustomize/target.hh"
#include "kustomize/vars.hh"
#include "tree/path.hh"
#include "yaml/writer.hh"

namespace taut::kustomize {
namespace {

// Annotations that kyaml keeps for itself, which people's files may hold.
constexpr std::string_view kBuildAnnotations[] = {
    "internal.config.kubernetes.io/path",
    "internal.config.kubernetes.io/index",
    "internal.config.kubernetes.io/seqindent",
    "internal.config.kubernetes.io/id",
    "internal.config.kubernetes.io/annotations-migration-resource-id",
    "internal.config.kubernetes.io/helm-generated",
    "config.kubernetes.io/path",
    "config.kubernetes.io/index",
    "config.k8s.io/id",
};
constexpr std::string_view kLocalConfig = "config.kubernetes.io/local-config";

bool asks_for(const Kustomization& kustomization, std::string_view metadata) {
  for (const Value& item : kustomization["buildMetadata"].items())
    if (item.as_string() == metadata) return true;
  return false;
}

// Upstream keeps earlier names, namespaces and kinds as lists with commas, and gives up (in fact it crashes) where a
// comma in one of them makes the lists uneven.
Status check_previous(const ResMap& map) {
  auto commas = [](const std::string& text) { return std::count(text.begin(), text.end(), ','); };
  for (const Resource& resource : map) {
    long names = 0, spaces = 0, kinds = 0;
    for (const PreviousId& id : resource.previous) {
      names += commas(id.name);
      spaces += commas(id.ns);
      kinds += commas(id.kind);
    }
    if (names != spaces || names != kinds)
      return fail(Code::kInvalid, "number of previous names, number of previous namespaces, number of previous kinds not equal");
  }
  return {};
}

// Objects that only configure: they are left out of the output.
Status drop_local(ResMap& map) {
  for (const Resource& resource : map)
    if (!resource.empty()) TAUT_TRY(check_meta(resource.object));
  std::erase_if(map.resources(), [](const Resource& resource) {
    const Value* local = resource.object["metadata"]["annotations"].find(kLocalConfig);
    return resource.empty() || (local != nullptr && resource.annotation(kLocalConfig) != "false");
  });
  map.changed();
  // Patches may have given several the same name, which upstream finds here, by a panic.
  for (const Resource& resource : map)
    if (ResId id = resource.current_id(); map.with_current_id(id).size() > 1)
      return fail(Code::kConflict, "may not add resource with an already registered id: {}", id.to_string());
  return {};
}

Status order(ResMap& map, const Kustomization& kustomization, BuildState& state) {
  Order asked = state.options.order;
  if (const Value* options = kustomization.fields.find("sortOptions")) {
    if (asked != Order::kUnspecified)
      state.warn(
          "Warning: Sorting order is set both in 'kustomization.yaml' ('sortOptions') and in a CLI flag ('--reorder'). "
          "Using the kustomization file over the CLI flag.");
    return sort_resources(map, *options);
  }
  if (asked == Order::kNone) return {};
  return sort_resources(map, Value::map({{"order", "legacy"}}));
}

Status add_managed_by(ResMap& map, const BuildOptions& options) {
  std::string version = options.compat == Compat::k57 ? "kustomize-v5.7.1" : "kustomize-v5.8.1";
  Value labels = Value::map({{"app.kubernetes.io/managed-by", Value(version)}});
  for (Resource& resource : map) {
    Value merged = resource.object["metadata"]["labels"];
    for (const Entry& entry : labels.entries()) merged.set(entry.key(), entry.value);
    resource.object.edit("metadata").set("labels", std::move(merged));
  }
  return {};
}

// The annotations that people see: all values are text, and an empty map goes, as upstream rewrites the whole field.
void finish_annotations(Resource& resource, bool origins, bool transformations) {
  Value annotations = resource.annotations();
  bool had = !annotations.empty();
  for (std::string_view name : kBuildAnnotations) annotations.erase(name);
  bool rewritten = had || !origins || !transformations;
  if (!origins) annotations.erase(kOriginAnnotation);
  else if (resource.origin) annotations.set(kOriginAnnotation, Value(origin_text(*resource.origin)));
  if (!transformations) annotations.erase(kTransformationsAnnotation);
  else if (!resource.transformations.empty())
    annotations.set(kTransformationsAnnotation, Value(transformations_text(resource.transformations)));
  if (rewritten || !annotations.empty()) resource.set_annotations(annotations);
}

Result<Built> output(ResMap& map, const Kustomization& kustomization) {
  bool origins = asks_for(kustomization, "originAnnotations");
  bool transformations = asks_for(kustomization, "transformerAnnotations");
  Built built;
  built.resources.reserve(map.size());
  for (Resource& resource : map) {
    finish_annotations(resource, origins, transformations);
    auto object = resource.settled();
    if (Status characters = object ? check_characters(*object) : Status(); !characters) object = fail(characters.error());
    if (!object) {
      Position position{resource.file, resource.line, 0, ""};
      return fail(wrapped(std::move(object).error(), resource.current_id().to_string()).at(std::move(position)));
    }
    bool cluster_scoped = resource.current_id().cluster_scoped;
    built.resources.push_back({std::move(*object), std::move(resource.file), resource.line, cluster_scoped,
                               std::move(resource.trail)});
  }
  return built;
}

}  // namespace

namespace {

Result<Built> build_all(const Tree& tree, std::string_view folder, const BuildOptions& options, std::string_view named) {
  Files files(tree, options.prefix, options.remotes);
  BuildState state(options);
  TAUT_ASSIGN(Loader loader,
              Loader::root(files, folder, options.restriction, std::string(named)));
  TAUT_ASSIGN(Target target, Target::load(std::move(loader), state));
  if (options.edit_root) TAUT_TRY(options.edit_root(target.fields()));
  TAUT_TRY(state.set_schema(target.kustomization(), target.loader(), true));
  const Kustomization& kustomization = target.kustomization();
  if (!kustomization["buildMetadata"].empty()) target.track_origin(Origin());
  TAUT_ASSIGN(Accumulator accumulator, target.accumulate(Accumulator()));
  ResMap& map = accumulator.resources;
  TAUT_TRY(check_previous(map));
  auto note = [&](std::string_view what) {
    if (options.trace) note_change(map, {.what = std::string(what)});
  };
  TAUT_TRY(add_hashes(map));
  note("hash of the content");
  TAUT_TRY(fix_name_references(map, accumulator.config().name_reference));
  note("reference to a name");
  std::vector<Value> vars;
  for (const auto& [name, var] : accumulator.vars()) vars.push_back(var);
  TAUT_ASSIGN(auto unused, resolve_vars(map, vars, accumulator.config().var_reference));
  if (!unused.empty())
    state.warn(fmt::format("well-defined vars that were never replaced: {}", fmt::join(unused, ",")));
  note("vars");
  TAUT_TRY(drop_local(map));
  TAUT_TRY(order(map, kustomization, state));
  if (options.managed_by_label || asks_for(kustomization, "managedByLabel")) TAUT_TRY(add_managed_by(map, options));
  note("label of the build");
  TAUT_ASSIGN(Built built, output(map, kustomization));
  built.warnings = std::move(state.warnings);
  built.kustomization = target.loader().told(join_path(target.loader().folder(), kustomization.file_name));
  built.used_helm = state.used_helm;
  return built;
}

}  // namespace

Result<Built> build(const Tree& tree, std::string_view folder, const BuildOptions& options, std::string_view named) {
  auto built = build_all(tree, folder, options, named);
  if (built) return built;
  // The address of a remote base may hold a password.
  Error error = std::move(built).error();
  return fail(Error(error).with_message(redact_urls(error.message())));
}

std::string to_text(const Built& built) {
  std::string out;
  for (const BuiltResource& resource : built.resources) {
    if (!out.empty()) out += "---\n";
    append_yaml(resource.object, out);
  }
  return out;
}

}  // namespace taut::kustomize
