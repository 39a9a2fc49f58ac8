// Rendered files cut into documents, hooks apart from the rest, in the order in which helm installs them. As helm 4's
// pkg/release/v1/util.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.hh"
#include "base/result.hh"
#include "helm/compat.hh"
#include "value/document.hh"

namespace taut::helm {

struct Manifest {
  std::string path;  // the template: "chart/templates/x.yaml"
  std::string text;
  std::string kind, api_version, name;
  Document document;
};

struct Hook {
  Manifest manifest;
  std::vector<std::string> events;  // "pre-install", ..., "test"
  int64_t weight = 0;
  std::vector<std::string> delete_policies;
};

struct Manifests {
  std::vector<Manifest> plain;
  std::vector<Hook> hooks;
};

// What files were cut into, by path, for the next time that they have the same text. Of one version of helm.
class FileManifests {
 public:
  struct File {
    Hash128 text;
    Manifests manifests;
    std::vector<std::string> warnings;
  };
  File& file(const std::string& path) { return files_[path]; }
  void clear() { files_.clear(); }

 private:
  std::unordered_map<std::string, File> files_;
};

// The documents of a text, trimmed as this version of helm does; those that are blank are left out.
std::vector<std::string> split_manifests(std::string_view text, Compat compat);

// Files by path. Partials and blank files are left out. kInvalid "YAML parse error on FILE: ...".
struct SortOptions {
  Compat compat = Compat::kHelm42;
  bool documents = true;  // whether manifests keep what they were read as
  FileManifests* known = nullptr;  // where given: asked for files, and filled with them
};
Result<Manifests> sort_manifests(const std::map<std::string, std::string>& files, const SortOptions& options,
                                 std::vector<std::string>* warnings);

}  // namespace taut::helm
