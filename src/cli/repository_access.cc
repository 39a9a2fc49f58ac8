#include "cli/repository_access.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/url.hh"

namespace taut::cli {
namespace {

constexpr const char *kKnownHosts = "argocd-ssh-known-hosts-cm", *kCertificates = "argocd-tls-certs-cm", *kParameters = "argocd-cmd-params-cm";
constexpr auto kMaps = {kKnownHosts, kCertificates, kParameters};

}  // namespace

RepositoryAccess::RepositoryAccess(Cluster& cluster, const std::string& ns) {
  watches_.push_back(cluster.watch({"", "v1", "Secret"}, {.ns = ns, .label_selector = std::string(argo::kRepositorySecrets), .field_selector = {}},
                                   [this](const WatchEvent& event) { take(event); }));
  for (const char* name : kMaps)
    watches_.push_back(cluster.watch({"", "v1", "ConfigMap"}, {.ns = ns, .label_selector = {}, .field_selector = fmt::format("metadata.name={}", name)},
                                     [this, name](const WatchEvent& event) { take_map(name, event); }));
}

// One that may not be read says nothing.
void RepositoryAccess::take_map(const std::string& name, const WatchEvent& event) {
  std::lock_guard lock(mutex_);
  Value& data = maps_[name];
  if (event.type == WatchEvent::Type::kDeleted) data = Value();
  if (event.type == WatchEvent::Type::kAdded || event.type == WatchEvent::Type::kModified) data = event.object["data"];
  listed_changed_.notify_all();
}

void RepositoryAccess::take(const WatchEvent& event) {
  std::lock_guard lock(mutex_);
  switch (event.type) {
    case WatchEvent::Type::kAdded:
    case WatchEvent::Type::kModified: secrets_[std::string(name_of(event.object))] = event.object; break;
    case WatchEvent::Type::kDeleted: secrets_.erase(std::string(name_of(event.object))); break;
    case WatchEvent::Type::kSynced: listed_ = true; break;
    case WatchEvent::Type::kFailed: failure_ = event.error; break;
  }
  listed_changed_.notify_all();
}

Result<std::vector<Value>> RepositoryAccess::secrets() {
  std::unique_lock lock(mutex_);
  bool known = listed_changed_.wait_for(lock, std::chrono::seconds(10), [&] { return (listed_ && maps_.size() == kMaps.size()) || failure_; });
  if (!known || !listed_)
    return fail(failure_ ? Error(*failure_).while_doing("reading the repository Secrets")
                         : Error(Code::kTimeout, "the repository Secrets could not be read in time"));
  std::vector<Value> out;
  for (const auto& [name, secret] : secrets_) out.push_back(secret);
  return out;
}

std::vector<argo::ProjectRepository> RepositoryAccess::of_projects() {
  std::vector<argo::ProjectRepository> out;
  auto all = secrets();
  if (!all) return out;
  for (const Value& secret : *all) {
    auto own = argo::project_repository(secret);
    bool repository = label_of(secret, argo::kSecretTypeLabel) == "repository";
    if (repository && !own.project.empty() && !own.url.empty()) out.push_back(std::move(own));
  }
  return out;
}

// As Argo CD does: known hosts are those of its ConfigMap where that has any, certificates are by the name of the server.
bool RepositoryAccess::submodules() {
  if (!secrets()) return true;
  std::lock_guard lock(mutex_);
  constexpr std::array<std::string_view, 6> kNo = {"0", "f", "F", "false", "FALSE", "False"};  // Go's ParseBool
  return std::ranges::find(kNo, maps_[kParameters]["reposerver.enable.git.submodule"].as_string()) == kNo.end();
}

void RepositoryAccess::trust(git::Credentials& credentials, const std::string& url) {
  std::lock_guard lock(mutex_);
  credentials.ssh_known_hosts = maps_[kKnownHosts]["ssh_known_hosts"].str();
  if (auto parsed = Url::parse(url); parsed && parsed->scheme == "https") credentials.ca_certificates = maps_[kCertificates][parsed->host].str();
}

// The server of the app's API may have a certificate of its own.
void RepositoryAccess::trust(ScmAccount& account) {
  auto api = Url::parse(account.app.api);
  if (!api) return;
  std::lock_guard lock(mutex_);
  account.ca = maps_[kCertificates][api->host].str();
}

Result<git::Credentials> RepositoryAccess::read(const std::string& url, const std::string& project, GitHubApp& app) {
  TAUT_ASSIGN(auto all, secrets());
  auto found = argo::find_credentials(all, url, project);
  git::Credentials out;
  trust(out, url);
  if (!found) return out;
  const bool usable = !found->password.empty() || !found->bearer_token.empty() || !found->ssh_private_key.empty() || found->app.given();
  if (!found->unsupported.empty() && !usable)
    return fail(Code::kUnsupported, "the credentials of {} have {}, which is not supported by taut", redact_urls(url), found->unsupported);
  out.username = found->username;
  out.password = found->password;
  out.bearer_token = found->bearer_token;
  out.ssh_private_key = found->ssh_private_key;
  out.client_certificate = found->tls_client_certificate;
  out.client_key = found->tls_client_key;
  out.proxy = found->proxy;
  out.no_proxy = found->no_proxy;
  out.insecure = found->insecure;
  app = found->app;
  return out;
}

Result<git::Credentials> RepositoryAccess::find(const std::string& url, const std::string& project) {
  GitHubApp app;
  return read(url, project, app);
}

// Passwords, tokens and keys come first, as in Argo CD's GetGitCreds.
Result<git::Credentials> RepositoryAccess::find_git(const std::string& url, const std::string& project) {
  GitHubApp app;
  TAUT_ASSIGN(git::Credentials out, read(url, project, app));
  bool other = !out.password.empty() || !out.bearer_token.empty() || !out.ssh_private_key.empty();
  if (other || !app.given()) return out;
  ScmAccount account{.provider = "github", .insecure = out.insecure, .proxy = out.proxy, .app = std::move(app), .no_proxy = out.no_proxy};
  trust(account);
  TAUT_ASSIGN(out.password, apps_.token(account));
  out.username = scm::kAppUser;
  return out;
}

}  // namespace taut::cli
