#include "cli/repository_access.hh"

#include <chrono>

namespace taut::cli {

RepositoryAccess::RepositoryAccess(Cluster& cluster, const std::string& ns) {
  watch_ = cluster.watch({"", "v1", "Secret"}, {.ns = ns, .label_selector = std::string(argo::kRepositorySecrets)},
                         [this](const WatchEvent& event) { take(event); });
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
  bool known = listed_changed_.wait_for(lock, std::chrono::seconds(10), [&] { return listed_ || failure_; });
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

Result<git::Credentials> RepositoryAccess::find(const std::string& url, const std::string& project) {
  TAUT_ASSIGN(auto all, secrets());
  auto found = argo::find_credentials(all, url, project);
  git::Credentials out;
  if (!found) return out;
  out.username = found->username;
  out.password = found->password;
  out.bearer_token = found->bearer_token;
  out.ssh_private_key = found->ssh_private_key;
  out.client_certificate = found->tls_client_certificate;
  out.client_key = found->tls_client_key;
  out.proxy = found->proxy;
  out.insecure = found->insecure;
  return out;
}

}  // namespace taut::cli
