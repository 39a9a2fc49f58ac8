// index.yaml of a Helm repository: which charts there are, and where (pkg/repo/v1/index.go, Helm 4.2).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"

namespace taut::registry {

struct IndexEntry {
  std::string version;
  std::string url;     // of the archive, absolute
  std::string digest;  // sha256 in hex, or ""
};

class ChartIndex {
 public:
  // `url`: where the index was found; archives may be named relative to it. JSON is YAML too. kInvalid when it is
  // neither, or has no apiVersion ("no API version specified"). Entries that are not valid are left out.
  static Result<ChartIndex> parse(std::string_view text, std::string_view url);

  // The versions of a chart, newest first; nothing when the index does not name it.
  const std::vector<IndexEntry>* versions(std::string_view chart) const;
  // As `find`, with the errors of helm's own commands: "no chart name found", "no chart version found for NAME-RANGE".
  Result<IndexEntry> get(std::string_view chart, std::string_view range) const;
  // Whether an archive of any chart has this URL.
  bool holds(std::string_view archive) const;

  // The newest version of a chart within a range; "" and "*" leave out prereleases, an exact version is looked for
  // first. kNotFound in Helm's words.
  Result<IndexEntry> find(std::string_view chart, std::string_view range) const;

 private:
  struct Chart {
    std::string name;
    std::vector<IndexEntry> entries;
  };
  std::vector<Chart> charts_;  // by name
};

// The version among `versions` that a range asks for, by the rules above; "" when there is none. kInvalid: no range.
Result<std::string> pick_version(std::string_view range, const std::vector<std::string>& versions);

}  // namespace taut::registry
