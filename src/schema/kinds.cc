#include "schema/kinds.hh"

#include <algorithm>

#include "base/strings.hh"
#include "embedded/schema_kinds.hh"
#include "value/json.hh"

namespace taut::schema {
namespace {

std::vector<std::string> strings(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.push_back(item.str());
  return out;
}

Subresource read_subresource(const Value& row, const KindInfo& parent) {
  Subresource out;
  out.name = row["name"].str();
  out.kind = row["kind"].str();
  out.verbs = strings(row["verbs"]);
  out.foreign = row.contains("version");
  out.group = out.foreign ? row["group"].str() : parent.group;
  out.version = out.foreign ? row["version"].str() : parent.version;
  return out;
}

KindInfo read_kind(const Value& row) {
  KindInfo out;
  out.group = row["group"].str();
  out.version = row["version"].str();
  out.kind = row["kind"].str();
  out.plural = row["plural"].str();
  out.singular = to_lower(out.kind);
  out.namespaced = row["namespaced"].as_bool();
  out.verbs = strings(row["verbs"]);
  out.short_names = strings(row["short"]);
  out.categories = strings(row["categories"]);
  for (const Value& sub : row["subresources"].items()) out.subresources.push_back(read_subresource(sub, out));
  return out;
}

std::vector<KindInfo> read_table() {
  std::vector<KindInfo> out;
  auto table = parse_json(embedded::schema_kinds());
  if (!table) return out;  // the file is ours; the unit test would have failed
  for (const Value& row : table->items()) out.push_back(read_kind(row));
  return out;
}

template <class Match>
const KindInfo* find_if(Match match) {
  auto kinds = builtin_kinds();
  auto found = std::find_if(kinds.begin(), kinds.end(), match);
  return found == kinds.end() ? nullptr : &*found;
}

}  // namespace

const Subresource* KindInfo::subresource(std::string_view wanted) const {
  for (const auto& sub : subresources)
    if (sub.name == wanted) return &sub;
  return nullptr;
}

bool KindInfo::has_verb(std::string_view verb) const {
  return std::binary_search(verbs.begin(), verbs.end(), verb);
}

std::span<const KindInfo> builtin_kinds() {
  static const std::vector<KindInfo> table = read_table();
  return table;
}

const KindInfo* find_kind(std::string_view group, std::string_view version, std::string_view kind) {
  return find_if([&](const KindInfo& k) { return k.kind == kind && k.group == group && k.version == version; });
}

const KindInfo* find_resource(std::string_view group, std::string_view version, std::string_view plural) {
  return find_if([&](const KindInfo& k) { return k.plural == plural && k.group == group && k.version == version; });
}

}  // namespace taut::schema
