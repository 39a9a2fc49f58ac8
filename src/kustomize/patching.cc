#include "kustomize/patching.hh"

#include "kustomize/build_annotations.hh"
#include "kustomize/kustomize_yaml.hh"
#include "kustomize/merge.hh"
#include "kustomize/selector.hh"
#include "value/json.hh"

namespace taut::kustomize {
namespace {

// The patch as it is applied to one of the selected: with the target's apiVersion, labels and annotations as text, and
// the name and namespace it has.
Resource patch_for(const Resource& target, const Resource& patch) {
  Resource out = patch;
  out.set_labels(patch.labels());
  out.set_annotations(patch.annotations());
  out.set_name(patch.name());
  out.set_namespace(patch.ns());
  out.set_gvk(target.gvk());
  out.set_kind(patch.kind());
  return out;
}

// Whether it may take annotations away that it does not name.
bool replaces_annotations(const Value& patch) {
  const Value& metadata = patch["metadata"];
  for (const Value* map : {&patch, &metadata, &metadata["annotations"]})
    if (map->contains("$patch")) return true;
  return false;
}

}  // namespace

Result<std::vector<size_t>> select(const ResMap& map, const Value& target) {
  TAUT_ASSIGN(Selector selector, Selector::of(target));
  std::vector<size_t> out;
  for (size_t i = 0; i < map.size(); ++i) {
    TAUT_ASSIGN(bool matched, selector.matches(map[i]));
    if (matched) out.push_back(i);
  }
  return out;
}

Status apply_strategic(Resource& resource, const Resource& patch) {
  std::string name = resource.name(), ns = resource.ns(), kind = resource.kind();
  if (patch.allow_name_change || patch.allow_kind_change) resource.store_previous_id();
  const bool notes = replaces_annotations(patch.object);
  TAUT_ASSIGN(resource.object, strategic_merge(notes ? with_build_annotations(resource) : resource.object, patch.object,
                                               resource.schema->of(resource.gvk())));
  if (resource.empty()) return {};
  if (notes) return_build_annotations(resource, /*json=*/false);
  if (!patch.allow_kind_change) resource.set_kind(kind);
  if (!patch.allow_name_change) resource.set_name(name);
  resource.set_namespace(ns);
  return {};
}

Status apply_to_selected(ResMap& map, const std::vector<size_t>& selected, const Resource& patch) {
  bool ids_change = patch.allow_name_change || patch.allow_kind_change, deleted = false;
  for (size_t index : selected) {
    TAUT_TRY(apply_strategic(map[index], patch_for(map[index], patch)));
    deleted = deleted || map[index].empty();
  }
  if (deleted) map.drop_empties();
  if (!ids_change) return {};
  ResMap again;
  for (Resource& resource : map) TAUT_TRY(again.append(std::move(resource)));
  map = std::move(again);
  return {};
}

std::string decoding_message(const std::string& text, const Error& error) {
  if (text.starts_with('[')) return fmt::format("decoding {}: {}", text, error.message());
  auto json = yaml_to_json(text);
  if (!json) return error.message();
  return fmt::format("decoding {}: {}", to_json(*json, {.escape_html = true}), error.message());
}

}  // namespace taut::kustomize
