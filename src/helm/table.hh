// Tables: maps that are changed in place and shared by reference, as Go's are. Helm's merging of values depends on
// that: a subchart that adds a default below `global` changes what its parent sees.
//
// What nobody has changed stays a frozen Value, so copying the values of a chart copies nothing; a level becomes a
// Table when it is first shared or changed.
#pragma once

#include <deque>
#include <string_view>
#include <vector>

#include "value/value.hh"

namespace taut::helm {

class Table;

// What stands under a key: a table, or a frozen value (which may be a map that is no table yet).
struct Cell {
  Cell() = default;
  Cell(Value value) : frozen(std::move(value)) {}
  Cell(Table* table) : table(table) {}

  bool is_table() const { return table || frozen.is_map(); }
  bool is_null() const { return !table && frozen.is_null(); }

  Table* table = nullptr;
  Value frozen;
};

// Owns tables. All live until it is destroyed.
class Tables {
 public:
  Table* make();
  // One level of a map thawed; anything else gives an empty table.
  Table* thaw(const Value& map);
  // The table of a cell that is_table(), thawed in place.
  Table* open(Cell& cell);
  // All levels copied, as Go's copystructure does. Frozen parts are shared, since nothing changes them.
  Table* copy(const Table& table);

 private:
  std::deque<Table> tables_;
};

class Table {
 public:
  struct Row {
    Key key;
    Cell cell;
  };
  // nullptr when there is none.
  Cell* find(std::string_view key);
  const Cell* find(std::string_view key) const { return const_cast<Table*>(this)->find(key); }
  void set(std::string_view key, Cell cell);
  void erase(std::string_view key);
  size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }
  // Sorted by key.
  std::vector<Row>& rows() { return rows_; }
  const std::vector<Row>& rows() const { return rows_; }

 private:
  friend class Tables;
  size_t lower_bound(std::string_view key) const;
  std::vector<Row> rows_;
};

// The value that a table or cell holds now.
Value freeze(const Table& table);
Value freeze(const Cell& cell);

}  // namespace taut::helm
