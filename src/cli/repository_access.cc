#include "cli/repository_access.hh"

#include <chrono>

#include "dialect/argo/repository_secret.hh"

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

Result<git::Credentials> RepositoryAccess::find(const std::string& url) {
  std::unique_lock lock(mutex_);
  bool known = listed_changed_.wait_for(lock, std::chrono::seconds(10), [&] { return listed_ || failure_; });
  if (!known || !listed_)
    return fail(failure_ ? Error(*failure_).while_doing("reading the repository Secrets")
                         : Error(Code::kTimeout, "the repository Secrets could not be read in time"));
  std::vector<Value> secrets;
  for (const auto& [name, secret] : secrets_) secrets.push_back(secret);
  auto found = argo::find_credentials(secrets, url);
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
