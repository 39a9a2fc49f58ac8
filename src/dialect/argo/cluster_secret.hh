// Argo CD's clusters: Secrets labelled argocd.argoproj.io/secret-type "cluster" (util/db/cluster.go, v3.5).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "value/value.hh"

namespace taut::argo {

// The label selector of these Secrets.
inline constexpr std::string_view kClusterSecrets = "argocd.argoproj.io/secret-type=cluster";
// The cluster that taut itself works in, for which no Secret is needed.
inline constexpr std::string_view kLocalServer = "https://kubernetes.default.svc";
inline constexpr std::string_view kLocalName = "in-cluster";

// A program that gives credentials, as in a kubeconfig.
struct ClusterExec {
  std::string command;
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::string api_version;
  std::string install_hint;
};

// How to reach a cluster. Holds credentials: never to be logged.
struct ClusterConnection {
  std::string username, password;
  std::string bearer_token;
  std::string ca, certificate, key;  // PEM
  std::string server_name;
  bool insecure = false;
  bool compress = true;
  std::string proxy;
  std::optional<ClusterExec> exec;
};

struct ClusterSecret {
  std::string secret;  // the Secret's own name
  std::string server;  // without a slash at the end
  std::string name;    // the server where the Secret names none
  std::string project;
  std::vector<std::string> namespaces;  // empty: all
  bool cluster_resources = false;       // with namespaces: whether objects that live in none are looked after too
  ClusterConnection connection;
  // The Secret cannot be followed, and why. The cluster is known all the same, by server and name.
  std::optional<Error> error;
  // Equal fingerprints mean equal connections and limits; no secret can be read from it.
  uint64_t fingerprint = 0;

  bool local() const { return server == kLocalServer; }
};

// Never fails; what is wrong is in `error`: kInvalid for a config that is no JSON or has bad base64, kUnsupported for
// awsAuthConfig.
ClusterSecret read_cluster_secret(const Value& secret);

}  // namespace taut::argo
