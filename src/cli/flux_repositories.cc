#include "cli/flux_repositories.hh"

#include "base/hash.hh"
#include "io/git/repositories.hh"

namespace taut::cli {
namespace {

git::Credentials credentials_of(const flux::SourceAccess& access) {
  git::Credentials out;
  out.username = access.username;
  out.password = access.password;
  out.bearer_token = access.bearer_token;
  out.ssh_private_key = access.ssh_identity;
  out.ssh_known_hosts = access.ssh_known_hosts;
  out.ca_certificates = access.ca_certificates;
  out.client_certificate = access.client_certificate;
  out.client_key = access.client_key;
  out.proxy = access.proxy;
  return out;
}

// The folder of a set of credentials tells nothing of them.
std::string folder_of(const flux::SourceAccess& access) {
  std::string all;
  for (const std::string* part : {&access.username, &access.password, &access.bearer_token, &access.ssh_identity, &access.ssh_known_hosts,
                                  &access.ca_certificates, &access.client_certificate, &access.client_key, &access.proxy}) {
    all += *part;
    all += '\0';
  }
  return access == flux::SourceAccess() ? "anonymous" : hash128(all).hex();
}

}  // namespace

std::shared_ptr<Repositories> FluxRepositories::open(const flux::SourceAccess& access) {
  std::lock_guard lock(mutex_);
  std::string folder = folder_of(access);
  auto& place = opened_[folder];
  if (place) return place;
  git::Options options;
  options.directory = data_ + "/flux/" + folder;
  options.credentials = [credentials = credentials_of(access)](const std::string&) -> Result<git::Credentials> { return credentials; };
  place = std::make_shared<git::GitRepositories>(std::move(options));
  return place;
}

}  // namespace taut::cli
