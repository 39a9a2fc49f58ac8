#include "sandbox/kinds/tables.hh"

#include <unordered_map>

#include "base/strings.hh"
#include "sandbox/kinds/shapes.hh"
#include "sandbox/kinds/strategy.hh"
#include "sandbox/kinds/table_text.hh"

namespace taut::sandbox::kinds {
namespace {

struct Table {
  std::vector<Column> columns;
  std::vector<Value> (*cells)(const Value& object, Time now) = nullptr;
};

Column column_of(std::string_view text) {
  Column out;
  if (text.ends_with('+')) {
    out.priority = 1;
    text.remove_suffix(1);
  }
  if (text == "Name") out.format = "name";
  if (text.size() > 2 && text[text.size() - 2] == ':') {
    out.type = text.back() == 'i' ? "integer" : text.back() == 'b' ? "boolean" : text.back() == 'd' ? "date" : "string";
    text.remove_suffix(2);
  }
  out.name = text;
  return out;
}

Table table_of(std::string_view columns, std::vector<Value> (*cells)(const Value&, Time)) {
  Table out;
  for (std::string_view text : split(columns, '|')) out.columns.push_back(column_of(text));
  out.cells = cells;
  return out;
}

std::vector<Value> created_at(const Value& object, Time) {
  return {object["metadata"]["name"], object["metadata"]["creationTimestamp"]};
}

std::vector<Value> name_and_age(const Value& object, Time now) {
  return {object["metadata"]["name"], age_of(object["metadata"]["creationTimestamp"], now)};
}

const Table& table_for(const Gvk& gvk) {
  static const std::unordered_map<std::string_view, Table> known = [] {
    std::unordered_map<std::string_view, Table> out;
    for (auto group : {workload_tables(), cluster_tables(), platform_tables()}) {
      for (const TableRule& rule : group) out.emplace(rule.type, table_of(rule.columns, rule.cells));
    }
    return out;
  }();
  // Built-in kinds without a printer say when they were created; custom resources how old they are.
  static const Table plain = table_of("Name|Created At:d", created_at);
  static const Table custom = table_of("Name|Age:d", name_and_age);
  const Shape* shape = shape_of(gvk);
  if (!shape) return custom;
  auto at = known.find(shape->name);
  return at == known.end() ? plain : at->second;
}

}  // namespace

std::span<const Column> table_columns(const Gvk& gvk) { return table_for(gvk).columns; }

std::vector<Value> table_row(const Gvk& gvk, const Value& object, Time now) { return table_for(gvk).cells(object, now); }

}  // namespace taut::sandbox::kinds
