#include "helm/trace.hh"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "base/strings.hh"

namespace taut::helm {
namespace {

// Maps are told by what they are: one that is reached on several ways has the shortest path.
class Places {
 public:
  void add_values(const gotmpl::Map& values, std::vector<std::string> path) {
    std::deque<std::pair<gotmpl::Value, std::vector<std::string>>> left{{gotmpl::Value(const_cast<gotmpl::Map*>(&values)), std::move(path)}};
    for (; !left.empty(); left.pop_front()) {
      auto& [value, at] = left.front();
      if (value.is_list()) {
        for (size_t i = 0; i < value.list().size(); ++i) follow(value.list().at(i), at, std::to_string(i), left);
      } else if (known_.try_emplace(&value.map(), ValueRead{"Values", "", at}).second) {
        for (size_t i = 0; i < value.map().size(); ++i) follow(value.map().value(i), at, std::string(value.map().key(i)), left);
      }
    }
  }
  void add(const gotmpl::Map& map, ValueRead place) { known_.try_emplace(&map, std::move(place)); }

  ValueRead find(const gotmpl::Read& read) const {
    auto found = known_.find(read.map);
    if (found == known_.end()) return {};
    ValueRead out = found->second;
    out.path.emplace_back(read.key);
    return out;
  }

 private:
  template <class Left>
  static void follow(gotmpl::Value child, const std::vector<std::string>& at, std::string step, Left& left) {
    if (!child.is_list() && !child.is_map()) return;
    std::vector<std::string> path = at;
    path.push_back(std::move(step));
    left.emplace_back(child, std::move(path));
  }

  std::unordered_map<const gotmpl::Map*, ValueRead> known_;
};

// "root/charts/a/charts/b/templates" gives "root/charts/a/charts/b".
std::string chart_of(const TemplateFile& file) { return file.base_path.substr(0, file.base_path.rfind('/')); }

// "root/charts/a/charts/b" gives {"a", "b"}.
std::vector<std::string> names_below(std::string_view chart) {
  std::vector<std::string> out;
  std::string_view name, rest;
  for (cut(chart, "/charts/", name, rest); !rest.empty();) {
    std::string_view left = rest;
    if (!cut(left, "/charts/", name, rest)) name = left, rest = {};
    out.emplace_back(name);
  }
  return out;
}

}  // namespace

std::vector<ValueRead> resolve_reads(const std::vector<gotmpl::Read>& reads, const std::vector<TemplateFile>& files) {
  Places places;
  // Paths from the root before those from a subchart.
  std::vector<const TemplateFile*> sorted;
  for (const TemplateFile& file : files) sorted.push_back(&file);
  std::ranges::stable_sort(sorted, {}, [](const TemplateFile* file) { return file->base_path.size(); });
  for (const TemplateFile* file : sorted) {
    const std::string chart = chart_of(*file);
    if (auto values = file->context->get("Values"); values.is_map()) places.add_values(values.map(), names_below(chart));
    for (std::string_view object : {"Chart", "Release"})
      if (auto map = file->context->get(object); map.is_map()) places.add(map.map(), {std::string(object), chart, {}});
  }
  std::vector<ValueRead> out;
  out.reserve(reads.size());
  for (const gotmpl::Read& read : reads) out.push_back(places.find(read));
  return out;
}

}  // namespace taut::helm
