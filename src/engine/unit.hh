// Unit: what Argo CD calls an Application and Flux a Kustomization, in one neutral form.
//
// A dialect makes a UnitSpec from its custom resource and writes a UnitStatus back in its own words. Everything here
// is a value.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.hh"
#include "base/hash.hh"
#include "base/rare.hh"
#include "base/shared.hh"
#include "base/time.hh"
#include "engine/gate.hh"
#include "health/customizations.hh"
#include "health/health.hh"
#include "object/id.hh"
#include "plan/build.hh"
#include "plan/intent.hh"
#include "plan/normalizer.hh"
#include "value/value.hh"

namespace taut::engine {

// "argoproj.io/Application/argocd/guestbook": group/kind/namespace/name of the custom resource.
using UnitKey = std::string;

struct Source {
  std::string repo;
  std::string revision;  // as asked for: branch, tag, SHA, HEAD, ""
  std::string path;
  Value raw;  // the dialect's own source, with which it renders; a list of them where there are several
  // Of a Unit with several sources: each of them. The Unit's revision is then that of each, with commas between.
  std::vector<Source> parts = {};
  // What else tells this revision from others, in the dialect's words; nothing is rendered by it.
  std::string stamp = {};
  // Objects as texts, in place of what is there: those of an operation that applies what is in no commit.
  std::vector<std::string> manifests = {};

