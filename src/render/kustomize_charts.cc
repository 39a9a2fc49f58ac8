#include "render/kustomize_charts.hh"

#include "helm/render.hh"
#include "helm/values_sources.hh"
#include "kustomize/merge.hh"
#include "tree/path.hh"
#include "tree/views.hh"
#include "yaml/reader.hh"
#include "yaml/spelling.hh"
#include "yaml/writer.hh"

namespace taut::render {
namespace {

using kustomize::HelmRequest;

Result<std::string> chart_folder(const HelmRequest& request) {
  const Value& chart = request.chart;
  std::string home = chart["chartHome"].empty() ? "charts" : chart["chartHome"].str();
  if (home.starts_with('/')) return fail(Code::kForbidden, "helmGlobals.chartHome '{}' is absolute", home);
  std::string folder = kustomize::join_clean(request.loader.folder(), home);
  bool pulled = !chart["version"].empty() && !chart["repo"].empty();
  std::string versioned =
      pulled ? join_path(folder, fmt::format("{}-{}", chart["name"].as_string(), chart["version"].as_string())) : folder;
  return join_path(versioned, chart["name"].as_string());
}

struct Loaded {
  helm::ChartPtr chart;
  TreePtr pulled;  // its files, when it did not lie in the folder
};

Result<Loaded> pull_chart(const Value& chart, RemoteCharts& charts) {
  std::string repository = chart["repo"].str(), name = chart["name"].str();
  TAUT_ASSIGN(std::string version, charts.resolve(repository, name, chart["version"].empty() ? "*" : chart["version"].str()));
  Loaded out;
  TAUT_ASSIGN(out.pulled, charts.tree(repository, name, version));
  TAUT_ASSIGN(out.chart, helm::load_chart(*out.pulled));
  return out;
}

Result<Loaded> load_chart(const HelmRequest& request, const std::string& folder, RemoteCharts* charts) {
  kustomize::Files& files = request.loader.files();
  auto found = files.resolve(folder, files.shown(folder));
  if (found && found->folder) {
    TreePtr all(TreePtr(), &files.tree());  // does not own it
    TAUT_ASSIGN(TreePtr tree, sub_tree(all, found->path));
    Loaded out;
    TAUT_ASSIGN(out.chart, helm::load_chart(*tree));
    return out;
  }
  if (request.chart["repo"].empty())
    return fail(Code::kNotFound, "no repo specified for pull, no chart found at '{}'", files.shown(folder));
  if (charts != nullptr) {
    auto pulled = pull_chart(request.chart, *charts);
    if (pulled) return pulled;
    return fail(Error(pulled.error()).with_message(fmt::format("unable to pull chart '{}' from '{}': {}", request.chart["name"].as_string(),
                                                               request.chart["repo"].as_string(), pulled.error().message())));
  }
  return fail(Error(Code::kUnsupported, fmt::format("chart '{}' is not in '{}', and charts are not pulled while rendering",
                                                    request.chart["name"].as_string(), files.shown(folder)))
                  .with_hint("keep the chart there: helm pull --untar --untardir"));
}

// The values file with valuesInline over it, under it, or not at all.
Result<std::string> first_values(const HelmRequest& request, const std::string& folder, const TreePtr& pulled) {
  const Value& chart = request.chart;
  const Value& given = chart["valuesInline"];
  std::string_view merge = chart["valuesMerge"].as_string("override");
  if (!given.empty() && merge == "replace") return to_yaml(given);
  FileText text;
  if (!chart["valuesFile"].empty()) {
    TAUT_ASSIGN(text, request.loader.load(chart["valuesFile"].as_string()));
  } else if (pulled) {
    TAUT_ASSIGN(text, pulled->read("values.yaml"));
  } else {
    TAUT_ASSIGN(text, request.loader.load("/" + join_path(folder, "values.yaml")));
  }
  if (given.empty()) return *text;
  TAUT_ASSIGN(Document file, parse_yaml_document(*text, {.schema = Schema::kGoV3, .keep_spelling = true}));
  bool under = merge == "merge";
  TAUT_ASSIGN(Value merged, kustomize::strategic_merge(under ? given : file.root, under ? file.root : given, {}));
  TAUT_TRY(yaml::settle(merged));
  return to_yaml(merged);
}

Result<Value> values_of(const HelmRequest& request, const std::string& folder, const TreePtr& pulled) {
  helm::ValueSources sources;
  TAUT_ASSIGN(std::string first, first_values(request, folder, pulled));
  sources.files.push_back({"values.yaml", std::move(first)});
  for (const Value& file : request.chart["additionalValuesFiles"].items()) {
    TAUT_ASSIGN(FileText text, request.loader.load(file.as_string()));
    sources.files.push_back({file.str(), *text});
  }
  return helm::merge_value_sources(sources, [](std::string_view path) -> Result<std::string> {
    return fail(Code::kUnsupported, "{}: no file is read for a value", path);
  });
}

Result<std::string> render_chart(const HelmRequest& request, const gotmpl::Environment& environment,
                                 helm::RenderCache& cache, RemoteCharts* charts) {
  const Value& chart = request.chart;
  if (!chart["nameTemplate"].empty())
    return fail(Code::kUnsupported, "helmCharts: nameTemplate is not supported; use releaseName");
  TAUT_ASSIGN(std::string folder, chart_folder(request));
  TAUT_ASSIGN(Loaded loaded, load_chart(request, folder, charts));
  TAUT_ASSIGN(Value values, values_of(request, folder, loaded.pulled));
  helm::RenderOptions options;
  options.environment = environment;
  if (!chart["releaseName"].empty()) options.release.name = chart["releaseName"].str();
  if (!chart["namespace"].empty()) options.release.name_space = chart["namespace"].str();
  if (!chart["kubeVersion"].empty()) {
    TAUT_ASSIGN(options.capabilities.kube_version, helm::KubeVersion::parse(chart["kubeVersion"].as_string()));
  }
  for (const Value& version : chart["apiVersions"].items())
    options.capabilities.api_versions.push_back(version.str());
  TAUT_ASSIGN(auto rendering, helm::render_release(loaded.chart, values, options, cache));
  return helm::print_rendering(rendering,
                               {.include_crds = chart["includeCRDs"].as_bool(),
                                .skip_tests = chart["skipTests"].as_bool(),
                                .no_hooks = chart["skipHooks"].as_bool()},
                               options.compat);
}

}  // namespace

kustomize::RenderHelm chart_renderer(gotmpl::Environment environment, RemoteCharts* charts) {
  auto cache = std::make_shared<helm::RenderCache>();
  return [environment = std::move(environment), cache, charts](const HelmRequest& request) {
    return render_chart(request, environment, *cache, charts);
  };
}

}  // namespace taut::render
