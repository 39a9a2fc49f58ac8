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

void sort_newest_first(std::vector<IndexEntry>& entries) {
  std::vector<std::pair<Version, IndexEntry>> sorted;
  for (IndexEntry& entry : entries) sorted.emplace_back(*Version::parse(entry.version), std::move(entry));
  std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) { return compare(a.first, b.first) > 0; });
  entries.clear();
  for (auto& [version, entry] : sorted) entries.push_back(std::move(entry));
}

}  // namespace

Result<std::string> pick_version(std::string_view range, const std::vector<std::string>& versions) {
  if (std::ranges::find(versions, range) != versions.end()) return std::string(range);
  TAUT_ASSIGN(auto wanted, VersionRange::parse(range.empty() ? "*" : range));
  return highest(wanted, versions);
}

Result<ChartIndex> ChartIndex::parse(std::string_view text, std::string_view url) {
  if (text.empty()) return fail(Code::kInvalid, "{}: empty index.yaml file", url);
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
    sort_newest_first(chart.entries);
    out.charts_.push_back(std::move(chart));
  }
  std::ranges::sort(out.charts_, {}, &Chart::name);
  return out;
}

const std::vector<IndexEntry>* ChartIndex::versions(std::string_view chart) const {
  auto found = std::ranges::lower_bound(charts_, chart, {}, &Chart::name);
  return found == charts_.end() || found->name != chart ? nullptr : &found->entries;
}

bool ChartIndex::holds(std::string_view archive) const {
  for (const Chart& chart : charts_)
    for (const IndexEntry& entry : chart.entries)
      if (entry.url == archive) return true;
  return false;
}

Result<IndexEntry> ChartIndex::get(std::string_view chart, std::string_view range) const {
  const std::vector<IndexEntry>* entries = versions(chart);
  if (!entries) return fail(Code::kNotFound, "no chart name found");
  if (entries->empty()) return fail(Code::kNotFound, "no chart version found");
  auto exact = std::ranges::find(*entries, range, &IndexEntry::version);
  if (exact != entries->end()) return *exact;
  TAUT_ASSIGN(auto wanted, VersionRange::parse(range.empty() ? "*" : range));
  for (const IndexEntry& entry : *entries)
    if (wanted.contains(*Version::parse(entry.version))) return entry;
  return fail(Code::kNotFound, "no chart version found for {}-{}", chart, range);
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
