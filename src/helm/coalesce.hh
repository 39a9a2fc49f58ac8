// The values of a release: those of the user over the defaults of each chart of the tree. As helm 4's
// pkg/chart/common/util/coalesce.go, whose order of reading and writing shared maps is part of the result.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "helm/compat.hh"
#include "helm/release_chart.hh"
#include "helm/table.hh"

namespace taut::helm {

class Coalescer {
 public:
  // Both must outlive it. Warnings are helm's lines: "warning: cannot overwrite table with non table for ...".
  Coalescer(Tables& tables, Compat compat, std::vector<std::string>* warnings)
      : tables_(tables), compat_(compat), warnings_(warnings) {}

  // A new table with the values; `values` stays as it is. Nulls delete defaults. kInvalid "type mismatch on x: ...".
  Result<Table*> coalesce(ReleaseChart& chart, const Table& values);
  // The same with nulls kept, for use before a later coalesce.
  Result<Table*> merge(ReleaseChart& chart, const Table& values);
  // Merges `source` under `target`, keeping nulls. May change both.
  void merge_tables(Table& target, Table& source);

 private:
  // `kept`: the source stays in use afterwards, so that what is taken from it is shared and not moved.
  struct Mode {
    bool merge = false;
    bool kept = false;
  };
  Status run(ReleaseChart& chart, Table& values, const std::string& prefix, bool merge);
  void add_defaults(const ReleaseChart& chart, Table& values, const std::string& prefix, bool merge);
  void add_default(const ReleaseChart& chart, std::string_view key, const Value& value, Table& values,
                   const std::string& prefix, bool merge);
  void share_globals(Table& target, Table& source, const std::string& prefix);
  void share_global_table(Table& target, std::string_view key, Cell& value, const std::string& prefix);
  void merge_tables(Table& target, Table& source, const std::string& prefix, Mode mode);
  void merge_cell(Table& target, Table::Row& source, const std::string& prefix, Mode mode);
  Cell take(Cell& cell, bool kept);
  template <class... Args>
  void warn(fmt::format_string<Args...> format, Args&&... args) {
    if (warnings_) warnings_->push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  Tables& tables_;
  Compat compat_;
  std::vector<std::string>* warnings_;
};

// The value without nulls in maps, however deep.
Value without_nulls(const Value& value);

}  // namespace taut::helm
