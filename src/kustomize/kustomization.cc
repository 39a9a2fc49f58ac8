#include "kustomize/kustomization.hh"

#include <array>

#include "base/strings.hh"
#include "kustomize/kustomize_yaml.hh"
#include "kustomize/types.hh"
#include "tree/path.hh"

namespace taut::kustomize {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"kustomization.yaml", "kustomization.yml", "Kustomization"};

struct Deprecated {
  std::string_view field, instead, prefix;
};
constexpr Deprecated kDeprecated[] = {
    {"bases", "resources", ""},          {"commonLabels", "labels", ""},
    {"imageTags", "images", ""},         {"patchesJson6902", "patches", ""},
    {"patchesStrategicMerge", "patches", ""}, {"vars", "replacements", "[EXPERIMENTAL] "},
};

void warn_of_deprecated(const Value& fields, const Warn& warn) {
  for (const Deprecated& row : kDeprecated) {
    if (!fields.contains(row.field)) continue;
    warn(fmt::format("# Warning: '{}' is deprecated. Please use '{}' instead. {}Run 'kustomize edit fix' to update your "
                     "Kustomization automatically.",
                     row.field, row.instead, row.prefix));
  }
}

void append_list(Value& fields, std::string_view from, std::string_view to) {
  Value items = fields[from];
  fields.erase(from);
  if (items.empty()) return;
  Value& list = fields.edit(to);
  for (const Value& item : items.items()) list.push_back(item);
}

void move_env(Value& fields, std::string_view generator) {
  for (size_t i = 0; i < fields[generator].size(); ++i) {
    Value env = fields[generator][i]["env"];
    if (env.empty()) continue;
    Value& args = fields.edit(generator).edit(i);
    args.edit("envs").push_back(env);
    args.erase("env");
  }
}

// helmChartInflationGenerator to helmCharts and helmGlobals.
void move_helm(Value& fields) {
  Value old = fields["helmChartInflationGenerator"];
  fields.erase("helmChartInflationGenerator");
  constexpr std::pair<std::string_view, std::string_view> kFields[] = {
      {"chartName", "name"},           {"chartVersion", "version"},   {"chartRepoUrl", "repo"}, {"values", "valuesFile"},
      {"valuesLocal", "valuesInline"}, {"valuesMerge", "valuesMerge"}, {"releaseName", "releaseName"}};
  Value globals = Value::map();
  for (const Value& args : old.items()) {
    Value chart = Value::map();
    for (auto [from, to] : kFields)
      if (const Value* value = args.find(from)) chart.set(to, *value);
    fields.edit("helmCharts").push_back(std::move(chart));
    if (!args["helmHome"].empty()) globals.set("configHome", args["helmHome"]);
    if (!args["chartHome"].empty()) globals.set("chartHome", args["chartHome"]);
  }
  if (!globals.empty() && !fields.contains("helmGlobals")) fields.set("helmGlobals", std::move(globals));
}

void fix(Value& fields) {
  if (fields["kind"].empty()) fields.set("kind", "Kustomization");
  bool component = fields["kind"].as_string() == "Component";
  if (fields["apiVersion"].empty())
    fields.set("apiVersion", component ? "kustomize.config.k8s.io/v1alpha1" : "kustomize.config.k8s.io/v1beta1");
  append_list(fields, "bases", "resources");
  append_list(fields, "imageTags", "images");
  move_env(fields, "configMapGenerator");
  move_env(fields, "secretGenerator");
  move_helm(fields);
}

bool is_empty(const Value& fields) {
  for (const Entry& entry : fields.entries()) {
    bool type = entry.key() == "kind" || entry.key() == "apiVersion";
    bool zero = entry.value.is_string() && entry.value.empty();
    if (!type && !zero) return false;
  }
  return true;
}

Status check(const Value& fields, const std::string& folder) {
  if (is_empty(fields)) return fail(Code::kInvalid, "kustomization.yaml is empty");
  std::string_view kind = fields["kind"].as_string();
  std::vector<std::string> problems;
  if (kind != "Kustomization" && kind != "Component") problems.push_back("kind should be Kustomization or Component");
  std::string_view version =
      kind == "Component" ? "kustomize.config.k8s.io/v1alpha1" : "kustomize.config.k8s.io/v1beta1";
  if (fields["apiVersion"].as_string() != version)
    problems.push_back(fmt::format("apiVersion for {} should be {}", kind, version));
  if (problems.empty()) return {};
  return fail(Code::kInvalid, "Failed to read kustomization file under {}:\n{}", folder, join(problems, "\n"));
}

}  // namespace

Result<Kustomization> parse_kustomization(std::string_view text, std::string file_name, const std::string& folder, const Warn& warn) {
  Kustomization out;
  out.file_name = std::move(file_name);
  auto refuse = [&](const Error& error) {
    Position position = error.position();
    position.file = join_path(folder, out.file_name);
    return fail(Error(error.code(), "invalid Kustomization: " + error.message()).at(std::move(position)));
  };
  auto json = yaml_to_json(text);
  if (!json) return refuse(json.error());
  auto fields = go_decode(*json, types::kKustomization);
  if (!fields) return refuse(fields.error());
  out.fields = std::move(*fields);
  warn_of_deprecated(out.fields, warn);
  fix(out.fields);
  if (Status checked = check(out.fields, folder); !checked)
    return fail(std::move(checked).error().at({join_path(folder, out.file_name), 0, 0, ""}));
  return out;
}

Result<Kustomization> load_kustomization(const Loader& loader, const Warn& warn) {
  FileText text;
  std::string name;
  for (std::string_view candidate : kNames) {
    auto loaded = loader.load(candidate);
    if (!loaded) continue;
    if (text)
      return fail(Code::kInvalid, "Found multiple kustomization files under: {}\n", loader.shown());
    text = std::move(*loaded);
    name = candidate;
  }
  if (!text)
    return fail(Code::kNotFound,
                "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '{}'",
                loader.shown());
  return parse_kustomization(*text, std::move(name), loader.shown(), warn);
}

}  // namespace taut::kustomize
