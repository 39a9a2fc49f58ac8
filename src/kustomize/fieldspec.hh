// Field specs: which fields of which kinds a transformer looks at, and the walk to them.
//
// A path is "/"-separated ("\/" for a slash in a name); a part that ends in "[]" must be a list. Lists are walked
// item by item whether the path says so or not. What is not there is passed over, unless the spec says `create` and
// the transformer allows it; nothing is created below "[]". Mirrors kustomize 5.8.1, api/filters/fieldspec.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hh"
#include "kustomize/resid.hh"
#include "value/value.hh"

namespace taut::kustomize {

struct FieldSpec {
  Gvk gvk;  // empty parts match anything
  std::string path;
  bool create = false;

  static FieldSpec of(const Value& config);  // {group, version, kind, path, create}
  bool matches(const Gvk& other) const { return gvk_selected(other, gvk); }
};
using FieldSpecs = std::vector<FieldSpec>;

FieldSpecs field_specs(const Value& list);
// Adds what is not there yet: a spec that selects the same kinds and has the same path. kConflict ("conflicting
// fieldspecs") when one creates and the other does not.
Status merge_field_spec(FieldSpecs& specs, const FieldSpec& more);
Status merge_field_specs(FieldSpecs& specs, const FieldSpecs& more);
// By kustomize's order of kinds.
void sort_field_specs(FieldSpecs& specs);
// The legacy order of kinds: Namespaces first, webhook configurations last, then by group, version and kind.
bool gvk_less(const Gvk& a, const Gvk& b);
int kind_rank(std::string_view kind);
// "apps_v1_Deployment", "~G_v1_Service".
std::string gvk_sort_text(const Gvk& gvk);

// gvk_less of many, each told once.
struct GvkSortKey {
  explicit GvkSortKey(const Gvk& gvk);
  int rank;
  std::string text;
  auto operator<=>(const GvkSortKey&) const = default;
};
// Stable.
template <class Item>
void sort_by_gvk(std::vector<Item>& items, Gvk Item::*gvk) {
  std::vector<std::pair<GvkSortKey, size_t>> order;
  order.reserve(items.size());
  for (const Item& item : items) order.emplace_back(GvkSortKey(item.*gvk), order.size());
  if (std::ranges::is_sorted(order)) return;
  std::ranges::sort(order);
  std::vector<Item> sorted;
  sorted.reserve(items.size());
  for (const auto& [key, index] : order) sorted.push_back(std::move(items[index]));
  items = std::move(sorted);
}

std::vector<std::string> split_path(std::string_view path, char separator);

struct FieldVisit {
  enum class Create { kNone, kScalar, kMap };
  Create create = Create::kNone;
  // Whether the field would be changed; asked before anything is copied.
  std::function<bool(const Value&)> wants = nullptr;
  std::function<Status(Value&)> change;
};

// Calls visit.change for every field of the object at the spec's path, if the spec is for the object's kind. The error
// tells the field and the object: "considering field 'spec/x' of object Deployment.v1.apps/web.[noNs]: ...".
Status visit_field(Value& object, const Gvk& gvk, const FieldSpec& spec, const FieldVisit& visit);
Status visit_fields(Value& object, const Gvk& gvk, const FieldSpecs& specs, const FieldVisit& visit);

}  // namespace taut::kustomize