  bool operator==(const Source&) const;
  // The parts, or the source itself.
  std::span<const Source> each() const;
  // What it asks for; of several parts with commas between.
  std::string asked() const;
  // The same source, asked for at other revisions.
  Source at(const std::string& revision) const;
};

struct Destination {
  std::string server;
  std::string name;
  std::string ns;
  Value raw;
  bool operator==(const Destination&) const = default;
};

struct Retry {
  int64_t limit = 0;  // attempts after the first; negative: without end
  bool refresh = false;
  Duration base = std::chrono::seconds(5);
  double factor = 2;
  Duration cap = std::chrono::minutes(3);
  bool operator==(const Retry&) const = default;
  // How long to wait before attempt number `count` + 1.
  Duration delay(int64_t count) const;
};

struct Policy {
  bool automated = false;
  bool prune = false;
  bool self_heal = false;
  bool allow_empty = false;
  std::vector<std::string> options;  // "CreateNamespace=true", ...
  std::optional<Retry> retry;
  Value namespace_labels;       // managedNamespaceMetadata
  Value namespace_annotations;
};

enum class SyncState : uint8_t { kUnknown, kSynced, kOutOfSync };
std::string_view sync_name(SyncState state);

struct Condition {
  std::string type;
  std::string message;
  Time since{};
  bool operator==(const Condition&) const = default;
};

// Whether a project or tenant may have an object. Immutable and thread-safe.
class Permissions {
 public:
  virtual ~Permissions() = default;
  // The reason why not; empty when it may.
  virtual std::string refusal(const Gvk& gvk, const Value& object, bool namespaced) const = 0;
  // Whether the settings leave out a kind altogether: its objects are not wanted and not looked at.
  virtual bool excludes(const Gvk&) const { return false; }
};

// What happens to the objects when the Unit itself is deleted.
enum class Cascade : uint8_t { kOrphan, kBackground, kForeground };

struct UnitSpec {
  UnitKey key;
  std::string name;  // as it stands in tracking marks
  Source source;
  Destination destination;
  Policy policy;
  std::vector<plan::IgnoreRule> ignore;
  std::shared_ptr<const plan::Normalizer> normalizer;  // null: none
  std::shared_ptr<const Permissions> permissions;
  std::shared_ptr<const Gate> gate;  // null: always open
  std::string field_manager = "taut";
  std::shared_ptr<const plan::ObjectRules> rules;  // null: Argo CD's annotations
  // Only what the Unit is known to have applied is pruned or deleted with it, whatever else carries its mark: a
  // mark in labels is copied by controllers.
  bool listed_only = false;
  // Objects of others whose health is wanted too.
  std::vector<std::pair<Gvk, ObjectId>> checks;
  Judgement judgement = Judgement::kArgo;
  std::shared_ptr<const Customizations> customizations;  // health checks that come before; may be null
  int64_t history_limit = 10;
  // Values that templates make at random or of the time are taken from each new render, not kept as they are in the
  // cluster.
  bool renew_generated = false;
  // A synced revision that is not Healthy after this long is rolled back to the one before.
  std::optional<Duration> rollback_after;
  bool deleting = false;
  Time deleting_since{};
  Cascade cascade = Cascade::kOrphan;
  // Hooks run before the objects are deleted, and after.
  bool pre_delete = false;
  bool post_delete = false;
  // What automated syncs wait for; empty: for nothing.
  std::string waits_for;
  // Since when somebody has confirmed deletions that ask for it.
  std::optional<Time> approved;
  bool confirmed(Time asked) const { return approved && *approved >= asked; }
  // Settings of the dialect for renders, beside the source.
  Value render_options;
  // Labels and annotations that each object gets beside its mark; null: none.
  Value labels;
  Value annotations;
  std::vector<Condition> errors;  // the spec cannot be followed, and why
  std::vector<Condition> warnings;  // what of it is not done, beside the rest, which is
  // Equal fingerprints mean equal specs; whatever the dialect read is in it.
  Value fingerprint;
};

// A wish for a sync.
struct Operation {
  std::string revision;  // empty: what the source asks for
  Rare<Source> source;  // in place of the spec's
  bool prune = false;
  bool dry_run = false;
  bool skip_hooks = false;
  bool force = false;
  std::vector<plan::Selector> resources;
  std::vector<std::string> options;
  Retry retry;
  bool automated = false;
  std::string user;
  int64_t self_heal_attempts = 0;
  // Set for a rollback to a history entry: automated sync is held at it until the next sync.
  std::optional<int64_t> rollback_to;
  Value raw_info;  // the dialect's `info`, passed through
  std::vector<std::string> manifests;  // Source::manifests
  std::string unsupported;  // why it cannot be carried out at all; it fails with this
  bool operator==(const Operation&) const = default;
};

enum class OperationPhase : uint8_t { kRunning, kTerminating, kSucceeded, kFailed, kError };
std::string_view phase_name(OperationPhase phase);
std::optional<OperationPhase> parse_operation_phase(std::string_view name);
inline bool completed(OperationPhase phase) {
  return phase != OperationPhase::kRunning && phase != OperationPhase::kTerminating;
}

enum class ResultCode : uint8_t { kNone, kSynced, kSyncFailed, kPruned, kPruneSkipped };
std::string_view code_name(ResultCode code);

// How one object fared in a sync.
struct TaskResult {
  Gvk gvk;
  ObjectId id;
  ResultCode code = ResultCode::kNone;
  std::string message;
  bool hook = false;
  std::optional<OperationPhase> state;
  plan::Phase phase = plan::Phase::kSync;
  bool operator==(const TaskResult&) const = default;
};

struct OperationState {
  Operation operation;
  OperationPhase phase = OperationPhase::kRunning;
  std::string message;
  Time started{};
  std::optional<Time> finished;
  int64_t retries = 0;
  std::string revision;  // synced to
  Shared<Source> source;
  std::vector<TaskResult> results;
  bool operator==(const OperationState&) const = default;
};

struct History {
  int64_t id = 0;
  std::string revision;
  Shared<Source> source;
  Time started{};
  Time deployed{};
  bool automated = false;
  std::string user;
  bool operator==(const History&) const = default;
};

struct ResourceState {
  Gvk gvk;
  ObjectId id;
  std::optional<SyncState> sync;  // hooks have none
  std::optional<Health> health;
  bool hook = false;
  bool requires_pruning = false;
  int wave = 0;
  bool operator==(const ResourceState&) const = default;
};

// Why a Unit's source cannot be read or rendered, as the source's own error.
struct LoadError {
  Code code = Code::kInternal;
  std::string message;
  bool operator==(const LoadError&) const = default;
};

struct UnitStatus {
  SyncState sync = SyncState::kUnknown;
  std::string revision;
  Shared<Source> compared_source;
  Health health{HealthState::kUnknown, ""};
  std::vector<ResourceState> resources;
  std::vector<History> history;
  std::optional<OperationState> operation;
  std::vector<Condition> conditions;
  std::optional<Time> reconciled;
  std::string source_type;
  std::vector<std::string> images;
  // The target has hooks that run before or after the Unit's deletion: it must not go without them.
  bool pre_delete_hooks = false;
  bool post_delete_hooks = false;
  std::vector<ResourceState> checks;  // of UnitSpec::checks; Missing where there is no such object
  std::optional<LoadError> load_error;  // why there is no target
  Hash128 target{};                     // names the objects that are wanted, as they were rendered
  bool operator==(const UnitStatus&) const = default;
};

}  // namespace taut::engine
