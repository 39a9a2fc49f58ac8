// What is written of a chart: Chart.yaml and Chart.lock, the digest that ties them, and the chart as an archive. As helm
// 4's internal/resolver and pkg/chart/v2/util/save.go.
#pragma once

#include <string>
#include <vector>

#include "base/result.hh"
#include "helm/chart.hh"

namespace taut::helm {

// Chart.yaml as a document: the fields that are set, in the form `helm show chart` prints.
Value metadata_document(const Metadata& metadata);

// Chart.lock as it is written.
std::string lock_text(const Lock& lock);

// "sha256:..." of the dependencies asked for and of those locked. Their repositories must be URLs already.
std::string lock_digest(const std::vector<Dependency>& asked, const std::vector<Dependency>& locked);
// The digest of Helm 2, which requirements.lock may still hold.
std::string lock_digest_v2(const std::vector<Dependency>& asked);

// Whether Chart.lock still belongs to Chart.yaml. kInvalid "the lock file (Chart.lock) is out of sync with the
// dependencies file (Chart.yaml). Please update the dependencies".
Status check_lock(const Metadata& metadata, const Lock& lock);

// "name-version.tgz".
std::string archive_name(const Metadata& metadata);

// The chart with all below it as helm packs it, the same bytes for the same chart. kInvalid "chart validation: ..." and
// "invalid JSON in values.schema.json".
Result<std::string> write_chart_archive(const Chart& chart, uint64_t mtime = 0);

}  // namespace taut::helm
