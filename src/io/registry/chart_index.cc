#include "io/registry/chart_index.hh"

#include <algorithm>

#include "base/semver.hh"
#include "base/strings.hh"
#include "yaml/reader.hh"

namespace taut::registry {
namespace {

// An archive's URL relative to that of the index, as a browser would take it.
std::string absolute(std::string_view url, std::string_view index) {
  if (url.find("://") != std::string_view::npos) return std::string(url);
  if (url.starts_with('/')) {
    size_t host = index.find("://");
    size_t slash = host == std::string_view::npos ? host : index.find('/', host + 3);
    return std::string(index.substr(0, slash)) + std::string(url);
  }
  return std::string(index.substr(0, index.rfind('/') + 1)) + std::string(url);
}

}  // namespace

Result<std::string> pick_version(std::string_view range, const std::vector<std::string>& versions) {
  if (std::ranges::find(versions, range) != versions.end()) return std::string(range);
  TAUT_ASSIGN(auto wanted, VersionRange::parse(range.empty() ? "*" : range));
  return highest(wanted, versions);
}

Result<ChartIndex> ChartIndex::parse(std::string_view text, std::string_view url) {
  auto document = parse_yaml_document(text, {.reject_duplicate_keys = false});
  if (!document) return fail(std::move(document.error()).while_doing(fmt::format("reading {}", url)));
  const Value& root = document->root;
  if (root["apiVersion"].as_string().empty()) return fail(Code::kInvalid, "{}: no API version specified", url);
  ChartIndex out;
  for (const auto& [name, entries] : root["entries"].entries()) {
    Chart chart{std::string(name.as_string()), {}};
    for (const Value& entry : entries.items()) {
      const Value& urls = entry["urls"];
      if (!Version::parse(entry["version"].as_string()) || urls.empty()) continue;
      chart.entries.push_back({entry["version"].str(), absolute(urls[size_t{0}].as_string(), url), entry["digest"].str()});
    }
    out.charts_.push_back(std::move(chart));
  }
  std::ranges::sort(out.charts_, {}, &Chart::name);
  return out;
}

Result<IndexEntry> ChartIndex::find(std::string_view chart, std::string_view range) const {
  auto found = std::ranges::lower_bound(charts_, chart, {}, &Chart::name);
  if (found == charts_.end() || found->name != chart || found->entries.empty())
    return fail(Code::kNotFound, "chart \"{}\" not found in repository", chart);
  std::vector<std::string> versions;
  for (const IndexEntry& entry : found->entries) versions.push_back(entry.version);
  TAUT_ASSIGN(std::string version, pick_version(range, versions));
  if (version.empty()) return fail(Code::kNotFound, "chart \"{}\" matching version \"{}\" not found in repository", chart, range);
  return *std::ranges::find(found->entries, version, &IndexEntry::version);
}

}  // namespace taut::registry
