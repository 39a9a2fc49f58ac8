#include "cli/flux_repositories.hh"

#include "base/hash.hh"
#include "base/sha256.hh"
#include "io/git/repositories.hh"
#include "io/registry/oci.hh"

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

class RegistryClient : public flux::OciClient {
 public:
  explicit RegistryClient(const flux::OciPlace& place)
      : http_({.tls = {.ca = place.access.ca_certificates, .certificate = place.access.client_certificate, .key = place.access.client_key},
               .proxy = place.access.proxy}),
        registry_(http_, place.host, {place.access.username, place.access.password}, place.plain_http),
        repository_(place.repository) {}

  Result<std::vector<std::string>> tags() override { return registry_.tags(repository_); }
  Result<Manifest> manifest(const std::string& reference) override {
    TAUT_ASSIGN(std::string text, registry_.manifest(repository_, reference));
    std::string digest = sha256_digest(text);
    if (reference.starts_with("sha256:") && reference != digest)
      return fail(Code::kInvalid, "{}: what came is not what {} names", repository_, reference);
    return Manifest{std::move(digest), std::move(text)};
  }
  Result<std::string> blob(const std::string& digest) override { return registry_.blob(repository_, digest); }

 private:
  net::HttpClient http_;
  registry::OciRegistry registry_;
  const std::string repository_;
};

}  // namespace

std::unique_ptr<flux::OciClient> open_oci(const flux::OciPlace& place) { return std::make_unique<RegistryClient>(place); }

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
