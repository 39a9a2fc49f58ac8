// Argo CD's repository credentials: Secrets labelled argocd.argoproj.io/secret-type "repository" (one URL) or
// "repo-creds" (all URLs that start so).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "port/scm.hh"
#include "value/value.hh"

namespace taut::argo {

inline constexpr std::string_view kSecretTypeLabel = "argocd.argoproj.io/secret-type";
// The label selector of these Secrets.
inline constexpr std::string_view kRepositorySecrets = "argocd.argoproj.io/secret-type in (repository,repo-creds)";

// The label selector of the Secrets that may belong to a project: clusters and repositories.
inline constexpr std::string_view kProjectSecrets = "argocd.argoproj.io/secret-type in (cluster,repository)";

// A repository that one project may use, whatever its sourceRepos say.
struct ProjectRepository {
  std::string project;  // empty: everybody's
  std::string url;
  bool operator==(const ProjectRepository&) const = default;
};
ProjectRepository project_repository(const Value& secret);

// Whether two URLs name one repository: ".git" and letter case do not count, as in Argo CD.
bool same_git_url(std::string_view a, std::string_view b);
// Whether the project has a repository Secret of its own for this URL.
bool has_own(std::span<const ProjectRepository> repositories, std::string_view project, std::string_view url);

struct RepositoryCredentials {
  std::string username;
  std::string password;
  std::string bearer_token;
  std::string ssh_private_key;
  std::string tls_client_certificate;
  std::string tls_client_key;
  std::string proxy;
  std::string no_proxy;
  GitHubApp app;  // where it has no installation, it has the owner that the repository's URL names
  bool insecure = false;
  std::string unsupported;  // a key of the Secret that would open the repository, and that taut cannot use
};

// The GitHub App of a Secret; not given where the Secret has no githubAppPrivateKey.
GitHubApp read_app(const Value& secret);
// "acme" of "https://github.com/acme/shop.git" and "git@github.com:acme/shop.git"; empty where a URL names no owner.
std::string owner_of(std::string_view url);

// What opens a URL for a project (empty: for nobody in particular): the project's own repository Secret of exactly this
// URL, else that which is everybody's; never that of another project (getRepositorySecret of Argo CD v3.5). Where it names no
// credentials, or there is none, the repo-creds Secret with the longest prefix of the URL. Nothing when no Secret speaks of it.
std::optional<RepositoryCredentials> find_credentials(const std::vector<Value>& secrets, std::string_view url, std::string_view project = {});

}  // namespace taut::argo
