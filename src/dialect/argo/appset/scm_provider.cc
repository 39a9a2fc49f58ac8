// scmProvider: one parameter set for each repository of an organization, or for each of its branches
// (applicationset/generators/scm_provider.go and services/scm_provider/utils.go, Argo CD 3.5).
#include <algorithm>

#include "base/strings.hh"
#include "dialect/argo/appset/generator_kinds.hh"
#include "dialect/argo/appset/parameters.hh"

namespace taut::argo::appset {
namespace {

// A filter is for repositories or for branches: the last condition that it has decides.
struct Filter {
  enum class On { kNothing, kRepository, kBranch } on = On::kNothing;
  std::shared_ptr<const re2::RE2> repository, label, branch;
  std::vector<std::string> paths, no_paths;
};

std::vector<std::string> strings(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.emplace_back(trim_right(item.as_string(), "/"));
  return out;
}

Result<std::vector<Filter>> read_filters(const Value& list) {
  std::vector<Filter> out;
  for (const Value& item : list.items()) {
    Filter filter;
    TAUT_ASSIGN(filter.repository, expression_of(item, "repositoryMatch", "RepositoryMatch"));
    TAUT_ASSIGN(filter.label, expression_of(item, "labelMatch", "LabelMatch"));
    TAUT_ASSIGN(filter.branch, expression_of(item, "branchMatch", "BranchMatch"));
    filter.paths = strings(item["pathsExist"]);
    filter.no_paths = strings(item["pathsDoNotExist"]);
    if (filter.repository || filter.label) filter.on = Filter::On::kRepository;
    if (filter.branch || item["pathsExist"].is_list() || item["pathsDoNotExist"].is_list()) filter.on = Filter::On::kBranch;
    out.push_back(std::move(filter));
  }
  return out;
}

Result<bool> matches(const Filter& filter, const ScmRepository& repository, Scm& scm) {
  auto found = [](const auto& expression, const std::string& text) { return re2::RE2::PartialMatch(text, *expression); };
  if (filter.repository && !found(filter.repository, repository.repository)) return false;
  if (filter.branch && !found(filter.branch, repository.branch)) return false;
  if (filter.label && std::ranges::none_of(repository.labels, [&](const std::string& label) { return found(filter.label, label); })) return false;
  for (const std::string& path : filter.paths) {
    TAUT_ASSIGN(bool there, scm.has_path(repository, path));
    if (!there) return false;
  }
  for (const std::string& path : filter.no_paths) {
    TAUT_ASSIGN(bool there, scm.has_path(repository, path));
    if (there) return false;
  }
  return true;
}

// Those that one of the filters of this sort lets through; all where there is none.
Result<std::vector<ScmRepository>> filtered(std::vector<ScmRepository> list, const std::vector<Filter>& filters, Filter::On on, Scm& scm) {
  if (std::ranges::none_of(filters, [&](const Filter& filter) { return filter.on == on; })) return list;
  std::vector<ScmRepository> out;
  for (ScmRepository& repository : list) {
    bool wanted = false;
    for (const Filter& filter : filters) {
      if (filter.on != on || wanted) continue;
      TAUT_ASSIGN(wanted, matches(filter, repository, scm));
    }
    if (wanted) out.push_back(std::move(repository));
  }
  return out;
}

Result<std::vector<ScmRepository>> find(const NamedScm& named, const Value& generator) {
  const Value& block = *named.block;
  RepositoryFilter wanted;
  wanted.protocol = generator["cloneProtocol"].str();
  wanted.all_branches = block["allBranches"].as_bool();
  wanted.subgroups = block["includeSubgroups"].as_bool();
  wanted.exclude_archived = block["excludeArchivedRepos"].as_bool();
  wanted.archived = block["includeArchivedRepos"].as_bool();
  wanted.shared = block["includeSharedProjects"].as_bool(true);
  wanted.topic = block["topic"].str();
  std::string owner = block[named.provider == "github" ? "organization" : named.provider == "gitlab" ? "group" : "owner"].str();
  TAUT_ASSIGN(auto filters, read_filters(generator["filters"]));
  TAUT_ASSIGN(auto repositories, named.scm->repositories(owner, wanted));
  TAUT_ASSIGN(repositories, filtered(std::move(repositories), filters, Filter::On::kRepository, *named.scm));
  std::vector<ScmRepository> branches;
  for (const ScmRepository& repository : repositories) {
    TAUT_ASSIGN(auto found, named.scm->branches(repository, wanted.all_branches));
    std::ranges::move(found, std::back_inserter(branches));
  }
  return filtered(std::move(branches), filters, Filter::On::kBranch, *named.scm);
}

}  // namespace

Result<ParameterSets> scm_parameters(const Value& generator, const Value& application_set, World& world) {
  Language language = Language::of(application_set);
  TAUT_ASSIGN(NamedScm named, named_scm(generator, "scmProvider", world));
  auto found = find(named, generator);
  if (!found) return fail(found.error().code(), "error listing repos: {}", found.error().message());
  ParameterSets out;
  for (const ScmRepository& repository : *found) {
    Value parameters = Value::map({{"organization", repository.organization},
                                   {"repository", repository.repository},
                                   {"repository_id", repository.id},
                                   {"url", repository.url},
                                   {"branch", repository.branch},
                                   {"sha", repository.sha},
                                   {"short_sha", repository.sha.substr(0, 8)},
                                   {"short_sha_7", repository.sha.substr(0, 7)},
                                   {"labels", join(repository.labels, ",")},
                                   {"branchNormalized", normalized_name(repository.branch)}});
    if (auto added = add_values(generator["values"], parameters, language); !added)
      return fail(added.error().code(), "failed to append templated values: {}", added.error().message());
    out.push_back(std::move(parameters));
  }
  return out;
}

}  // namespace taut::argo::appset
