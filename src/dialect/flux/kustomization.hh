// Flux's Kustomization as a Unit (kustomize.toolkit.fluxcd.io/v1, kustomize-controller 1.9).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dialect/flux/artifacts.hh"
#include "dialect/flux/target_cluster.hh"
#include "dialect/flux/words.hh"
#include "engine/dialect.hh"
#include "engine/unit.hh"

namespace taut::flux {

// Why an object cannot go on now: reason and message of its Ready condition. `stalled`: only a change of it helps.
struct Hold {
  std::string reason;
  std::string message;
  bool stalled = false;
  bool operator==(const Hold&) const = default;
};

struct ObjectName {
  std::string ns;
  std::string name;
  auto operator<=>(const ObjectName&) const = default;
};

// What dependsOn names. Flux itself knows only objects of the same kind; here `kind` may say Kustomization, HelmRelease or
// Application (Argo CD's).
struct Dependency {
  std::string kind;
  ObjectName name;
  bool operator==(const Dependency&) const = default;
};
// As nodes of the graph of dependencies.
std::string node_of(const Dependency& object);
std::vector<std::string> nodes_of(const std::vector<Dependency>& objects);
std::vector<Dependency> read_dependencies(const Value& spec, const std::string& ns, const std::string& own_kind);

// A ConfigMap or Secret that postBuild.substituteFrom names, in the Kustomization's namespace.
struct VariableRef {
  std::string kind;
  std::string name;
  bool optional = false;
};

struct Kustomization {
  ObjectName self;
  engine::UnitKey key;
  int64_t generation = 0;
  std::string requested_at;  // annotation reconcile.fluxcd.io/requestedAt
  bool suspended = false;
  bool deleting = false;
  bool finalized = false;  // carries Flux's finalizer
  Duration interval{};
  Duration retry_interval{};
  Duration timeout{};
  SourceRef source;
  std::vector<Dependency> depends_on;
  std::vector<VariableRef> variables;
  std::string keys_secret;  // of spec.decryption
  Target target;
  bool remote_bases = true;  // it may name bases outside of its source
  bool wait = false;
  std::vector<std::pair<Gvk, ObjectId>> health_checks;
  bool deletes = false;  // its objects go when it is deleted
  std::optional<Hold> unsupported;

  // All that it names of ConfigMaps, Secrets and ServiceAccounts.
  std::vector<VariableRef> named() const;
};

// "kustomize.toolkit.fluxcd.io/Kustomization/<namespace>/<name>".
engine::UnitKey kustomization_key(std::string_view ns, std::string_view name);

// Never fails: fields that are not supported become a hold.
Kustomization read_kustomization(const Value& object, const Tenancy& tenancy = {});

// What the cluster holds of what a Kustomization names.
struct Given {
  std::optional<Artifact> artifact;
  Value variables = Value::list();  // a map for each of Kustomization::variables that is there
  Value keys;  // "name" and "data" of the Secret of spec.decryption, where it names one
  engine::Dialect::Place place;
  bool lost = false;  // whoever is to delete its objects cannot: they stay
  std::optional<Hold> hold;
};
engine::UnitSpec unit_spec(const Value& object, const Kustomization& read, const Given& given);

// What an earlier process, or Flux, wrote: the inventory.
engine::UnitStatus read_status(const Value& object);

// The revision of a Unit's source as Flux writes it: "main@sha1:<hex>".
std::string revision_of(const engine::Source& source);

}  // namespace taut::flux
