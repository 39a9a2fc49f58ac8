#include "helm/dependencies.hh"

#include <algorithm>
#include <set>

#include "base/semver.hh"
#include "base/strings.hh"
#include "helm/go_values.hh"

namespace taut::helm {

namespace {

bool is_compatible(const std::string& range, const std::string& version) {
  auto parsed = Version::parse(version);
  auto wanted = VersionRange::parse(range);
  return parsed && wanted && wanted->contains(*parsed);
}

bool answers(const ReleaseChart& chart, const Dependency& dependency) {
  return chart.name == dependency.name && is_compatible(dependency.version, chart.chart->metadata.version);
}

// The cell at a path with "." between its steps, all but the last tables; nullptr when there is none.
Cell* find_path(Tables& tables, Table& root, std::string_view path) {
  Table* table = &root;
  std::string_view step, rest;
  for (; cut(path, ".", step, rest); path = rest) {
    Cell* cell = table->find(step);
    if (!cell || !cell->is_table()) return nullptr;
    table = tables.open(*cell);
  }
  return table->find(path);
}

Table* find_table(Tables& tables, Table& root, std::string_view path) {
  Cell* cell = find_path(tables, root, path);
  return cell && cell->is_table() ? tables.open(*cell) : nullptr;
}

class Processor {
 public:
  Processor(Compat compat, std::vector<std::string>* warnings)
      : coalescer_(tables_, compat, warnings), warnings_(warnings) {}

  Status run(ReleaseChart& chart, const Value& values) {
    TAUT_TRY(choose(chart, *tables_.thaw(values), ""));
    adopt(chart);
    return import(chart);
  }

 private:
  // Decides which charts stay, level by level. The values are those of the whole release; `path` leads to the chart's.
  Status choose(ReleaseChart& chart, const Table& values, const std::string& path) {
    if (!chart.chart->metadata.lists_dependencies) return {};
    TAUT_TRY(name_charts(chart));
    for (Dependency& dependency : chart.dependencies) dependency.enabled = true;
    TAUT_ASSIGN(Table * all, coalescer_.coalesce(chart, values));
    follow_tags(chart.dependencies, *all);
    for (Dependency& dependency : chart.dependencies) follow_conditions(dependency, *all, path);
    std::set<std::string> disabled;
    for (const Dependency& dependency : chart.dependencies) {
      if (!dependency.enabled) disabled.insert(dependency.name);
    }
    std::erase_if(chart.charts, [&](const ReleaseChart& child) { return disabled.contains(child.name); });
    for (ReleaseChart& child : chart.charts) {
      TAUT_TRY(choose(child, *all, path + child.name + "."));
    }
    std::erase_if(chart.dependencies, [&](const Dependency& d) { return disabled.contains(d.name); });
    return {};
  }

  // Charts that no dependency names come first, then one for each dependency, under its alias.
  Status name_charts(ReleaseChart& chart) {
    std::deque<ReleaseChart> named;
    for (const ReleaseChart& child : chart.charts) {
      bool listed = std::any_of(chart.dependencies.begin(), chart.dependencies.end(),
                                [&](const Dependency& dependency) { return answers(child, dependency); });
      if (!listed) named.push_back(child);
    }
    for (Dependency& dependency : chart.dependencies) {
      auto found = std::find_if(chart.charts.begin(), chart.charts.end(),
                                [&](const ReleaseChart& child) { return answers(child, dependency); });
      if (found != chart.charts.end()) {
        charts_ += count_charts(*found);
        if (charts_ > kMostCharts) return fail(Code::kLimit, "the release has more than {} charts", kMostCharts);
        named.push_back(*found);
        if (!dependency.alias.empty()) named.back().name = dependency.alias;
      }
      if (!dependency.alias.empty()) dependency.name = dependency.alias;
    }
    chart.charts = std::move(named);
    return {};
  }

  static size_t count_charts(const ReleaseChart& chart) {
    size_t count = 1;
    for (const ReleaseChart& child : chart.charts) count += count_charts(child);
    return count;
  }

