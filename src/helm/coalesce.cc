#include "helm/coalesce.hh"

#include <algorithm>

#include "base/strings.hh"
#include "helm/go_values.hh"

namespace taut::helm {

namespace {

constexpr std::string_view kGlobal = "global";

std::string join_prefix(const std::string& prefix, std::string_view name) {
  return prefix.empty() ? std::string(name) : fmt::format("{}.{}", prefix, name);
}

bool is_child(const ReleaseChart& chart, std::string_view name) {
  return std::any_of(chart.charts.begin(), chart.charts.end(),
                     [&](const ReleaseChart& child) { return child.name == name; });
}

bool holds_null(const Value& value) {
  return std::any_of(value.entries().begin(), value.entries().end(),
                     [](const Entry& entry) { return entry.value.is_null() || holds_null(entry.value); });
}

}  // namespace

Value without_nulls(const Value& value) {
  if (!holds_null(value)) return value;
  Value out = Value::map();
  for (const Entry& entry : value.entries()) {
    if (!entry.value.is_null()) out.append_sorted(entry.name, without_nulls(entry.value));
  }
  return out;
}

Result<Table*> Coalescer::coalesce(ReleaseChart& chart, const Table& values) {
  Table* out = tables_.copy(values);
  TAUT_TRY(run(chart, *out, "", false));
  return out;
}

Result<Table*> Coalescer::merge(ReleaseChart& chart, const Table& values) {
  Table* out = tables_.copy(values);
  TAUT_TRY(run(chart, *out, "", true));
  return out;
}

void Coalescer::merge_tables(Table& target, Table& source) {
  merge_tables(target, source, "", {.merge = true, .kept = true});
}

Status Coalescer::run(ReleaseChart& chart, Table& values, const std::string& prefix, bool merge) {
  add_defaults(chart, values, prefix, merge);
  const std::string below = join_prefix(prefix, chart.name);
  for (ReleaseChart& child : chart.charts) {
    Cell* cell = values.find(child.name);
    if (!cell) {
      values.set(child.name, tables_.make());
      cell = values.find(child.name);
    } else if (!cell->is_table()) {
      return fail(Code::kInvalid, "type mismatch on {}: {}", child.name, go_bad_bool(cell->frozen));
    }
    Table& own = *tables_.open(*cell);
    share_globals(own, values, below);
    TAUT_TRY(run(child, own, below, merge));
  }
  return {};
}

void Coalescer::add_defaults(const ReleaseChart& chart, Table& values, const std::string& prefix, bool merge) {
  const std::string below = join_prefix(prefix, chart.name);
  for (const Entry& entry : chart.values.entries()) {
    add_default(chart, entry.key(), entry.value, values, below, merge);
  }
}

void Coalescer::add_default(const ReleaseChart& chart, std::string_view key, const Value& value, Table& values,
                            const std::string& prefix, bool merge) {
  const bool clean = compat_ == Compat::kHelm42;
  Cell* cell = values.find(key);
  if (!cell) {
    bool drop = clean && !merge;
    if (drop && value.is_null()) return;
    values.set(key, drop ? without_nulls(value) : value);
  } else if (cell->is_null() && !merge) {
    values.erase(key);
  } else if (cell->is_table()) {
    if (!value.is_map()) {
      if (!value.is_null()) warn("warning: skipped value for {}.{}: Not a table.", prefix, key);
      return;
    }
    // Nulls for a subchart are kept: they are to delete defaults of its own.
    bool keep_nulls = merge || is_child(chart, key);
    Table* defaults = tables_.thaw(clean && !keep_nulls ? without_nulls(value) : value);
    merge_tables(*tables_.open(*cell), *defaults, join_prefix(prefix, key), {.merge = keep_nulls});
  }
}

void Coalescer::share_globals(Table& target, Table& source, const std::string& prefix) {
  Cell* from = source.find(kGlobal);
  Cell* to = target.find(kGlobal);
  if (to && !to->is_table()) {
    return warn("warning: skipping globals because destination {} is not a table.", kGlobal);
  }
  if (from && !from->is_table()) {
    return warn("warning: skipping globals because source {} is not a table.", kGlobal);
  }
  if (!to) {
    target.set(kGlobal, tables_.make());
    to = target.find(kGlobal);
  }
  Table& globals = *tables_.open(*to);
  if (!from) return;
  for (Table::Row& row : tables_.open(*from)->rows()) {
    if (row.cell.is_table()) {
      share_global_table(globals, row.key, row.cell, prefix);
    } else if (Cell* there = globals.find(row.key); there && there->is_table()) {
      warn("key {} is table. Skipping", row.key.as_string());
    } else {
      globals.set(row.key, row.cell);
    }
  }
}

// The parent's table wins, and the levels below it are shared with the parent.
void Coalescer::share_global_table(Table& target, std::string_view key, Cell& value, const std::string& prefix) {
  Cell* there = target.find(key);
  if (there && !there->is_table()) {
    return warn("Conflict: cannot merge map onto non-map for {}. Skipping.", quote(key));
  }
  Table* copy = tables_.make();
  for (Table::Row& row : tables_.open(value)->rows()) copy->set(row.key, take(row.cell, true));
  if (there) merge_tables(*copy, *tables_.open(*there), join_prefix(prefix, key), {.merge = true});
  target.set(key, copy);
}

Cell Coalescer::take(Cell& cell, bool kept) {
  if (kept && cell.is_table()) return tables_.open(cell);
  return cell;
}

void Coalescer::merge_tables(Table& target, Table& source, const std::string& prefix, Mode mode) {
  for (Table::Row& row : source.rows()) merge_cell(target, row, prefix, mode);
  if (!mode.kept) return;
  // Helm writes the nulls of the target into the source; who holds the source sees it.
  for (const Table::Row& row : target.rows()) {
    if (row.cell.is_null()) source.set(row.key, Cell());
  }
}

void Coalescer::merge_cell(Table& target, Table::Row& source, const std::string& prefix, Mode mode) {
  Cell* there = target.find(source.key);
  if (!there) {
    target.set(source.key, take(source.cell, mode.kept));
  } else if (there->is_null()) {
    // A null over a default deletes it; a null where the default is null, or in a merge, stays.
    if (!mode.merge && !source.cell.is_null()) {
      target.erase(source.key);
    } else if (mode.kept) {
      source.cell = Cell();
    }
  } else if (source.cell.is_table() && there->is_table()) {
    Table& into = *tables_.open(*there);
    merge_tables(into, *tables_.open(source.cell), join_prefix(prefix, source.key), mode);
  } else if (source.cell.is_table()) {
    warn("warning: cannot overwrite table with non table for {} ({})", join_prefix(prefix, source.key),
         go_text(freeze(source.cell)));
  } else if (there->is_table() && !source.cell.is_null()) {
    warn("warning: destination for {} is a table. Ignoring non-table value ({})", join_prefix(prefix, source.key),
         go_text(source.cell.frozen));
  }
}

}  // namespace taut::helm
