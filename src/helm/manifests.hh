// Rendered files cut into documents, hooks apart from the rest, in the order in which helm installs them. As helm 4's
// pkg/release/v1/util.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

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

// The documents of a text, trimmed as this version of helm does; those that are blank are left out.
std::vector<std::string> split_manifests(std::string_view text, Compat compat);

// Files by path. Partials and blank files are left out. kInvalid "YAML parse error on FILE: ...".
Result<Manifests> sort_manifests(const std::map<std::string, std::string>& files, Compat compat,
                                 std::vector<std::string>* warnings);

}  // namespace taut::helm
