#include "helm/lint.hh"

#include <algorithm>
#include <set>

#include "base/strings.hh"
#include "helm/dependencies.hh"
#include "helm/go_values.hh"
#include "helm/schema_check.hh"
#include "helm/typed_reader.hh"
#include "tree/path.hh"

namespace taut::helm {
namespace {

using Messages = std::vector<LintMessage>;

// Those of `under` where `over` says nothing; a null of `over` takes a value away.
Value coalesced(const Value& over, const Value& under) {
  Value out = over;
  for (const Entry& entry : under.entries()) {
    const Value* own = over.find(entry.key());
    if (own == nullptr) {
      out.set(entry.key(), entry.value);
    } else if (own->is_null()) {
      out.erase(entry.key());
    } else if (own->is_map() && entry.value.is_map()) {
      out.set(entry.key(), coalesced(*own, entry.value));
    }
  }
  return out;
}

// values.yaml as the linter reads it: its first document alone.
Result<Value> read_one(std::string_view text) {
  TAUT_ASSIGN(Value document, read_yaml(text));
  TypedReader reader("");
  reader.map(document, "common.Values");
  TAUT_TRY(reader.status());
  return with_float_numbers(document);
}

void lint_values(const Tree& chart, const Value& given, bool skip_schema, Messages& out) {
  constexpr std::string_view kFile = "values.yaml";
  auto text = chart.read(kFile);
  if (!text) {
    out.push_back({Severity::kInfo, std::string(kFile), "file does not exist"});
    return;
  }
  auto values = read_one(**text);
  if (!values) {
    out.push_back({Severity::kError, std::string(kFile), "unable to parse YAML: " + values.error().message()});
    return;
  }
  auto schema = chart.read("values.schema.json");
  if (!schema || (*schema)->empty() || skip_schema) return;
  RenderCache cache;
  std::string problem = schema_problem(**schema, coalesced(given, *values), cache);
  if (!problem.empty()) out.push_back({Severity::kError, std::string(kFile), problem});
}

std::string_view extension_of(std::string_view path) {
  std::string_view name = base_name(path);
  size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot);
}

void lint_template_files(const Chart& chart, const std::map<std::string, std::string>& rendered, const KubeVersion& version,
                         Messages& out) {
  for (const ChartFile& file : chart.templates) {
    std::string_view extension = extension_of(file.name);
    if (extension != ".yaml" && extension != ".yml" && extension != ".tpl" && extension != ".txt")
      out.push_back({Severity::kError, file.name,
                     fmt::format("file extension '{}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt", extension)});
    std::string lower = to_lower(extension);
    if (lower != ".yaml" && lower != ".yml") continue;
    auto text = rendered.find(join_path(chart.metadata.name, file.name));
    if (text == rendered.end() || trim(text->second).empty()) continue;
    if (!lint_rendered(file.name, text->second, version, out)) return;
  }
}

void lint_templates(const Tree& tree, const Value& values, const LintOptions& options, Messages& out) {
  const std::string folder = "templates/";
  auto entry = tree.stat("templates");
  if (!entry) {
    out.push_back({Severity::kWarning, folder, "directory does not exist"});
    return;
  }
  if (!tree.list("templates")) {
    out.push_back({Severity::kError, folder, "not a directory"});
    return;
  }
  auto chart = load_v2_chart(tree);
  if (!chart) {
    out.push_back({Severity::kError, folder, chart.error().message()});
    return;
  }
  RenderOptions render = options.render;
  render.release.name = "test-release";
  render.environment.lint = true;
  RenderCache cache;
  ReleaseValues release;
  make_release_chart(*chart, nullptr, release.chart);
  if (!process_dependencies(release.chart, values, render.compat, nullptr)) return;
  // As helm does here, twice: what a null takes away the first time has its default again.
  RenderOptions unchecked = render;
  unchecked.skip_schema = true;
  Status status = compute_values(values, unchecked, release, cache, nullptr);
  if (status) status = compute_values(freeze(*release.values), render, release, cache, nullptr);
  auto rendered = status ? render_templates(release, render, cache) : Result<std::map<std::string, std::string>>(fail(status.error()));
  if (!rendered) {
    out.push_back({Severity::kError, folder, rendered.error().message()});
    return;
  }
  lint_template_files(**chart, *rendered, render.capabilities.kube_version, out);
}

// The names of `asked` that `there` does not hold.
template <class Asked, class There, class Name, class Other>
std::vector<std::string> missing_names(const Asked& asked, const There& there, Name name, Other other) {
  std::vector<std::string> out;
  for (const auto& one : asked)
    if (std::ranges::none_of(there, [&](const auto& two) { return other(two) == name(one); })) out.push_back(name(one));
  return out;
}

void lint_dependencies(const Tree& tree, const std::string& folder, Messages& out) {
  auto chart = load_v2_chart(tree);
  if (!chart) {
    out.push_back({Severity::kError, "", "unable to load chart\n\t" + chart.error().message()});
    return;
  }
  auto of_chart = [](const ChartPtr& one) { return one->metadata.name; };
  auto of_row = [](const Dependency& one) { return one.name; };
  const auto& rows = (*chart)->metadata.dependencies;
  if (auto names = missing_names((*chart)->charts, rows, of_chart, of_row); !names.empty())
    out.push_back({Severity::kError, folder, "chart metadata is missing these dependencies: " + join(names, ",")});
  std::set<std::string> seen;
  std::vector<std::string> twice;
  for (const Dependency& row : rows) {
    const std::string& key = row.alias.empty() ? row.name : row.alias;
    if (!seen.insert(key).second) twice.push_back(key);
  }
  if (!twice.empty()) out.push_back({Severity::kError, folder, "multiple dependencies with name or alias: " + join(twice, ",")});
  if (auto names = missing_names(rows, (*chart)->charts, of_row, of_chart); !names.empty())
    out.push_back({Severity::kWarning, folder, "chart directory is missing these dependencies: " + join(names, ",")});
}

bool lint_crds_of(const Chart& chart, Messages& out) {
  for (const ChartFile& file : chart.files)
    if (is_crd_file(file) && !lint_crd(file.name, *file.text, out)) return false;
  return std::ranges::all_of(chart.charts, [&](const ChartPtr& child) { return lint_crds_of(*child, out); });
}

void lint_crds(const Tree& tree, Messages& out) {
  if (!tree.stat("crds")) return;
  if (!tree.list("crds")) {
    out.push_back({Severity::kError, "crds/", "not a directory"});
    return;
  }
  auto chart = load_v2_chart(tree);
  if (!chart) {
    out.push_back({Severity::kError, "crds/", chart.error().message()});
    return;
  }
  lint_crds_of(**chart, out);
}

}  // namespace

std::string LintMessage::to_string() const {
  constexpr std::string_view kNames[] = {"INFO", "WARNING", "ERROR"};
  return fmt::format("[{}] {}: {}", kNames[static_cast<size_t>(severity)], path, text);
}

std::vector<LintMessage> lint_chart(const Tree& chart, const Value& values, const LintOptions& options) {
  Messages out;
  lint_chart_file(chart, out);
  lint_values(chart, values, options.render.skip_schema, out);
  lint_templates(chart, values, options, out);
  lint_dependencies(chart, options.folder, out);
  lint_crds(chart, out);
  return out;
}

}  // namespace taut::helm
