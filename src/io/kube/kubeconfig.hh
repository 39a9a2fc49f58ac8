// Kubeconfig files: read, merged, and a context of them resolved to what a client needs. The rules and the words
// are client-go's (tools/clientcmd, v1.35): the first file to name a cluster, user or context wins, the first
// current-context wins, paths inside a file are relative to its folder, files of KUBECONFIG that are missing are
// skipped.
//
// Errors carry the file, the line and the field path; no secret is ever part of one.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hh"
#include "base/time.hh"
#include "base/url.hh"
#include "io/net/http.hh"
#include "value/value.hh"

namespace taut::kube {

struct ExecPlugin {
  std::string command;
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::string api_version;
  std::string install_hint;
  std::string interactive_mode;
  bool provide_cluster_info = false;
  Value cluster_info;  // the cluster's part of KUBERNETES_EXEC_INFO when the plugin asks for it
};

struct Impersonation {
  std::string user, uid;
  std::vector<std::string> groups;
  std::vector<std::pair<std::string, std::string>> extra;
};

struct IssuedToken {
  std::string token;
  std::optional<Time> expires;
};

// Who the client is. A token file is read anew now and then; a plugin is run, or a token asked for, when what there was
// has expired.
struct AuthConfig {
  std::string token;
  std::string token_file;
  std::string username, password;
  std::optional<ExecPlugin> exec;
  std::function<Result<IssuedToken>()> issue;  // may wait
  Impersonation impersonate;
};

// One context, with all files read.
struct ClientConfig {
  Url server;
  net::TlsOptions tls;
  std::string proxy;
  bool compress = true;
  AuthConfig auth;
  std::string context;  // its name; "" in the cluster
  std::string ns = "default";
};

struct ClusterEntry {
  std::string server, authority_file, authority_data, tls_server_name, proxy_url;
  bool insecure = false;
  bool disable_compression = false;
  Value exec_config;  // the extension client.authentication.k8s.io/exec, which plugins are shown
  Position position;
};

struct UserEntry {
  std::string certificate_file, certificate_data, key_file, key_data;
  AuthConfig auth;
  std::string auth_provider;  // of a kind that client-go no longer has
  Position position;
};

struct ContextEntry {
  std::string cluster, user, ns;
  Position position;
};

// The union of some files.
struct Kubeconfig {
  std::map<std::string, ClusterEntry> clusters;
  std::map<std::string, UserEntry> users;
  std::map<std::string, ContextEntry> contexts;
  std::string current_context;

  bool empty() const { return clusters.empty() && users.empty() && contexts.empty(); }
};

// One file's text. `file` names it in errors, its folder is the base of relative paths.
Result<Kubeconfig> parse_kubeconfig(std::string_view text, const std::string& file);

// Adds what `base` does not have yet.
void merge_kubeconfig(Kubeconfig& base, Kubeconfig more);

// A context of the configuration ("" means the current one).
Result<ClientConfig> resolve_context(const Kubeconfig& config, const std::string& context = {});

// From inside a pod: KUBERNETES_SERVICE_HOST and _PORT, and the service account's token, CA and namespace.
// kNotFound with client-go's words when not in a cluster. `root` is put before the paths, for tests.
using Environment = std::function<std::string(const char*)>;
Result<ClientConfig> in_cluster_config(const Environment& environment, const std::string& root = {});

struct ConfigSource {
  std::string file;              // --kubeconfig: this file and no other, which must exist
  std::string context;           // --context
  Environment environment = {};  // default: the process's
};

// What kubectl would use: the file given, or those of KUBECONFIG, or ~/.kube/config; with none of them, the cluster
// around.
Result<ClientConfig> load_client_config(const ConfigSource& source = {});

}  // namespace taut::kube
