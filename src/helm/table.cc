#include "helm/table.hh"

#include <algorithm>

namespace taut::helm {

Table* Tables::make() { return &tables_.emplace_back(); }

Table* Tables::thaw(const Value& map) {
  Table* table = make();
  table->rows_.reserve(map.size());
  for (const Entry& entry : map.entries()) table->rows_.push_back({entry.name, Cell(entry.value)});
  return table;
}

Table* Tables::open(Cell& cell) {
  if (!cell.table) {
    cell.table = thaw(cell.frozen);
    cell.frozen = Value();
  }
  return cell.table;
}

Table* Tables::copy(const Table& table) {
  Table* out = make();
  out->rows_ = table.rows_;
  for (Table::Row& row : out->rows_) {
    if (row.cell.table) row.cell.table = copy(*row.cell.table);
  }
  return out;
}

size_t Table::lower_bound(std::string_view key) const {
  auto it = std::lower_bound(rows_.begin(), rows_.end(), key,
                             [](const Row& row, std::string_view wanted) { return row.key.as_string() < wanted; });
  return static_cast<size_t>(it - rows_.begin());
}

Cell* Table::find(std::string_view key) {
  size_t at = lower_bound(key);
  return at < rows_.size() && rows_[at].key.as_string() == key ? &rows_[at].cell : nullptr;
}

void Table::set(std::string_view key, Cell cell) {
  size_t at = lower_bound(key);
  if (at < rows_.size() && rows_[at].key.as_string() == key) {
    rows_[at].cell = std::move(cell);
  } else {
    rows_.insert(rows_.begin() + static_cast<ptrdiff_t>(at), Row{Key(key), std::move(cell)});
  }
}

void Table::erase(std::string_view key) {
  size_t at = lower_bound(key);
  if (at < rows_.size() && rows_[at].key.as_string() == key) {
    rows_.erase(rows_.begin() + static_cast<ptrdiff_t>(at));
  }
}

Value freeze(const Table& table) {
  Value out = Value::map();
  out.reserve(table.size());
  for (const Table::Row& row : table.rows()) out.append_sorted(row.key, freeze(row.cell));
  return out;
}

Value freeze(const Cell& cell) { return cell.table ? freeze(*cell.table) : cell.frozen; }

}  // namespace taut::helm
