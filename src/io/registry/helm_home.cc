#include "io/registry/helm_home.hh"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/base64.hh"
#include "base/strings.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::registry {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// As helm's lazypath: its own variable, the XDG one, a folder of the user.
std::string home(const char* own, const char* xdg, const char* fallback) {
  if (std::string base = variable(own); !base.empty()) return base;
  std::string base = variable(xdg);
  if (base.empty()) base = variable("HOME") + fallback;
  return base + "/helm";
}

std::string or_else(const char* name, std::string fallback) {
  std::string value = variable(name);
  return value.empty() ? std::move(fallback) : value;
}

}  // namespace

HelmHome HelmHome::of_environment() {
  std::string config = home("HELM_CONFIG_HOME", "XDG_CONFIG_HOME", "/.config");
  std::string cache = home("HELM_CACHE_HOME", "XDG_CACHE_HOME", "/.cache");
  return {.repository_config = or_else("HELM_REPOSITORY_CONFIG", config + "/repositories.yaml"),
          .repository_cache = or_else("HELM_REPOSITORY_CACHE", cache + "/repository"),
          .content_cache = or_else("HELM_CONTENT_CACHE", cache + "/content"),
          .registry_config = or_else("HELM_REGISTRY_CONFIG", config + "/registry/config.json")};
}

Result<std::vector<RepositoryEntry>> parse_repositories(std::string_view text) {
  TAUT_ASSIGN(auto document, parse_yaml_document(text, {.reject_duplicate_keys = false}));
  std::vector<RepositoryEntry> out;
  for (const Value& row : document.root["repositories"].items()) {
    if (!row.is_map()) continue;
    out.push_back({row["name"].str(), row["url"].str(), row["username"].str(), row["password"].str(),
                   row["certFile"].str(), row["keyFile"].str(), row["caFile"].str(),
                   row["insecure_skip_tls_verify"].as_bool(), row["pass_credentials_all"].as_bool()});
  }
  return out;
}

Result<std::vector<RepositoryEntry>> read_repositories(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::vector<RepositoryEntry>();
  std::stringstream text;
  text << file.rdbuf();
  return parse_repositories(text.str());
}

Result<Login> find_login(std::string_view text, std::string_view host) {
  TAUT_ASSIGN(Value config, parse_json(text));
  for (const auto& [key, value] : config["auths"].entries()) {
    // Old logins name the whole URL.
    std::string_view name = key.as_string();
    if (size_t scheme = name.find("://"); scheme != std::string_view::npos) name = name.substr(scheme + 3);
    if (name.substr(0, name.find('/')) != host) continue;
    auto plain = base64_decode(value["auth"].as_string());
    std::string_view user, password;
    if (plain && cut(*plain, ":", user, password)) return Login{std::string(user), std::string(password)};
    return Login{value["username"].str(), value["password"].str()};
  }
  return Login{};
}

bool same_repository(std::string_view a, std::string_view b) { return trim_right(a, "/") == trim_right(b, "/"); }

}  // namespace taut::registry
