// Where helm keeps its repositories and logins, and what stands there: repositories.yaml and registry/config.json, which
// taut reads as helm does, so that whoever has added a repository with helm need not do it again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "io/registry/oci.hh"

namespace taut::registry {

struct HelmHome {
  std::string repository_config;  // repositories.yaml
  std::string repository_cache;   // NAME-index.yaml of each repository
  std::string content_cache;      // archives by their digest
  std::string registry_config;    // logins, as docker writes them

  // As HELM_REPOSITORY_CONFIG, HELM_REPOSITORY_CACHE, HELM_CONTENT_CACHE, HELM_REGISTRY_CONFIG, HELM_CONFIG_HOME,
  // HELM_CACHE_HOME, XDG_CONFIG_HOME, XDG_CACHE_HOME and HOME say.
  static HelmHome of_environment();
};

// A row of repositories.yaml.
struct RepositoryEntry {
  std::string name, url, username, password;
  std::string cert_file, key_file, ca_file;
  bool insecure = false;
  bool pass_credentials = false;  // to other hosts, too
};

// kInvalid in the words of Go's yaml.
Result<std::vector<RepositoryEntry>> parse_repositories(std::string_view text);
// The rows of a file; none when it is not there.
Result<std::vector<RepositoryEntry>> read_repositories(const std::string& path);

// The login for a registry ("registry.example.com:5000") in the text of a config.json; empty when it has none.
Result<Login> find_login(std::string_view text, std::string_view host);

// Whether two URLs are the same repository: but for slashes at the end.
bool same_repository(std::string_view a, std::string_view b);

}  // namespace taut::registry
