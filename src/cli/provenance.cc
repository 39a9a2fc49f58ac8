#include "cli/provenance.hh"

#include <fmt/format.h>

#include <algorithm>

#include "kustomize/why_field.hh"
#include "value/pointer.hh"

namespace taut::cli {
namespace {

bool of_the_server(std::string_view pointer) {
  for (std::string_view field : {"/metadata/managedFields", "/metadata/uid", "/metadata/resourceVersion", "/metadata/generation",
                                 "/metadata/creationTimestamp", "/metadata/selfLink", "/status"})
    if (pointer == field || (pointer.starts_with(field) && pointer[field.size()] == '/')) return true;
  return false;
}

// The same place in another version of the object: items of lists are found by their names.
const Value* same_place(const Value& from, const Value& to, const std::string& pointer, std::string& found) {
  auto steps = parse_pointer(pointer);
  const Value *here = &from, *there = &to;
  found.clear();
  for (const std::string& step : *steps) {
    auto index = pointer_index(step);
    if (here->is_list() && index) {
      const Value& item = (*here)[*index];
      auto items = there->items();
      auto match = std::ranges::find_if(items, [&](const Value& other) {
        return item["name"].is_string() ? other["name"] == item["name"] : item.is_map() ? other["port"] == item["port"] : other == item;
      });
      if (match == items.end()) return nullptr;
      found += fmt::format("/{}", match - items.begin());
      here = &item;
      there = &*match;
    } else {
      if (!there->contains(step)) return nullptr;
      found += "/" + escape_pointer_step(step);
      here = &(*here)[step];
      there = &(*there)[step];
    }
  }
  return there;
}

}  // namespace

std::vector<FieldStory> field_stories(const Value& rendered, const std::vector<render::FieldOrigin>& origins, const Value* live, bool all) {
  std::vector<FieldStory> out;
  if (!live) {
    for (const auto& origin : origins) out.push_back({origin.pointer, origin.value, origin, {}, {}, true});
    return out;
  }
  std::map<std::string, const render::FieldOrigin*> known;
  for (const auto& origin : origins) known[origin.pointer] = &origin;
  auto owners = plan::field_owners(*live);
  for (const std::string& pointer : render::leaf_pointers(*live)) {
    if (!all && of_the_server(pointer)) continue;
    FieldStory field{pointer, *find_pointer(*live, pointer), {}, {}, {}, false};
    if (auto found = owners.find(pointer); found != owners.end()) field.owners = found->second;
    std::string place;
    const Value* said = origins.empty() ? nullptr : same_place(*live, rendered, pointer, place);
    if (auto origin = known.find(place); said && origin != known.end()) field.origin = *origin->second;
    field.from_git = field.origin && *said == field.value;
    out.push_back(std::move(field));
  }
  return out;
}

Result<std::vector<FieldStory>> fields_below(std::vector<FieldStory> fields, const Value& object, const std::string& field) {
  TAUT_ASSIGN(auto path, kustomize::parse_field(field));
  auto below = [&](const FieldStory& story) {
    auto steps = parse_pointer(story.pointer);
    const Value* at = &object;
    for (size_t i = 0; i < path.size(); ++i) {
      if (!steps || i == steps->size()) return false;
      auto index = at->is_list() ? pointer_index((*steps)[i]) : std::nullopt;
      std::string name = index ? (*at)[*index]["name"].str() : "";
      bool named = !name.empty() && (path[i] == name || path[i] == fmt::format("[name={}]", name));
      if (path[i] != (*steps)[i] && !named) return false;
      at = index ? &(*at)[*index] : &(*at)[(*steps)[i]];
    }
    return true;
  };
  std::erase_if(fields, [&](const FieldStory& story) { return !below(story); });
  if (fields.empty()) return fail(Code::kNotFound, "it has no field {}", field);
  return fields;
}

}  // namespace taut::cli
