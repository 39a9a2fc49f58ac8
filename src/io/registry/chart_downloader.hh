// Charts fetched as helm's commands fetch them: by URL, from an OCI registry, from a repository that repositories.yaml
// names, or one that is named by its URL (helm 4's pkg/downloader and pkg/repo). What was fetched is kept by its digest.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "io/registry/chart_index.hh"
#include "io/registry/helm_home.hh"

namespace taut::registry {

// What helm's flags say of a chart's place: --username, --password, --cert-file and the like.
struct DownloadFlags {
  Login login;
  std::string cert_file, key_file, ca_file;
  bool insecure = false;
  bool plain_http = false;
  bool pass_credentials = false;
};

// An archive that can be fetched.
struct ChartPlace {
  std::string url;     // "https://...", "oci://host/path:tag"
  std::string digest;  // that the index promises, or ""
  DownloadFlags flags;
  std::string repository;  // the URL that the login belongs to; other hosts do not get it

  // The name of the archive's file, "nginx-1.2.3.tgz".
  std::string file_name() const;
};

// Thread-safe but for `log`.
class ChartDownloader {
 public:
  ChartDownloader(HelmHome home, DownloadFlags flags);
  ~ChartDownloader();

  // What a reference and a version mean: a URL, "oci://...", "REPOSITORY/CHART". Repositories are looked up in the
  // indices that helm has cached. Errors in helm's words.
  Result<ChartPlace> resolve(const std::string& reference, const std::string& version);
  // A chart of the repository at a URL, whose index is fetched.
  Result<ChartPlace> resolve_in(const std::string& repository_url, const std::string& chart, const std::string& version);
  // The bytes; from the cache where the digest is known and there.
  Result<std::string> fetch(const ChartPlace& place);
  // The provenance file of an archive, "failed to fetch provenance ..." if there is none.
  Result<std::string> fetch_provenance(const ChartPlace& place);

  // The versions of a chart in a registry, newest first. `repository`: "oci://host/path".
  Result<std::vector<std::string>> tags(const std::string& reference);
  // The index of a repository from its URL, written into the cache under its name.
  Status update(const RepositoryEntry& entry);
  // The cached index of the repository `name`. kNotFound in Go's words.
  Result<ChartIndex> cached_index(const std::string& name, const std::string& url) const;

  const HelmHome& home() const { return home_; }
  // Lines for standard error, as the registry client of helm prints them ("Pulled: ...").
  std::vector<std::string> log;

 private:
  Result<net::HttpClient*> client(const DownloadFlags& flags);
  Result<std::string> get(const std::string& url, const DownloadFlags& flags, const std::string& owner);
  Result<std::string> pull(const ChartPlace& place);
  Result<std::string> pull_provenance(const ChartPlace& place);
  Result<std::unique_ptr<OciRegistry>> registry(const std::string& host, const DownloadFlags& flags);
  Result<ChartPlace> resolve_oci(const std::string& reference, const std::string& version);
  Result<ChartPlace> resolve_url(const std::string& url);

  const HelmHome home_;
  const DownloadFlags flags_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<net::HttpClient>> clients_;  // by their TLS options
};

bool is_oci(std::string_view url);

// A URL relative to that of a repository.
std::string resolve_reference(std::string_view repository, std::string_view url);

}  // namespace taut::registry
