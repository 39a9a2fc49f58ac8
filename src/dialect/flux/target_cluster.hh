// Where what a Kustomization or a HelmRelease makes goes, and as whom: spec.kubeConfig and spec.serviceAccountName
// (fluxcd/pkg/apis/meta, pkg/auth).
#pragma once

#include <optional>
#include <string>

#include "engine/dialect.hh"

namespace taut::flux {

// What Flux's controllers are told by flags to keep tenants apart.
struct Tenancy {
  std::string default_account;          // --default-service-account
  bool no_cross_namespace = false;      // --no-cross-namespace-refs
  bool no_remote_bases = false;         // --no-remote-bases
};

// What a spec names; all in the object's own namespace.
struct Target {
  std::string secret, key;   // kubeConfig.secretRef
  std::string config_map;    // kubeConfig.configMapRef
  std::string account;       // who is impersonated

  bool remote() const { return !secret.empty() || !config_map.empty(); }
  bool operator==(const Target&) const = default;
};
Target read_target(const Value& spec, const Tenancy& tenancy);

// "system:serviceaccount:<ns>:<account>"; "" for nobody.
std::string account_user(const std::string& ns, const std::string& account);

// The key of a Secret's plain data that holds the kubeconfig: `key`, or else "value" or "value.yaml". Nothing where there
// is none.
std::optional<std::string> kubeconfig_key(const Value& data, const std::string& key);

// The cluster that a ConfigMap of a configMapRef describes, by address and account. kUnsupported for clouds, kInvalid
// in Flux's words.
Result<engine::Dialect::Place> place_of_config_map(const Value& map);

}  // namespace taut::flux
