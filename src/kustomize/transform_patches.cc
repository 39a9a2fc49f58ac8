// patches, patchesStrategicMerge and patchesJson6902. Mirrors PatchTransformer, PatchStrategicMergeTransformer and
// PatchJson6902Transformer of kustomize 5.8.1.
#include <fmt/ranges.h>

#include "base/strings.hh"
#include "kustomize/build_annotations.hh"
#include "kustomize/json_patch.hh"
#include "kustomize/merge.hh"
#include "kustomize/patching.hh"
#include "kustomize/plugin.hh"
#include "kustomize/read.hh"
#include "kustomize/selector.hh"

namespace taut::kustomize {
namespace {

// A patch as it is, or its text, and where it comes from.
struct PatchText {
  std::string text;
  std::string source;  // `[path: "p.yaml"]`
};

std::string selector_text(const Value& target) {
  ResId id{{target["group"].str(), target["version"].str(), target["kind"].str()},
           target["name"].str(),
           target["namespace"].str()};
  return fmt::format("{}:a={}:l={}", id.to_string(), target["annotationSelector"].as_string(),
                     target["labelSelector"].as_string());
}

Result<PatchText> patch_text(const PluginConfig& config, const PluginContext& context) {
  std::string inline_text(trim(config.fields["patch"].as_string()));
  std::string path = config.fields["path"].str();
  if (inline_text.empty() && path.empty())
    return fail(Code::kInvalid, "must specify one of patch and path in\n{}", config.yaml());
  if (!inline_text.empty() && !path.empty())
    return fail(Code::kInvalid, "patch and path can't be set at the same time\n{}", config.yaml());
  if (!inline_text.empty()) return PatchText{inline_text, fmt::format("[patch: {}]", quote(inline_text))};
  auto loaded = context.loader.load(path);
  if (!loaded)
    return fail(Error(loaded.error())
                    .with_message(fmt::format("failed to get the patch file from path({}): {}", path,
                                              loaded.error().message())));
  return PatchText{**loaded, fmt::format("[path: {}]", quote(path))};
}

Result<Transform> strategic(std::vector<Resource> patches, const Value& target, std::string source) {
  if (target.is_null()) {
    return Transform([patches = std::move(patches)](ResMap& map) -> Status {
      for (const Resource& patch : patches) {
        ResId id = patch.original_id();
        auto found = map.one_with_any_id(id);
        if (!found)
          return fail(Code::kNotFound, "no resource matches strategic merge patch {}: {}", quote(id.to_string()),
                      found.error().message());
        TAUT_TRY(apply_strategic(map[*found], patch));
        if (patch.allow_name_change || patch.allow_kind_change || map[*found].empty()) map.changed();
      }
      return {};
    });
  }
  return Transform([patches = std::move(patches), target, source = std::move(source)](ResMap& map) -> Status {
    if (patches.size() > 1)
      return fail(Code::kInvalid,
                  "Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set `patches.target` "
                  "field: {}",
                  source);
    auto selected = select(map, target);
    if (!selected)
      return fail(Code::kInvalid, "unable to find patch target \"{}\" in `resources`: {}", selector_text(target),
                  selected.error().message());
    return apply_to_selected(map, *selected, patches.front());
  });
}

Status apply_json(Resource& resource, const Value& operations) {
  TAUT_ASSIGN(resource.object, apply_patch6902(with_build_annotations(resource), operations));
  return_build_annotations(resource, /*json=*/true);
  return {};
}

// `remember`: whether the ids before the patch go on being known.
Status run_json(ResMap& map, const Value& target, const Value& operations, bool remember) {
  TAUT_ASSIGN(auto selected, select(map, target));
  for (size_t index : selected) {
    if (remember) map[index].store_previous_id();
    TAUT_TRY(apply_json(map[index], operations));
  }
  if (!selected.empty()) map.changed();
  return {};
}

}  // namespace

Result<Transform> configure_patch(PluginConfig config, const PluginContext& context) {
  TAUT_ASSIGN(PatchText patch, patch_text(config, context));
  auto resources = read_patches(patch.text);
  auto operations = patch.text.empty() ? Result<Value>(fail(Code::kInvalid, "empty json patch operations"))
                                       : parse_patch6902(patch.text);
  if (resources && operations && !resources->empty() && !operations->empty())
    return fail(Code::kInvalid, "illegally qualifies as both an SM and JSON patch: {}", patch.source);
  if (!resources && !operations) {
    Error error(Code::kInvalid, "unable to parse SM or JSON patch from " + patch.source);
    return fail(std::move(error).while_doing("as a strategic merge patch: " + resources.error().message())
                    .while_doing("as a JSON patch: " + operations.error().message()));
  }
  Value target = config.fields["target"];
  if (resources) {
    if (resources->empty()) {
      if (context.options.compat == Compat::k57)
        return fail(Code::kInvalid, "unable to parse SM or JSON patch from {}", patch.source);
      return Transform([](ResMap&) -> Status { return {}; });
    }
    const Value& options = config.fields["options"];
    for (Resource& resource : *resources) {
      resource.schema = context.schema;
      resource.allow_name_change |= options["allowNameChange"].as_bool();
      resource.allow_kind_change |= options["allowKindChange"].as_bool();
    }
    return strategic(std::move(*resources), target, patch.source);
  }
  return Transform(
      [target, operations = std::move(*operations), source = std::move(patch.source)](ResMap& map) -> Status {
        if (target.is_null()) return fail(Code::kInvalid, "must specify a target for JSON patch {}", source);
        return run_json(map, target, operations, true);
      });
}

Result<Transform> configure_patch_strategic(PluginConfig config, const PluginContext& context) {
  const Value& paths = config.fields["paths"];
  std::string text = config.fields["patches"].str();
  if (paths.empty() && text.empty()) return fail(Code::kInvalid, "empty file path and empty patch content");
  std::vector<Resource> patches;
  auto add = [&](std::vector<Resource> more) {
    for (Resource& patch : more) {
      patch.schema = context.schema;
      patches.push_back(std::move(patch));
    }
  };
  for (const Value& path : paths.items()) {
    // Each is a patch or the name of a file with one.
    auto read = read_patches(path.as_string());
    if (!read) {
      TAUT_ASSIGN(FileText file, context.loader.load(path.as_string()));
      read = read_patches(*file);
      if (!read) return fail(with_file(read.error(), path.as_string()));
    }
    add(std::move(*read));
  }
  if (!text.empty()) {
    TAUT_ASSIGN(auto read, read_patches(text));
    add(std::move(read));
  }
  if (patches.empty()) {
    std::vector<std::string_view> names;
    for (const Value& path : paths.items()) names.push_back(path.as_string());
    return fail(Code::kInvalid, "patch appears to be empty; files=[{}], Patch={}", fmt::join(names, " "), text);
  }
  return Transform([patches = std::move(patches)](ResMap& map) -> Status {
    for (const Resource& patch : patches) {
      TAUT_ASSIGN(size_t target, map.one_with_any_id(patch.original_id()));
      TAUT_TRY(apply_to_selected(map, {target}, patch));
    }
    return {};
  });
}

Result<Transform> configure_patch_json(PluginConfig config, const PluginContext& context) {
  Value target = config.fields["target"];
  std::string path = config.fields["path"].str(), text = config.fields["jsonOp"].str();
  if (target["name"].empty()) return fail(Code::kInvalid, "must specify the target name");
  if (path.empty() && text.empty()) return fail(Code::kInvalid, "empty file path and empty jsonOp");
  if (!path.empty()) {
    if (!text.empty()) return fail(Code::kInvalid, "must specify a file path or jsonOp, not both");
    TAUT_ASSIGN(FileText file, context.loader.load(path));
    text = *file;
    if (text.empty()) return fail(Code::kInvalid, "patch file '{}' empty seems to be empty", path);
  }
  auto operations = parse_patch6902(text);
  if (!operations) return fail(Error(operations.error()).with_message(decoding_message(text, operations.error())));
  if (operations->empty())
    return fail(Code::kInvalid, "patch appears to be empty; file={}, JsonOp={}", path, text);
  return Transform([target, operations = std::move(*operations)](ResMap& map) {
    return run_json(map, target, operations, false);
  });
}

}  // namespace taut::kustomize
