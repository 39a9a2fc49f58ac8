#include "render/helm_why_values.hh"

#include <algorithm>

#include "base/strings.hh"
#include "kustomize/why_field.hh"
#include "tree/path.hh"
#include "value/json.hh"
#include "value/pointer.hh"
#include "yaml/reader.hh"

namespace taut::render {
namespace {

using Path = std::vector<std::string>;

// The value in a text of YAML, with its line.
std::optional<ValueSource> in_text(std::string_view text, const Path& path) {
  auto documents = parse_yaml(text, {.reject_duplicate_keys = false});
  if (!documents) return std::nullopt;
  std::string pointer = make_pointer(path);
  for (auto document = documents->rbegin(); document != documents->rend(); ++document)
    if (const Value* found = find_pointer(document->root, pointer))
      return ValueSource{.what = "", .file = "", .line = document->key_place(pointer).line, .text = "", .value = *found};
  return std::nullopt;
}

std::string shown(const Path& path) { return ".Values" + kustomize::field_text(path); }

}  // namespace

void ValueFinder::add_set(const std::vector<std::string>& arguments, helm::SetMode mode, std::string_view flag, const Path& path,
                          std::vector<ValueSource>& out) const {
  for (auto argument = arguments.rbegin(); argument != arguments.rend(); ++argument) {
    Value alone = Value::map();
    if (mode == helm::SetMode::kJson && trim(*argument).starts_with('{')) {
      if (auto document = parse_json(trim(*argument))) alone = *document;
    } else if (!helm::apply_set(*argument, mode, alone, read_file_)) {
      continue;
    }
    if (const Value* found = find_pointer(alone, make_pointer(path)))
      out.push_back({std::string(flag), "", 0, *argument, *found});
  }
}

// The flags and files of the user, those that win first.
void ValueFinder::add_given(const Path& path, std::vector<ValueSource>& out) const {
  add_set(sources_.literals, helm::SetMode::kLiteral, "--set-literal", path, out);
  add_set(sources_.set_files, helm::SetMode::kFile, "--set-file", path, out);
  add_set(sources_.strings, helm::SetMode::kString, "--set-string", path, out);
  add_set(sources_.typed, helm::SetMode::kTyped, "--set", path, out);
  add_set(sources_.json, helm::SetMode::kJson, "--set-json", path, out);
  for (auto file = sources_.files.rbegin(); file != sources_.files.rend(); ++file) {
    auto found = in_text(file->text, path);
    if (!found) continue;
    found->what = "values file";
    found->file = file->name;
    out.push_back(std::move(*found));
  }
}

// The values.yaml of the charts on the way down, outermost first.
void ValueFinder::add_defaults(const Path& path, std::vector<ValueSource>& out) const {
  const helm::ReleaseChart* chart = &root_;
  Path rest = path;
  std::string folder;
  while (chart != nullptr) {
    for (const helm::ChartFile& file : chart->chart->raw) {
      if (file.name != "values.yaml") continue;
      if (auto found = in_text(*file.text, rest)) {
        found->what = fmt::format("default of {}", chart->name);
        found->file = join_path(folder, "values.yaml");
        out.push_back(std::move(*found));
      }
    }
    if (rest.empty()) return;
    auto child = std::ranges::find(chart->charts, rest[0], &helm::ReleaseChart::name);
    if (child == chart->charts.end()) return;
    chart = &*child;
    folder = join_path(folder, "charts/" + chart->chart->metadata.name);
    rest.erase(rest.begin());
  }
}

std::vector<ValueSource> ValueFinder::sources_of(const Path& path) const {
  std::vector<ValueSource> out;
  add_given(path, out);
  add_defaults(path, out);
  // `global` of a subchart is filled from that of its parents, which ranks above its own.
  auto global = std::ranges::find(path, "global");
  const helm::ReleaseChart* chart = &root_;
  size_t depth = 0;
  for (; depth < path.size(); ++depth) {
    auto child = std::ranges::find(chart->charts, path[depth], &helm::ReleaseChart::name);
    if (child == chart->charts.end()) break;
    chart = &*child;
  }
  if (depth > 0 && global == path.begin() + static_cast<ptrdiff_t>(depth) && global != path.end()) {
    Path above(path.begin(), path.begin() + static_cast<ptrdiff_t>(depth) - 1);
    above.insert(above.end(), global, path.end());
    std::vector<ValueSource> inherited = sources_of(above);
    inherited.insert(inherited.end(), out.begin(), out.end());
    return inherited;
  }
  return out;
}

ValueUse ValueFinder::of_chart(const helm::ValueRead& read) const {
  std::string field = read.path.empty() ? "" : read.path.back();
  ValueUse out{fmt::format(".{}.{}", read.object, field), std::nullopt, {}};
  if (read.object == "Release") {
    if (field == "Name") out.value = release_.name;
    if (field == "Namespace") out.value = release_.name_space;
    return out;
  }
  // "root/charts/a/charts/b"
  const helm::ReleaseChart* chart = &root_;
  std::string folder;
  std::string_view rest = read.chart, before, after;
  while (cut(rest, "/charts/", before, after)) {
    std::string_view name = after.substr(0, after.find('/'));
    auto child = std::ranges::find(chart->charts, name, &helm::ReleaseChart::name);
    if (child == chart->charts.end()) return out;
    chart = &*child;
    folder = join_path(folder, "charts/" + chart->chart->metadata.name);
    rest = after;
  }
  if (field == "Name") out.value = chart->name;
  if (field.empty()) return out;
  std::string key = field;
  key[0] = static_cast<char>(key[0] | 32);
  for (const helm::ChartFile& file : chart->chart->raw) {
    if (file.name != "Chart.yaml") continue;
    if (auto found = in_text(*file.text, {key})) {
      found->what = "Chart.yaml";
      found->file = join_path(folder, "Chart.yaml");
      out.value = found->value;
      out.sources.push_back(std::move(*found));
    }
  }
  return out;
}

ValueUse ValueFinder::use(const helm::ValueRead& read, const Path& field) const {
  if (read.object != "Values") return of_chart(read);
  Path path = read.path;
  const Value* value = find_pointer(values_, make_pointer(path));
  // "resources" of the values as a whole became the object's: the longest tail of the field that it has.
  if (value != nullptr && (value->is_map() || value->is_list())) {
    for (size_t from = 0; from < field.size(); ++from) {
      Path tail(field.begin() + static_cast<ptrdiff_t>(from), field.end());
      const Value* inner = find_pointer(*value, make_pointer(tail));
      if (inner == nullptr) continue;
      path.insert(path.end(), tail.begin(), tail.end());
      value = inner;
      break;
    }
  }
  ValueUse out{shown(path), std::nullopt, {}};
  if (value == nullptr) return out;
  out.value = *value;
  out.sources = sources_of(path);
  return out;
}

}  // namespace taut::render
