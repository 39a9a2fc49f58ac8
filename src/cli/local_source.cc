#include "cli/local_source.hh"

#include <filesystem>

#include "cli/clusters.hh"
#include "cli/folder.hh"
#include "controller/rendering.hh"
#include "dialect/argo/application.hh"
#include "dialect/argo/settings.hh"
#include "dialect/argo/tracking.hh"
#include "tree/disk.hh"
#include "value/json.hh"

namespace taut::cli {
namespace {

namespace fs = std::filesystem;

Result<FolderPlace> place_below(const std::string& folder, const std::string& root) {
  if (root.empty()) return place_of(folder);
  std::error_code error;
  fs::path top = fs::canonical(root, error), whole = fs::canonical(folder, error);
  if (error || !fs::is_directory(whole, error)) return fail(Code::kNotFound, "{} is not a folder", folder);
  FolderPlace out;
  out.root = top.string();
  out.path = whole.lexically_relative(top).generic_string();
  if (out.path.starts_with("..")) return fail(Code::kInvalid, "{} is not below {}", folder, root);
  TAUT_ASSIGN(out.tree, disk_tree(out.root));
  return out;
}

}  // namespace

Result<LocalSource> local_source(Value application, const std::string& folder, const std::string& root) {
  if (!application["spec"]["sources"].empty()) return fail(Code::kUnsupported, "--local does not work on applications of several sources");
  TAUT_ASSIGN(FolderPlace place, place_below(folder, root));
  Value source = application["spec"]["source"];
  source.erase("chart");
  source.set("path", place.path);
  application.edit("spec").set("source", std::move(source));
  return LocalSource{std::move(application), std::move(place.tree)};
}

Result<std::vector<std::string>> local_manifests(const std::shared_ptr<Cluster>& cluster, const std::string& ns, Repositories& repositories,
                                                 const LocalSource& local) {
  TAUT_ASSIGN(auto destination, destination_of(cluster, ns, local.application));
  TAUT_ASSIGN(Discovery discovery, destination.cluster->discover());
  auto render = controller::make_renderer(std::make_shared<render::Memo>(), controller::render_facts(discovery), &repositories);
  const Value& application = local.application;
  engine::Render wanted;
  wanted.unit = argo::unit_key(application);
  wanted.name = argo::instance_name(namespace_of(application), name_of(application), ns);
  wanted.ns = application["spec"]["destination"]["namespace"].str();
  wanted.source = argo::read_source(application["spec"]["source"]);
  std::string project = application["spec"]["project"].str();
  TAUT_ASSIGN(Value settings, settings_of(*cluster, ns));
  wanted.options = argo::read_settings(settings).render_options;
  wanted.options.set("project", project.empty() ? "default" : project);
  TAUT_ASSIGN(auto rendered, render(local.tree, wanted, {}));
  std::vector<std::string> out;
  for (const Value& object : rendered.objects) out.push_back(to_json(object));
  return out;
}

}  // namespace taut::cli
