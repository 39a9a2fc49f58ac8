#include "dialect/argo/repository_secret.hh"

#include <algorithm>
#include <charconv>

#include "base/strings.hh"
#include "base/url.hh"
#include "dialect/argo/secret_text.hh"
#include "object/id.hh"

namespace taut::argo {
namespace {

// Argo CD's git.NormalizeGitURL, as far as it matters for comparing.
std::string normal_url(std::string_view url) {
  std::string out = to_lower(trim(url));
  if (out.ends_with('/')) out.pop_back();
  if (out.ends_with(".git")) out.resize(out.size() - 4);
  return out;
}

bool is_true(const std::string& text) { return text == "true" || text == "1"; }

RepositoryCredentials read(const Value& secret) {
  RepositoryCredentials out;
  out.username = secret_text(secret, "username");
  out.password = secret_text(secret, "password");
  out.bearer_token = secret_text(secret, "bearerToken");
  out.ssh_private_key = secret_text(secret, "sshPrivateKey");
  out.tls_client_certificate = secret_text(secret, "tlsClientCertData");
  out.tls_client_key = secret_text(secret, "tlsClientCertKey");
  out.proxy = secret_text(secret, "proxy");
  out.no_proxy = secret_text(secret, "noProxy");
  out.app = read_app(secret);
  for (std::string_view key : {"gcpServiceAccountKey", "azureServicePrincipalClientSecret"})
    if (!secret_text(secret, key).empty()) out.unsupported = key;
  if (is_true(secret_text(secret, "useAzureWorkloadIdentity"))) out.unsupported = "useAzureWorkloadIdentity";
  out.insecure = is_true(secret_text(secret, "insecure")) || is_true(secret_text(secret, "insecureIgnoreHostKey"));
  return out;
}

bool names_credentials(const RepositoryCredentials& c) {
  return !c.username.empty() || !c.password.empty() || !c.bearer_token.empty() || !c.ssh_private_key.empty() ||
         !c.tls_client_certificate.empty() || c.app.given() || !c.unsupported.empty();
}

// A prefix, as Argo CD has it; but one that is no more than a server is not for servers whose names begin with it.
bool covers(std::string_view prefix, std::string_view url) {
  if (!url.starts_with(prefix)) return false;
  const size_t scheme = prefix.find("://");
  const bool only_server = scheme != prefix.npos && prefix.find('/', scheme + 3) == prefix.npos;
  return !only_server || url.size() == prefix.size() || url[prefix.size()] == '/' || url[prefix.size()] == ':';
}

// 0 for what is no number: the app is refused when it is used.
int64_t number(std::string_view text) {
  text = trim(text);
  int64_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() ? out : 0;
}

}  // namespace

GitHubApp read_app(const Value& secret) {
  GitHubApp out;
  out.private_key = secret_text(secret, "githubAppPrivateKey");
  if (!out.given()) return out;
  out.id = number(secret_text(secret, "githubAppID"));
  out.installation = number(secret_text(secret, "githubAppInstallationID"));
  out.api = secret_text(secret, "githubAppEnterpriseBaseUrl");
  return out;
}

std::string owner_of(std::string_view url) {
  std::string_view host, path = url;
  if (auto parsed = Url::parse(url); parsed && contains(url, "://"))
    return parsed->path.empty() ? "" : std::string(split(std::string_view(parsed->path).substr(1), '/')[0]);
  if (!cut(url, ":", host, path)) return "";
  return std::string(split(path, '/')[0]);
}

ProjectRepository project_repository(const Value& secret) { return {secret_text(secret, "project"), secret_text(secret, "url")}; }

bool same_git_url(std::string_view a, std::string_view b) { return normal_url(a) == normal_url(b); }

bool has_own(std::span<const ProjectRepository> repositories, std::string_view project, std::string_view url) {
  return !project.empty() && std::ranges::any_of(repositories, [&](const ProjectRepository& own) {
    return own.project == project && same_git_url(own.url, url);
  });
}

std::optional<RepositoryCredentials> find_credentials(const std::vector<Value>& secrets, std::string_view url, std::string_view project) {
  std::optional<RepositoryCredentials> own, everybodys, shared;
  size_t longest = 0;
  std::string wanted = normal_url(url);
  for (const Value& secret : secrets) {
    std::string_view type = label_of(secret, kSecretTypeLabel);
    std::string named = secret_text(secret, "url");
    if (named.empty()) continue;
    if (type == "repository" && normal_url(named) == wanted) {
      std::string whose = secret_text(secret, "project");
      if (whose.empty()) everybodys = read(secret);
      if (!whose.empty() && whose == project) own = read(secret);
    }
    std::string prefix = to_lower(trim(named));
    if (type == "repo-creds" && covers(prefix, to_lower(url)) && prefix.size() > longest) {
      longest = prefix.size();
      shared = read(secret);
    }
  }
  std::optional<RepositoryCredentials> exact = own ? std::move(own) : std::move(everybodys);
  std::optional<RepositoryCredentials> found = exact && (names_credentials(*exact) || !shared) ? exact : shared;
  // The repository's own settings stay where the credentials are the shared ones.
  if (found && exact) {
    if (!exact->proxy.empty()) found->proxy = exact->proxy;
    if (!exact->no_proxy.empty()) found->no_proxy = exact->no_proxy;
    found->insecure = found->insecure || exact->insecure;
  }
  if (found && found->app.given() && found->app.installation == 0) found->app.owner = owner_of(url);
  return found;
}

}  // namespace taut::argo