  void follow_tags(std::vector<Dependency>& dependencies, Table& values) {
    Cell* cell = values.find("tags");
    if (!cell || !cell->is_table()) return;
    const Table& tags = *tables_.open(*cell);
    for (Dependency& dependency : dependencies) {
      bool on = false, off = false;
      for (const std::string& tag : dependency.tags) {
        const Cell* found = tags.find(tag);
        if (!found) continue;
        if (found->frozen.is_bool()) {
          (found->frozen.as_bool() ? on : off) = true;
        } else {
          warn("returned non-bool value tag={} chart={}", tag, dependency.name);
        }
      }
      dependency.enabled = on || !off;
    }
  }

  // The first path that leads to a boolean decides.
  void follow_conditions(Dependency& dependency, Table& values, const std::string& prefix) {
    for (std::string_view path : split(trim(dependency.condition), ',')) {
      if (path.empty()) continue;
      const Cell* found = find_path(tables_, values, prefix + std::string(path));
      if (!found || found->is_table()) continue;
      if (found->frozen.is_bool()) {
        dependency.enabled = found->frozen.as_bool();
        return;
      }
      warn("returned non-bool value path={} chart={}", path, dependency.name);
    }
  }

  static void adopt(ReleaseChart& chart) {
    for (ReleaseChart& child : chart.charts) {
      child.parent = &chart;
      adopt(child);
    }
  }

  // Bottom up, so that what a child has imported can be imported from it.
  Status import(ReleaseChart& chart) {
    for (ReleaseChart& child : chart.charts) TAUT_TRY(import(child));
    if (chart.dependencies.empty()) return {};
    TAUT_ASSIGN(Table * own, coalescer_.merge(chart, *tables_.make()));
    Table* imported = tables_.make();
    for (Dependency& dependency : chart.dependencies) {
      for (Value& rule : dependency.import_values) import_one(dependency.name, rule, *own, *imported);
      std::erase_if(dependency.import_values, [](const Value& rule) { return !rule.is_map(); });
    }
    // The chart's own values rank above what it imports.
    Table* values = tables_.copy(*own);
    coalescer_.merge_tables(*values, *imported);
    chart.values = freeze(*values);
    return {};
  }

  // A rule is "name", for exports.name of the child, or names a child's and a parent's path. It becomes the latter, as
  // templates see it in .Chart.Dependencies.
  void import_one(const std::string& child_name, Value& rule, Table& own, Table& imported) {
    if (rule.is_string()) {
      rule = Value::map({{"child", "exports." + rule.str()}, {"parent", "."}});
    } else if (rule.is_map()) {
      rule = Value::map({{"child", go_text(rule["child"])}, {"parent", go_text(rule["parent"])}});
    } else {
      return;
    }
    Table* found = find_table(tables_, own, child_name + "." + rule["child"].str());
    if (!found) return warn("ImportValues missing table from chart chart={}", child_name);
    std::string_view parent = rule["parent"].as_string();
    if (parent != ".") {
      auto steps = split(parent, '.');
      for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        Table* above = tables_.make();
        above->set(*step, found);
        found = above;
      }
    }
    coalescer_.merge_tables(imported, *found);
  }

  template <class... Args>
  void warn(fmt::format_string<Args...> format, Args&&... args) {
    if (warnings_) warnings_->push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  // Few charts may stand for many: each that names the next under a hundred aliases.
  static constexpr size_t kMostCharts = 10'000;

  size_t charts_ = 0;
  Tables tables_;
  Coalescer coalescer_;
  std::vector<std::string>* warnings_;
};

}  // namespace

Status process_dependencies(ReleaseChart& chart, const Value& values, Compat compat,
                            std::vector<std::string>* warnings) {
  return Processor(compat, warnings).run(chart, values);
}

Status check_dependencies(const Chart& chart) {
  std::vector<std::string> missing;
  for (const Dependency& dependency : chart.metadata.dependencies) {
    bool there = std::any_of(chart.charts.begin(), chart.charts.end(),
                             [&](const ChartPtr& child) { return child->metadata.name == dependency.name; });
    if (!there) missing.push_back(dependency.name);
  }
  if (missing.empty()) return {};
  return fail(Code::kNotFound,
              "an error occurred while checking for chart dependencies. You may need to run `helm dependency build` "
              "to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: {}",
              join(missing, ", "));
}

}  // namespace taut::helm
