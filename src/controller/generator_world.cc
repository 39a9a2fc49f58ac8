#include "controller/generator_world.hh"

#include "dialect/argo/appset/repository_files.hh"
#include "dialect/argo/repository_secret.hh"

namespace taut::controller {

Result<TreePtr> GeneratorWorld::tree_of(const std::string& repo, const std::string& revision) {
  if (!split_project(repo).project.empty()) return fail(Code::kInvalid, "repository {} is not a URL", repo);
  asked.insert(repo);
  auto& known = trees_[{repo, revision}];
  if (known) return known;
  std::string name = in_project(project_, repo);
  TAUT_ASSIGN(auto sha, repositories_.resolve(name, revision));
  TAUT_ASSIGN(known, repositories_.tree_with_submodules(name, sha));
  return known;
}

Result<std::vector<std::string>> GeneratorWorld::folders(const std::string& repo, const std::string& revision) {
  TAUT_ASSIGN(TreePtr tree, tree_of(repo, revision));
  return argo::appset::folders_of(*tree);
}

Result<std::map<std::string, std::string>> GeneratorWorld::files(const std::string& repo, const std::string& revision, const std::string& pattern) {
  TAUT_ASSIGN(TreePtr tree, tree_of(repo, revision));
  return argo::appset::files_of(*tree, pattern);
}

Status GeneratorWorld::project(const std::string& name) {
  if (name == "default" || projects_.contains(name)) return {};
  return fail(Code::kNotFound, "appprojects.argoproj.io \"{}\" not found", name);
}

Result<std::shared_ptr<Scm>> GeneratorWorld::scm(const ScmAccount& account) {
  if (!options_.open_scm) return fail(Code::kUnsupported, "{} cannot be asked here", account.provider);
  return options_.open_scm(account);
}

Result<Value> GeneratorWorld::secret(const std::string& name) {
  auto found = cluster_.get({{"", "v1", "Secret"}, options_.control_namespace, name});
  if (found) return found;
  return fail(found.error().code(), "error fetching secret {}/{}: {}", options_.control_namespace, name, found.error().message());
}

// As Argo CD's GetAuthSecret: of any Secret of the control namespace.
Result<GitHubApp> GeneratorWorld::github_app(const std::string& name) {
  auto found = cluster_.get({{"", "v1", "Secret"}, options_.control_namespace, name});
  if (!found) return fail(found.error().code(), "error getting creds for {}: failed to get secret {}: {}", name, name, found.error().message());
  GitHubApp out = argo::read_app(*found);
  if (!out.given()) return fail(Code::kInvalid, "no github app found for {}", name);
  return out;
}

Result<Value> GeneratorWorld::config_map(const std::string& name) {
  return cluster_.get({{"", "v1", "ConfigMap"}, options_.control_namespace, name});
}

Result<Value> GeneratorWorld::call_plugin(const argo::appset::PluginCall& call) {
  if (!options_.call_plugin) return fail(Code::kUnsupported, "plugins cannot be asked here");
  return options_.call_plugin(call);
}

Result<std::vector<Value>> GeneratorWorld::objects(const std::string& api_version, const std::string& plural, const std::string& name,
                                                   const std::string& label_selector) {
  TAUT_ASSIGN(Discovery discovery, cluster_.discover());
  for (const ApiResource& resource : discovery.resources) {
    if (resource.gvk.api_version() != api_version || resource.plural != plural) continue;
    if (name.empty()) {
      TAUT_ASSIGN(auto list, cluster_.list(resource.gvk, {.ns = options_.control_namespace, .label_selector = label_selector, .field_selector = {}}));
      return std::move(list.items);
    }
    TAUT_ASSIGN(Value object, cluster_.get({resource.gvk, options_.control_namespace, name}));
    return std::vector<Value>{std::move(object)};
  }
  return fail(Code::kNotFound, "the server could not find the requested resource: {} {}", api_version, plural);
}

std::optional<Duration> poll_of(const Value& generators, Duration usual) {
  const std::pair<std::string_view, Duration> kUsual[] = {
      {"git", usual},
      {"pullRequest", std::chrono::minutes(30)},
      {"scmProvider", std::chrono::minutes(30)},
      {"plugin", std::chrono::minutes(30)},
      {"clusterDecisionResource", std::chrono::minutes(3)},
  };
  std::optional<Duration> shortest;
  auto consider = [&](std::optional<Duration> wish) {
    if (wish && (!shortest || *wish < *shortest)) shortest = wish;
  };
  for (const Value& generator : generators.items()) {
    for (const auto& [kind, time] : kUsual) {
      if (!generator[kind].is_map()) continue;
      int64_t seconds = generator[kind]["requeueAfterSeconds"].as_int();
      consider(seconds > 0 ? Duration(std::chrono::seconds(seconds)) : time);
    }
    for (std::string_view kind : {"matrix", "merge"}) consider(poll_of(generator[kind]["generators"], usual));
  }
  return shortest;
}

}  // namespace taut::controller
