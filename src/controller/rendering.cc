#include "controller/rendering.hh"

#include <set>

#include "controller/remotes.hh"

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

RenderFunction make_renderer(std::shared_ptr<render::Memo> memo, RenderFacts facts, Repositories* repositories) {
  std::shared_ptr<render::RemoteCharts> charts;
  std::shared_ptr<kustomize::Remotes> remotes;
  if (repositories != nullptr) {
    charts = remote_charts(*repositories);
    remotes = remote_bases(*repositories, /*local=*/false);
  }
  return [memo = std::move(memo), facts = std::move(facts), charts = std::move(charts), remotes = std::move(remotes)](const TreePtr& tree, const engine::Render& wanted,
                                                          const RefTrees& refs) -> Result<engine::RenderedObjects> {
    render::RenderInput input;
    input.tree = tree;
    input.path = wanted.source.path;
    input.source = wanted.source.raw;
    input.refs = refs;
    input.repository = split_project(wanted.source.repo).url;
    input.application = wanted.name;
    input.ns = wanted.ns;
    input.project = wanted.options["project"].str();
    input.revision = wanted.sha;
    input.kustomize_options = wanted.options["kustomize.buildOptions"].str();
    input.kube_version = facts.kube_version;
    input.api_versions = facts.api_versions;
    input.charts = charts.get();
    input.remotes = remotes.get();
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
