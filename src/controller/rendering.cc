#include "controller/rendering.hh"

#include <set>

namespace taut::controller {

RenderFacts render_facts(const Discovery& discovery) {
  std::set<std::string> versions;
  for (const ApiResource& resource : discovery.resources) {
    versions.insert(resource.gvk.api_version());
    versions.insert(resource.gvk.api_version() + '/' + resource.gvk.kind);
  }
  std::string version = discovery.version;
  if (version.starts_with('v')) version.erase(0, 1);
  return {std::move(version), {versions.begin(), versions.end()}};
}

namespace {

// Charts come as repositories do (io/registry/chart_source.hh says how their URLs are written).
class RepositoryCharts : public render::RemoteCharts {
 public:
  explicit RepositoryCharts(Repositories& repositories) : repositories_(repositories) {}

  Result<std::string> resolve(const std::string& repository, const std::string& chart, const std::string& range) override {
    return repositories_.resolve(url(repository, chart), range);
  }
  Result<TreePtr> tree(const std::string& repository, const std::string& chart, const std::string& version) override {
    return repositories_.tree(url(repository, chart), version);
  }

 private:
  static std::string url(const std::string& repository, const std::string& chart) { return "chart+" + repository + "#" + chart; }

  Repositories& repositories_;
};

}  // namespace

std::shared_ptr<render::RemoteCharts> remote_charts(Repositories& repositories) { return std::make_shared<RepositoryCharts>(repositories); }

RenderFunction make_renderer(std::shared_ptr<render::Memo> memo, RenderFacts facts, Repositories* repositories) {
  std::shared_ptr<render::RemoteCharts> charts;
  if (repositories != nullptr) charts = remote_charts(*repositories);
  return [memo = std::move(memo), facts = std::move(facts), charts = std::move(charts)](const TreePtr& tree, const engine::Render& wanted,
                                                          const RefTrees& refs) -> Result<engine::RenderedObjects> {
    render::RenderInput input;
    input.tree = tree;
    input.path = wanted.source.path;
    input.source = wanted.source.raw;
    input.refs = refs;
    input.repository = wanted.source.repo;
    input.application = wanted.name;
    input.ns = wanted.ns;
    input.project = wanted.options["project"].str();
    input.revision = wanted.sha;
    input.kustomize_options = wanted.options["kustomize.buildOptions"].str();
    input.kube_version = facts.kube_version;
    input.api_versions = facts.api_versions;
    input.charts = charts.get();
    TAUT_ASSIGN(auto rendered, memo->render(input));
    engine::RenderedObjects out;
    out.source_type = render::source_type_name(rendered->type);
    out.objects.reserve(rendered->objects.size());
    for (const auto& object : rendered->objects) {
      if (!object.generated.empty()) out.generated[out.objects.size()] = object.generated;
      out.objects.push_back(object.object);
    }
    for (const auto& warning : rendered->warnings) out.warnings.push_back(warning.message);
    return out;
  };
}

}  // namespace taut::controller
