// Flux's HelmRepository and HelmChart: the index of a repository of charts, and a chart of one, of a Git repository or of
// a bucket (source.toolkit.fluxcd.io/v1, source-controller 1.9).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "dialect/flux/source.hh"
#include "helm/chart.hh"

namespace taut::render {
class RemoteCharts;
}

namespace taut::flux {

// Where a HelmRepository is.
struct HelmPlace {
  std::string url;                // without a "/" at its end: "https://charts.example.com", "oci://ghcr.io/org/charts"
  bool oci = false;               // spec.type
  bool insecure = false;          // a registry without TLS
  bool pass_credentials = false;  // the login is for other hosts too
  SourceAccess access;
};

// One repository of charts. Calls block; thread-safe.
class HelmClient {
 public:
  virtual ~HelmClient() = default;
  struct Index {
    std::string digest;  // "sha256:<hex>" of index.yaml
    uint64_t size = 0;
  };
  // Fetches the index anew; what is asked for next is answered by it. Not for registries.
  virtual Result<Index> refresh() = 0;
  // The version of a chart that a range names. kNotFound, and kInvalid for what is no range.
  virtual Result<std::string> find(const std::string& chart, const std::string& range) = 0;
  // The files of a version, Chart.yaml at the root.
  virtual Result<TreePtr> files(const std::string& chart, const std::string& version) = 0;
};
using OpenHelm = std::function<std::shared_ptr<HelmClient>(const HelmPlace& place)>;

std::optional<SourceError> unsupported_helm_field(const Value& repository_spec);
bool is_oci(const Value& repository);
// kInvalid in Flux's words: "invalid Helm repository URL: ...".
Result<HelmPlace> read_helm_place(const Value& repository);

// The artifact of a HelmRepository: its index, by its digest. It holds no files.
tl::expected<Artifact, SourceError> fetch_index(const HelmPlace& place, HelmClient& client);
// "stored fetched index of size 3.1kB from 'https://...'".
std::string index_event(const HelmPlace& place, uint64_t size);

// The source that a HelmChart names.
SourceRef chart_source_of(const Value& chart);

// What a HelmChart is made of.
struct ChartFrom {
  HelmClient* client = nullptr;  // of its HelmRepository, or
  std::optional<Artifact> files;  // of the GitRepository or Bucket
  render::RemoteCharts* dependencies = nullptr;  // for charts in files that do not bring theirs
};
struct BuiltChart {
  Artifact artifact;     // with the chart
  std::string name;
  std::string summary;   // "pulled 'podinfo' chart with version '6.5.4'"
  std::string reason;    // "ChartPullSucceeded", "ChartPackageSucceeded"
  Value values_files = Value::list();  // that were merged
};
// Resolves spec.version, merges spec.valuesFiles, adds what spec.reconcileStrategy asks for to the version. `known` is
// given back where it is the same still.
tl::expected<BuiltChart, SourceError> build_chart(const Value& object, const ChartFrom& from);

// What its status says then. `source_revision`: of the artifact that it was made of, or "".
SourceOutcome chart_outcome(const Value& object, tl::expected<BuiltChart, SourceError> built, const std::string& source_revision);

}  // namespace taut::flux
