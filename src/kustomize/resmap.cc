#include "kustomize/resmap.hh"

#include <algorithm>

namespace taut::kustomize {
namespace {

// `over` with what only `base` has.
Value merge_maps(const Value& base, const Value& over) {
  Value out = base.is_map() ? base : Value::map();
  for (const Entry& entry : over.entries()) out.set(entry.key(), entry.value);
  return out;
}

// What a generated resource takes over from the one it replaces or merges into.
void take_metadata(Resource& resource, const Resource& old) {
  resource.set_labels(merge_maps(old.labels(), resource.labels()));
  resource.set_annotations(merge_maps(old.annotations(), resource.annotations()));
  bool needs_hash = resource.needs_hash && old.needs_hash;
  resource.set_name(old.name());
  resource.set_namespace(old.ns());
  resource.previous = old.previous;
  resource.prefixes = old.prefixes;
  resource.suffixes = old.suffixes;
  resource.referred_by = old.referred_by;
  resource.behavior = old.behavior;
  resource.var_names = old.var_names;
  resource.needs_hash = needs_hash;
  resource.allow_name_change = old.allow_name_change;
  resource.allow_kind_change = old.allow_kind_change;
  resource.helm_generated = old.helm_generated;
  resource.trail = old.trail;
}

void merge_data(Resource& resource, const Resource& old, std::string_view field) {
  Value merged = merge_maps(text_map(old.object[field]), text_map(resource.object[field]));
  if (merged.empty()) resource.object.erase(field);
  else resource.object.set(field, std::move(merged));
}

}  // namespace

void ResMap::make_current() const {
  if (current_.valid) return;
  current_.at.clear();
  current_.at.reserve(list_.size());
  for (size_t i = 0; i < list_.size(); ++i)
    current_.at.emplace(list_[i].current_id().hash(), static_cast<uint32_t>(i));
  current_.valid = true;
}

void ResMap::make_any() const {
  if (any_.valid) return;
  any_.at.clear();
  any_.at.reserve(list_.size());
  for (size_t i = 0; i < list_.size(); ++i)
    for (const ResId& id : list_[i].all_ids()) any_.at.emplace(id.hash(), static_cast<uint32_t>(i));
  any_.valid = true;
}

// Adds the resource at `index`, which is new, to the indexes that are kept.
void ResMap::note(size_t index) const {
  if (current_.valid) current_.at.emplace(list_[index].current_id().hash(), static_cast<uint32_t>(index));
  if (!any_.valid) return;
  for (const ResId& id : list_[index].all_ids()) any_.at.emplace(id.hash(), static_cast<uint32_t>(index));
}

std::vector<size_t> ResMap::with_current_id(const ResId& id) const {
  make_current();
  std::vector<size_t> out;
  auto [from, to] = current_.at.equal_range(id.hash());
  for (; from != to; ++from)
    if (list_[from->second].current_id().equals(id)) out.push_back(from->second);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<size_t> ResMap::with_any_id(const ResId& id) const {
  make_any();
  std::vector<size_t> out;
  auto [from, to] = any_.at.equal_range(id.hash());
  for (; from != to; ++from) {
    const Resource& resource = list_[from->second];
    if (resource.empty()) continue;
    for (const ResId& known : resource.all_ids()) {
      if (!known.equals(id)) continue;
      out.push_back(from->second);
      break;
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Result<size_t> ResMap::one_with_any_id(const ResId& id) const {
  auto found = with_any_id(id);
  if (found.size() == 1) return found.front();
  std::string text = id.to_string();
  return fail(Code::kNotFound, "{} matches for Id {}; failed to find unique target for patch {}",
              found.empty() ? "no" : "multiple", text, text);
}

Result<size_t> ResMap::one_with_current_id(const ResId& id) const {
  auto found = with_current_id(id);
  if (found.size() == 1) return found.front();
  return fail(Code::kNotFound, "{} matches for Current {}", found.empty() ? "no" : "multiple", id.to_string());
}

Status ResMap::append(Resource resource) {
  make_current();
  ResId id = resource.current_id();
  if (!with_current_id(id).empty())
    return fail(Code::kConflict, "may not add resource with an already registered id: {}", id.to_string());
  list_.push_back(std::move(resource));
  note(list_.size() - 1);
  return {};
}

Status ResMap::append_all(ResMap other) {
  if (list_.empty()) list_.reserve(other.list_.size());
  for (Resource& resource : other.list_) TAUT_TRY(append(std::move(resource)));
  return {};
}

Status ResMap::absorb(Resource resource) {
  ResId id = resource.current_id();
  auto matches = with_any_id(id);
  bool edits = resource.behavior == Behavior::kMerge || resource.behavior == Behavior::kReplace;
  if (matches.empty()) {
    if (edits) return fail(Code::kNotFound, "id {} does not exist; cannot merge or replace", id.go_syntax());
    return append(std::move(resource));
  }
  if (matches.size() > 1) {
    std::string list;
    for (size_t index : matches) list.append(list.empty() ? "" : " ").append(list_[index].json());
    return fail(Code::kConflict, "found multiple objects [{}] that could accept merge of {}", list, id.to_string());
  }
  if (!edits)
    return fail(Code::kConflict, "id {} exists; can not use behavior: '{}', behavior must be merge or replace",
                id.go_syntax(), behavior_name(resource.behavior));
  return merge_into(matches.front(), std::move(resource));
}

Status ResMap::merge_into(size_t index, Resource resource) {
  const Resource& old = list_[index];
  bool merge = resource.behavior == Behavior::kMerge;
  take_metadata(resource, old);
  if (merge) {
    merge_data(resource, old, "data");
    merge_data(resource, old, "binaryData");
    if (old.origin) resource.origin = old.origin;
  }
  list_[index] = std::move(resource);
  changed();
  return {};
}

Status ResMap::absorb_all(ResMap other) {
  for (Resource& resource : other.list_) TAUT_TRY(absorb(std::move(resource)));
  return {};
}

void ResMap::drop_empties() {
  size_t before = list_.size();
  std::erase_if(list_, [](const Resource& resource) { return resource.empty(); });
  if (list_.size() != before) changed();
}

}  // namespace taut::kustomize
