#include "cli/source_repositories.hh"

namespace taut::cli {
namespace {

constexpr std::string_view kOci = "oci://";

git::Options git_options(RepositoryAccess& access, const std::string& data) {
  git::Options out;
  out.directory = data + "/git";
  out.credentials = [&access](const std::string& url) { return access.find(url); };
  return out;
}

registry::ChartRepositoriesOptions chart_options(RepositoryAccess& access, const std::string& data) {
  registry::ChartRepositoriesOptions out;
  out.directory = data + "/charts";
  out.access = [&access](const std::string& url) -> Result<registry::ChartAccess> {
    // Secrets of OCI registries name them without a scheme.
    TAUT_ASSIGN(auto found, access.find(url.starts_with(kOci) ? url.substr(kOci.size()) : url));
    registry::ChartAccess out{{found.username, found.password}, {}, found.proxy};
    out.tls.ca = found.ca_certificates;
    out.tls.certificate = found.client_certificate;
    out.tls.key = found.client_key;
    out.tls.insecure = found.insecure;
    return out;
  };
  return out;
}

}  // namespace

SourceRepositories::SourceRepositories(Cluster& cluster, const std::string& ns, const std::string& data)
    : access_(cluster, ns), git_(git_options(access_, data)), charts_(chart_options(access_, data), git_) {}

}  // namespace taut::cli
