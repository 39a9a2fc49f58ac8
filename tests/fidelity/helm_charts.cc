// The snippets of the helm part: charts of one template, and whole charts for values of subcharts, dependencies,
// schemas and built-in objects.
#include "base/strings.hh"
#include "groups.hh"
#include "helm/coalesce.hh"
#include "helm/dependencies.hh"
#include "helm/strvals.hh"
#include "helm/values_file.hh"
#include "helm_case.hh"
#include "tree/memory.hh"

namespace taut::fidelity {
namespace {

Result<helm::ChartPtr> load(const Value& c) {
  MemoryTreeBuilder files;
  for (const Entry& entry : c["files"].entries()) {
    // JSON cannot hold the byte 255 that one file has.
    TAUT_TRY(files.file(entry.key(), replace_all(entry.value.as_string(), "\uFFFD", "\xFF")));
  }
  return helm::load_chart(*files.build());
}

constexpr std::string_view kTemplate = "c/templates/t.txt";

// The chart that a snippet of one template stands for, with `files` as a snippet that is a whole chart has them.
Value with_chart(const Value& c, std::string_view standard_values) {
  Value out = c;
  bool standard = c["values_ref"].as_string() == "std";
  out.set("files", Value::map({
                       {"Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.2.3\nappVersion: \"4.5\"\ndescription: d\n"
                                      "keywords: [a, b]\n"},
                       {"templates/t.txt", c["template"]},
                       {"values.yaml", standard ? Value(standard_values) : Value(c["values"].as_string())},
                   }));
  return out;
}

// The recorded run called helm's packages one by one, as this does.
Result<std::map<std::string, std::string>> render(const Value& c, helm::Compat compat) {
  TAUT_ASSIGN(helm::ChartPtr chart, load(c));
  TAUT_ASSIGN(Value values, helm::read_values(c["user_values"].as_string()));
  for (const Value& argument : c["set"].items()) {
    TAUT_TRY(helm::apply_set(argument.as_string(), helm::SetMode::kTyped, values));
  }
  helm::RenderOptions options;
  options.compat = compat;
  options.capabilities = helm::default_capabilities(compat);
  TAUT_ASSIGN(options.capabilities.kube_version, helm::KubeVersion::parse("v1.35.0"));
  options.release.name = "rel";
  options.release.name_space = "testns";
  options.environment = real_environment();
  helm::ReleaseValues release;
  helm::make_release_chart(chart, nullptr, release.chart);
  TAUT_TRY(helm::process_dependencies(release.chart, values, compat, nullptr));
  helm::RenderCache cache;
  TAUT_TRY(helm::compute_values(values, options, release, cache, nullptr));
  return helm::render_templates(release, options, cache);
}

std::string computed(const Value& c, helm::Compat compat) {
  auto files = render(c, compat);
  if (!files) return "error " + files.error().message();
  std::string out;
  for (const auto& [path, text] : *files) {
    if (!trim(text).empty()) out += fmt::format("--- {}\n{}\n", path, text);
  }
  return out;
}

std::string wanted(const Value& c) {
  return c["error"].is_null() ? c["expected"].str() : "error " + c["error"].str();
}

Status run_group(const Corpus& corpus, const std::string& file, std::string_view group, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  std::map<std::string, Value> newer;
  if (corpus.has("helm/snippets-4.2.4.jsonl")) {
    TAUT_ASSIGN(auto rows, corpus.cases("helm/snippets-4.2.4.jsonl"));
    for (const Value& row : rows) newer.emplace(row["id"].str(), row);
  }
  for (const Value& c : cases) {
    if (c["group"].as_string() != group || !c.contains("files")) continue;
    const std::string id = c["id"].str();
    report.expect(id, wanted(c), computed(c, helm::Compat::kHelm41));
    auto it = newer.find(id);
    report.expect(id + " (4.2)", wanted(it == newer.end() ? c : it->second), computed(c, helm::Compat::kHelm42));
  }
  return {};
}

std::string computed_template(const Value& c) {
  auto files = render(c, helm::Compat::kHelm41);
  if (!files) return "error " + files.error().message();
  auto found = files->find(std::string(kTemplate));
  return found == files->end() ? "" : found->second;
}

}  // namespace

Status helm_templates(std::string_view group, const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  TAUT_ASSIGN(auto standard, corpus.text("helm/snippets.std-values.yaml"));
  for (const Value& c : cases) {
    if (c["group"].as_string() != group || !c.contains("template")) continue;
    report.expect(c["id"].as_string(), wanted(c), computed_template(with_chart(c, standard)));
  }
  return {};
}

Status helm_builtin(const Corpus& corpus, const std::string& file, Report& report) {
  return run_group(corpus, file, "builtin", report);
}
Status helm_coalesce(const Corpus& corpus, const std::string& file, Report& report) {
  return run_group(corpus, file, "coalesce", report);
}
Status helm_deps(const Corpus& corpus, const std::string& file, Report& report) {
  return run_group(corpus, file, "deps", report);
}
Status helm_schema(const Corpus& corpus, const std::string& file, Report& report) {
  return run_group(corpus, file, "schema", report);
}

}  // namespace taut::fidelity
