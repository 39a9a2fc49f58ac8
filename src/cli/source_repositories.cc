#include "cli/source_repositories.hh"

namespace taut::cli {
namespace {

constexpr std::string_view kOci = "oci://";

git::Options git_options(RepositoryAccess& access, const std::string& project, const std::string& data) {
  git::Options out;
  out.directory = data + "/git";
  out.credentials = [&access, project](const std::string& url) { return access.find_git(url, project); };
  return out;
}

registry::ChartRepositoriesOptions chart_options(RepositoryAccess& access, const std::string& project, const std::string& data) {
  registry::ChartRepositoriesOptions out;
  out.directory = data + "/charts";
  out.access = [&access, project](const std::string& url) -> Result<registry::ChartAccess> {
    // Secrets of OCI registries name them without a scheme.
    TAUT_ASSIGN(auto found, access.find(url.starts_with(kOci) ? url.substr(kOci.size()) : url, project));
    registry::ChartAccess out{{found.username, found.password}, {}, found.proxy};
    out.no_proxy = found.no_proxy;
    out.tls.ca = found.ca_certificates;
    out.tls.certificate = found.client_certificate;
    out.tls.key = found.client_key;
    out.tls.insecure = found.insecure;
    return out;
  };
  return out;
}

// "chart+https://charts.example#name": the repository's own URL.
std::string_view repository_of(std::string_view url) {
  constexpr std::string_view kChart = "chart+";
  if (url.starts_with(kChart)) url = url.substr(kChart.size(), url.rfind('#') - kChart.size());
  return url.starts_with(kOci) ? url.substr(kOci.size()) : url;
}

}  // namespace

struct SourceRepositories::Opened {
  Opened(RepositoryAccess& access, const std::string& project, const std::string& data)
      : git(git_options(access, project, data)), charts(chart_options(access, project, data), git) {}
  git::GitRepositories git;
  registry::ChartRepositories charts;
};

SourceRepositories::SourceRepositories(Cluster& cluster, const std::string& ns, const std::string& data)
    : access_(cluster, ns), data_(data) {}

SourceRepositories::~SourceRepositories() = default;

SourceRepositories::Place SourceRepositories::place(const std::string& name) {
  auto [project, url] = split_project(name);
  if (!project.empty() && !argo::has_own(access_.of_projects(), project, repository_of(url))) project.clear();
  std::lock_guard lock(mutex_);
  auto& opened = opened_[project];
  if (!opened) opened = std::make_unique<Opened>(access_, project, project.empty() ? data_ : data_ + "/projects/" + project);
  return {*opened, std::move(url)};
}

Result<std::string> SourceRepositories::resolve(const std::string& name, const std::string& revision) {
  Place at = place(name);
  return at.opened.charts.resolve(at.url, revision);
}

Result<TreePtr> SourceRepositories::tree(const std::string& name, const std::string& sha) {
  Place at = place(name);
  return at.opened.charts.tree(at.url, sha);
}

Result<TreePtr> SourceRepositories::tree_with_submodules(const std::string& name, const std::string& sha) {
  Place at = place(name);
  return access_.submodules() ? at.opened.charts.tree_with_submodules(at.url, sha) : at.opened.charts.tree(at.url, sha);
}

Result<std::vector<std::string>> SourceRepositories::changed_paths(const std::string& name, const std::string& from, const std::string& to) {
  Place at = place(name);
  return at.opened.charts.changed_paths(at.url, from, to);
}

Result<Commit> SourceRepositories::commit(const std::string& name, const std::string& sha) {
  Place at = place(name);
  return at.opened.charts.commit(at.url, sha);
}

void SourceRepositories::rest() {
  std::lock_guard lock(mutex_);
  for (auto& [project, opened] : opened_) opened->git.rest();
}

SourceRepositories::GitPlace SourceRepositories::git(const std::string& name) {
  Place at = place(name);
  return {at.opened.git, std::move(at.url)};
}

}  // namespace taut::cli
