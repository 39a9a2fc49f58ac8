#include "kustomize/order.hh"

#include <algorithm>
#include <unordered_map>

#include "kustomize/fieldspec.hh"

namespace taut::kustomize {
namespace {

struct Row {
  int rank;
  bool name_space, core;  // a Namespace; of the core group
  std::string kind;     // group_version_kind
  std::string id;       // Kind.version.group|namespace|name
  size_t index;
};

std::unordered_map<std::string, int> ranks_of(const Value& options) {
  std::unordered_map<std::string, int> ranks;
  const Value &first = options["orderFirst"], &last = options["orderLast"];
  for (size_t i = 0; i < first.size(); ++i)
    ranks[first[i].str()] = static_cast<int>(i) - static_cast<int>(first.size());
  for (size_t i = 0; i < last.size(); ++i) ranks[last[i].str()] = static_cast<int>(i) + 1;
  return ranks;
}

Status check(const Value& options) {
  std::string_view order = options["order"].as_string();
  if (order != "fifo" && order != "legacy")
    return fail(Code::kInvalid, "the field 'sortOptions.order' must be one of [fifo, legacy]");
  if (order == "fifo" && options.contains("legacySortOptions"))
    return fail(Code::kInvalid,
                "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'");
  return {};
}

bool less(const Row& a, const Row& b) {
  if (a.kind == b.kind) return a.id < b.id;
  if (a.rank != b.rank) return a.rank < b.rank;
  // Namespaces of the core group come before those of others.
  bool spaces = a.name_space && b.name_space && (a.core || b.core);
  return spaces ? a.kind > b.kind : a.kind < b.kind;
}

}  // namespace

Status sort_resources(ResMap& map, const Value& sort_options) {
  TAUT_TRY(check(sort_options));
  if (sort_options["order"].as_string() == "fifo") return {};
  const Value* custom = sort_options.find("legacySortOptions");
  auto ranks = custom ? ranks_of(*custom) : std::unordered_map<std::string, int>();
  std::vector<Row> rows;
  rows.reserve(map.size());
  for (size_t i = 0; i < map.size(); ++i) {
    ResId id = map[i].current_id();
    auto rank = ranks.find(id.gvk.kind);
    rows.push_back({custom ? (rank == ranks.end() ? 0 : rank->second) : kind_rank(id.gvk.kind),
                    id.gvk.kind == "Namespace", id.gvk.group.empty(), gvk_sort_text(id.gvk),
                    fmt::format("{}|{}|{}", gvk_text(id.gvk), id.ns.empty() ? "~X" : id.ns,
                                id.name.empty() ? "~N" : id.name),
                    i});
  }
  std::stable_sort(rows.begin(), rows.end(), less);
  std::vector<Resource> sorted;
  sorted.reserve(map.size());
  for (const Row& row : rows) sorted.push_back(std::move(map[row.index]));
  map.resources() = std::move(sorted);
  map.changed();
  return {};
}

}  // namespace taut::kustomize
