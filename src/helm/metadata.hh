// Chart.yaml and the lists of dependencies, as helm 4's pkg/chart/v2 reads and checks them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::helm {

struct Maintainer {
  std::string name, email, url;
};

// A chart that another depends on: a row of `dependencies`.
struct Dependency {
  std::string name;
  std::string version;  // a range; in a lock file a version
  std::string repository;
  std::string condition;  // paths of values, "," between them
  std::vector<std::string> tags;
  bool enabled = false;
  std::vector<Value> import_values;  // a text, or a map with "child" and "parent"
  std::string alias;
};

struct Metadata {
  std::string name, home, version, description, icon, api_version, condition, tags, app_version, kube_version, type;
  std::vector<std::string> sources, keywords;
  std::vector<Maintainer> maintainers;
  bool deprecated = false;
  std::vector<std::pair<std::string, std::string>> annotations;  // sorted
  std::vector<Dependency> dependencies;
  bool lists_dependencies = false;  // there is a list, though it may be empty

  bool is_library() const;
};

// Reads a YAML text over what `metadata` holds already: Chart.yaml, and requirements.yaml of version 1. Numbers and
// booleans become text where text is wanted. The errors are those of Go's yaml and json.
Status read_metadata(std::string_view text, Metadata& metadata);

// Chart.lock or requirements.lock.
struct Lock {
  std::string generated;  // RFC 3339
  std::string digest;     // "sha256:..."
  std::vector<Dependency> dependencies;
};
Result<Lock> read_lock(std::string_view text);

// Removes characters that cannot be printed, then checks what helm checks: "validation: chart.metadata.name is
// required". kInvalid.
Status check_metadata(Metadata& metadata);

}  // namespace taut::helm
