// A chart as helm's commands name it, and the flags that say where it comes from (helm 4's pkg/action/install.go,
// LocateChart): a folder, an archive, a URL, "oci://...", REPOSITORY/CHART, or a name in the repository of --repo.
#pragma once

#include <optional>
#include <string>

#include "cli/flags.hh"
#include "cli/keyring.hh"
#include "helm/chart.hh"
#include "helm/provenance/provenance.hh"
#include "io/registry/chart_downloader.hh"

namespace taut::cli {

// Where helm's files are, and how charts are reached: the flags that all commands which fetch charts have.
class DownloadOptions {
 public:
  void declare(Flags& flags);
  // The target of --pass-credentials, a flag of fewer commands.
  bool* pass_credentials() { return &flags_.pass_credentials; }
  registry::ChartDownloader downloader() const { return registry::ChartDownloader(home_, flags_); }

 private:
  registry::HelmHome home_ = registry::HelmHome::of_environment();
  registry::DownloadFlags flags_;
};

class ChartReference {
 public:
  void declare(Flags& flags);
  // Errors in helm's words: "path ... not found", "repo ... not found".
  Result<helm::ChartPtr> load(const std::string& name) const;
  // The folder or archive on disk that a name stands for, verified where --verify asks for it; "" when it is to be fetched.
  Result<std::string> local(const std::string& name) const;
  // The archive that a name stands for, and its bytes; with --verify verified.
  struct Fetched {
    std::string file_name, bytes;
    std::string provenance;  // where --verify or `with_provenance` asks for it
    std::optional<helm::Verification> verification;
  };
  Result<Fetched> fetch(const std::string& name, bool with_provenance = false) const;
  registry::ChartDownloader downloader() const { return download_.downloader(); }

 private:
  DownloadOptions download_;
  std::string repository_, version_, keyring_ = default_keyring();
  bool devel_ = false, verify_ = false;
};

// The chart in a folder or in an archive. kNotFound "stat ...: no such file or directory"; errors of helm::load_chart.
Result<helm::ChartPtr> load_chart_at(const std::string& path);

}  // namespace taut::cli
