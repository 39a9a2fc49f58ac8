#include "cli/flux_repositories.hh"

#include "base/hash.hh"
#include "base/sha256.hh"
#include "io/git/repositories.hh"
#include "io/registry/chart_repositories.hh"
#include "io/registry/oci.hh"

namespace taut::cli {
namespace {

Result<git::Credentials> credentials_of(const flux::SourceAccess& access, scm::GitHubAppTokens& apps) {
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
  if (!access.app.given()) return out;
  TAUT_ASSIGN(out.password, apps.token({.provider = "github", .ca = access.ca_certificates, .proxy = access.proxy, .app = access.app}));
  out.username = scm::kAppUser;
  out.bearer_token.clear();
  return out;
}

// The folder of a set of credentials tells nothing of them.
std::string folder_of(const flux::SourceAccess& access) {
  // Not by the token of an app, which is another one every hour.
  std::string all = fmt::format("{} {}", access.app.id, access.app.installation);
  for (const std::string* part : {&access.app.owner, &access.app.private_key, &access.app.api,
                                  &access.username, &access.password, &access.bearer_token, &access.ssh_identity, &access.ssh_known_hosts,
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

// A Helm repository or a place in a registry. Its index is as old as its last refresh.
class ChartClient : public flux::HelmClient {
 public:
  ChartClient(const flux::HelmPlace& place, const std::string& directory, std::shared_ptr<Repositories> others)
      : url_(place.url), oci_(place.oci), others_(std::move(others)), charts_(options_of(place, directory), *others_) {}

  Result<Index> refresh() override {
    TAUT_ASSIGN(auto facts, charts_.refresh(url_));
    return Index{facts.digest, facts.size};
  }

  Result<std::string> find(const std::string& chart, const std::string& range) override {
    if (!oci_) return find_in_index(chart, range);
    auto version = charts_.resolve(url_of(chart), range);
    if (version || version.error().code() != Code::kNotFound) return version;
    return fail(Code::kNotFound, "could not locate a version matching provided version string {}", range);
  }

  Result<TreePtr> files(const std::string& chart, const std::string& version) override { return charts_.tree(url_of(chart), version); }

 private:
  static registry::ChartRepositoriesOptions options_of(const flux::HelmPlace& place, const std::string& directory) {
    registry::ChartRepositoriesOptions out;
    out.directory = directory;
    const flux::SourceAccess& access = place.access;
    out.access = [access, pass = place.pass_credentials](const std::string&) -> Result<registry::ChartAccess> {
      return registry::ChartAccess{.login = {access.username, access.password},
                                   .tls = {.ca = access.ca_certificates, .certificate = access.client_certificate, .key = access.client_key},
                                   .proxy = access.proxy,
                                   .pass_credentials = pass};
    };
    out.index_age = Duration::max();
    out.plain_http = place.insecure;
    return out;
  }

  std::string url_of(const std::string& chart) const { return "chart+" + url_ + "#" + chart; }

  Result<std::string> find_in_index(const std::string& chart, const std::string& range) {
    TAUT_ASSIGN(auto index, charts_.index_of(url_));
    const auto* entries = index->versions(chart);
    if (!entries) return fail(Code::kNotFound, "no chart name found");
    if (entries->empty()) return fail(Code::kNotFound, "no chart version found");
    std::vector<std::string> versions;
    for (const auto& entry : *entries) versions.push_back(entry.version);
    TAUT_ASSIGN(std::string version, registry::pick_version(range, versions));
    if (version.empty()) return fail(Code::kNotFound, "no '{}' chart with version matching '{}' found", chart, range);
    return version;
  }

  const std::string url_;
  const bool oci_;
  const std::shared_ptr<Repositories> others_;
  registry::ChartRepositories charts_;
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
  options.one_for_all = true;
  options.credentials = [access, &apps = apps_](const std::string&) { return credentials_of(access, apps); };
  place = std::make_shared<git::GitRepositories>(std::move(options));
  return place;
}

std::shared_ptr<flux::HelmClient> FluxRepositories::open_helm(const flux::HelmPlace& place) {
  auto others = open({});
  std::lock_guard lock(mutex_);
  std::string folder = folder_of(place.access);
  auto& client = helm_[fmt::format("{} {} {} {}", folder, place.url, place.insecure, place.pass_credentials)];
  if (!client) client = std::make_shared<ChartClient>(place, fmt::format("{}/flux/{}/charts", data_, folder), std::move(others));
  return client;
}

std::shared_ptr<Repositories> FluxRepositories::open_charts() {
  auto others = open({});
  std::lock_guard lock(mutex_);
  if (!charts_) charts_ = std::make_shared<registry::ChartRepositories>(registry::ChartRepositoriesOptions{.directory = data_ + "/flux/anonymous/charts"}, *others);
  return charts_;
}

}  // namespace taut::cli
