#include "helm/template_objects.hh"

#include <algorithm>

#include "helm/object_types.hh"

namespace taut::helm {

namespace {

using gotmpl::List;
using gotmpl::Map;
using GoValue = gotmpl::Value;

std::string join_clean(const std::string& folder, const std::string& name) { return folder + "/" + name; }

bool is_partial(std::string_view path) {
  size_t slash = path.rfind('/');
  return path.substr(slash == std::string_view::npos ? 0 : slash + 1).starts_with('_');
}

// Deepest first; in one depth, by name backwards.
void sort_as_run(std::vector<TemplateFile>& files) {
  std::vector<std::pair<std::ptrdiff_t, TemplateFile*>> order;
  for (TemplateFile& file : files) order.emplace_back(std::count(file.path.begin(), file.path.end(), '/'), &file);
  std::sort(order.begin(), order.end(),
            [](auto& a, auto& b) { return a.first != b.first ? a.first > b.first : a.second->path > b.second->path; });
  std::vector<TemplateFile> out;
  out.reserve(files.size());
  for (auto& [depth, file] : order) out.push_back(std::move(*file));
  files = std::move(out);
}

GoValue release_object(gotmpl::Heap& heap, const ReleaseInfo& release) {
  Map& map = heap.map(6);
  map.set("IsInstall", GoValue::boolean(!release.upgrade));
  map.set("IsUpgrade", GoValue::boolean(release.upgrade));
  map.set("Name", GoValue::text(release.name));
  map.set("Namespace", GoValue::text(release.name_space));
  map.set("Revision", GoValue::integer(release.revision));
  map.set("Service", GoValue::text("Helm"));
  return GoValue(&map);
}

GoValue capabilities_object(gotmpl::Heap& heap, const Capabilities& capabilities) {
  const KubeVersion& kube = capabilities.kube_version;
  auto& kube_object = heap.object(
      types::kKubeVersion, {GoValue::text(kube.version), GoValue::text(kube.normalized), GoValue::text(kube.major),
                            GoValue::text(kube.minor)});
  List& versions = heap.list(types::kVersionSet, capabilities.api_versions.size());
  for (const std::string& version : capabilities.api_versions) versions.push(GoValue::text(version));
  const GoValue none = GoValue::text("");
  auto& build = heap.object(types::kBuildInfo, {GoValue::text(capabilities.helm_version), none, none, none, none});
  return GoValue(&heap.object(types::kCapabilities, {GoValue(&kube_object), GoValue(&versions), GoValue(&build)}));
}

}  // namespace

TemplateObjects::TemplateObjects(gotmpl::Heap& heap, const ReleaseInfo& release, const Capabilities& capabilities,
                                 bool watched)
    : heap_(heap),
      release_(release_object(heap, release)),
      capabilities_(capabilities_object(heap, capabilities)),
      watched_(watched) {
  watch(release_, gotmpl::Watch::kConstantNode);
}

GoValue TemplateObjects::watch(GoValue node, uint32_t id) const {
  if (watched_ && node.is_map()) node.map().watch_id() = id;
  if (watched_ && node.is_list()) node.list().watch_id() = id;
  return node;
}

std::vector<TemplateFile> TemplateObjects::files(const ReleaseChart& root, Table& values) {
  found_.clear();
  context(root, &wrap(values));
  sort_as_run(found_);
  return std::move(found_);
}

GoValue TemplateObjects::wrap(const Cell& cell) {
  return cell.table ? GoValue(&wrap(*cell.table)) : watch(heap_.wrap(cell.frozen));
}

Map& TemplateObjects::wrap(const Table& table) {
  auto [it, fresh] = maps_.try_emplace(&table);
  if (!fresh) return *it->second;
  Map& map = heap_.map(table.size());
  it->second = &map;
  for (const Table::Row& row : table.rows()) map.set(heap_.copy(row.key), wrap(row.cell));
  watch(GoValue(&map));
  return map;
}

List& TemplateObjects::texts(const std::vector<std::string>& items) {
  List& list = heap_.list(items.size());
  for (const std::string& item : items) list.push(text(item));
  return list;
}

List& TemplateObjects::dependency_objects(const ReleaseChart& chart) {
  List& dependencies = heap_.list(chart.dependencies.size());
  for (const Dependency& d : chart.dependencies) {
    Map& row = heap_.map(8);
    List& imports = heap_.list(d.import_values.size());
    for (const Value& rule : d.import_values) imports.push(heap_.wrap(rule));
    row.set("Alias", text(d.alias));
    row.set("Condition", text(d.condition));
    row.set("Enabled", GoValue::boolean(d.enabled));
    row.set("ImportValues", GoValue(&imports));
    row.set("Name", text(d.name));
    row.set("Repository", text(d.repository));
    row.set("Tags", GoValue(&texts(d.tags)));
    row.set("Version", text(d.version));
    dependencies.push(GoValue(&row));
  }
  return dependencies;
}

List& TemplateObjects::maintainer_objects(const Metadata& m) {
  List& maintainers = heap_.list(m.maintainers.size());
  for (const Maintainer& person : m.maintainers) {
    Map& row = heap_.map(3);
    row.set("Email", text(person.email));
    row.set("Name", text(person.name));
    row.set("URL", text(person.url));
    maintainers.push(GoValue(&row));
  }
  return maintainers;
}

Map& TemplateObjects::chart_object(const ReleaseChart& chart) {
  const Metadata& m = chart.chart->metadata;
  Map& map = heap_.map(18);
  map.set("APIVersion", text(m.api_version));
  GoValue annotations = heap_.zero(gotmpl::types::kStringMap);
  for (const auto& [key, value] : m.annotations) annotations.map().set(key, text(value));
  map.set("Annotations", annotations);
  map.set("AppVersion", text(m.app_version));
  map.set("Condition", text(m.condition));
  map.set("Dependencies", GoValue(&dependency_objects(chart)));
  map.set("Deprecated", GoValue::boolean(m.deprecated));
  map.set("Description", text(m.description));
  map.set("Home", text(m.home));
  map.set("Icon", text(m.icon));
  map.set("IsRoot", GoValue::boolean(chart.is_root()));
  map.set("Keywords", GoValue(&texts(m.keywords)));
  map.set("KubeVersion", text(m.kube_version));
  map.set("Maintainers", GoValue(&maintainer_objects(m)));
  map.set("Name", text(chart.name));
  map.set("Sources", GoValue(&texts(m.sources)));
  map.set("Tags", text(m.tags));
  map.set("Type", text(m.type));
  map.set("Version", text(m.version));
  return map;
}

Map& TemplateObjects::files_object(const ReleaseChart& chart) {
  Map& map = heap_.map(types::kFiles, chart.chart->files.size());
  for (const ChartFile& file : chart.chart->files) map.set(file.name, GoValue::bytes(*file.text));
  return map;
}

Map& TemplateObjects::context(const ReleaseChart& chart, Map* values) {
  Map& map = heap_.map(8);
  Map& subcharts = heap_.map(chart.charts.size());
  map.set("Capabilities", capabilities_);
  map.set("Chart", watch(GoValue(&chart_object(chart)), gotmpl::Watch::kConstantNode));
  map.set("Files", watch(GoValue(&files_object(chart)), gotmpl::Watch::kConstantNode));
  map.set("Release", release_);
  map.set("Subcharts", watch(GoValue(&subcharts)));
  map.set("Values", watch((values ? values : &heap_.map())->name_type(types::kValues)));
  watch(GoValue(&map));
  for (const ReleaseChart& child : chart.charts) {
    GoValue own = values ? values->get(child.name) : GoValue();
    subcharts.set(child.name, GoValue(&context(child, own.is_map() ? &own.map() : nullptr)));
  }
  const std::string path = chart.full_path();
  for (const ChartFile& file : chart.chart->templates) {
    if (chart.chart->metadata.is_library() && !is_partial(file.name)) continue;
    found_.push_back({join_clean(path, file.name), path + "/templates", file.text, &map});
  }
  return map;
}

}  // namespace taut::helm
