// What the engine is told, and what it asks for.
//
// Every effect that awaits an answer is answered by exactly one event: ResolveRevision by RevisionResolved, Render by
// Rendered, Explain by Explained, WatchKind by KindKnown (and, while the kind is served, by a stream of LiveChanged, LiveGone and
// LiveSynced), Fetch by Fetched, Apply and Delete by Applied and Deleted with the same ticket, WriteStatus by
// StatusWritten (which also answers ReleaseUnit).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hh"
#include "engine/unit.hh"
#include "health/reasons.hh"
#include "port/cluster.hh"

namespace taut::engine {

using Ticket = uint64_t;

// ---- events

// A Unit is there or its spec changed. `observed` is the status found in the cluster; it is read only when the Unit
// is not known yet, to go on where an earlier process stopped.
struct UnitSpecified {
  UnitSpec spec;
  UnitStatus observed;
};
struct UnitGone {
  UnitKey unit;
};
struct OperationRequested {
  UnitKey unit;
  Operation operation;
};
struct TerminateRequested {
  UnitKey unit;
};
struct RefreshRequested {
  UnitKey unit;
  bool hard = false;  // render again even if nothing changed
};
// A push was announced: ask this repository now.
struct RepositoryChanged {
  std::string repo;
};
struct RevisionResolved {
  std::string repo;
  std::string revision;
  Result<std::string> sha;
};
struct RenderedObjects {
  std::vector<Value> objects;
  std::string source_type;  // "Directory", "Kustomize", "Helm"
  std::vector<std::string> warnings;
  // For some of the objects, by index: JSON pointers to what another render would make otherwise.
  std::map<size_t, std::vector<std::string>> generated = {};
};
struct Rendered {
  UnitKey unit;
  std::string sha;
  Result<RenderedObjects> result;
  size_t failed_part = 0;  // of several sources: which one the error is of
};
// Whether the cluster serves a kind, and how.
struct KindKnown {
  Gvk gvk;
  bool served = false;
  bool namespaced = true;
};
struct LiveChanged {
  Gvk gvk;  // as it is watched
  Value object;
};
struct LiveGone {
  Gvk gvk;
  ObjectId id;
};
struct LiveSynced {
  Gvk gvk;
};
// The watch of a kind is down, or could not begin.
struct KindFailed {
  Gvk gvk;
  Error error;
};
struct Fetched {
  Gvk gvk;
  ObjectId id;
  Result<Value> object;
};
struct Applied {
  UnitKey unit;
  Ticket ticket = 0;
  Result<WriteResult> result;
};
struct Deleted {
  UnitKey unit;
  Ticket ticket = 0;
  Status result;
};
struct StatusWritten {
  UnitKey unit;
  Status result;
};
// Why objects of a Unit are not healthy; nothing when nobody can say.
struct Explained {
  UnitKey unit;
  std::optional<Reason> reason;
};
// Time has come that Effects::wake named.
struct Tick {};

using Event = std::variant<UnitSpecified, UnitGone, OperationRequested, TerminateRequested, RefreshRequested,
                           RepositoryChanged, RevisionResolved, Rendered, KindKnown, LiveChanged, LiveGone, LiveSynced,
                           KindFailed, Fetched, Applied, Deleted, StatusWritten, Explained, Tick>;

// ---- effects

struct ResolveRevision {
  std::string repo;
  std::string revision;
};
struct Render {
  UnitKey unit;
  std::string name;  // UnitSpec::name
  std::string ns;    // of the destination
  Source source;
  std::string sha;
  bool hard = false;
  Value options = {};  // UnitSpec::render_options
};
struct WatchKind {
  Gvk gvk;
};
struct Fetch {
  Gvk gvk;
  ObjectId id;
};
struct Apply {
  UnitKey unit;
  Ticket ticket = 0;
  WriteRequest request;
};
struct Delete {
  UnitKey unit;
  Ticket ticket = 0;
  ObjectRef ref;
  DeleteOptions options;
};
// What is written first where much is to be written: the end of what has begun before the beginning of something else, and
// last what nobody waits for.
enum class Urgency : uint8_t { kNow, kSoon, kLater };

struct WriteStatus {
  UnitKey unit;
  UnitStatus status;
  bool clear_operation = false;  // the operation asked for in the custom resource is taken over or done
  bool clear_refresh = false;    // so is the refresh
  Urgency urgency = Urgency::kLater;
};
// All objects of a Unit that is being deleted are gone: its finalizer may go.
struct ReleaseUnit {
  UnitKey unit;
};
// These objects are not healthy: find out why, from what they own and the events about it.
struct Explain {
  UnitKey unit;
  std::vector<Value> objects;     // the worst first
  std::string previous_revision;  // what a rollback would go back to, shortened
};
// For events, metrics and whoever watches; never needs an answer.
struct Notice {
  enum class Kind : uint8_t {
    kRefreshed, kSyncStarted, kSyncFinished, kApplied, kPruned, kDrift, kHealed, kHealthChanged, kConditions, kDeleted,
    kExplained, kRolledBack
  };
  UnitKey unit;
  Kind kind;
  std::string message;
  std::optional<ObjectId> object;
  bool failed = false;
  Duration elapsed{};  // kSyncFinished: since it started; kHealed: since the drift was seen
  std::string revision{};  // kSyncFinished: synced to
  bool partial = false;    // kSyncFinished: of chosen objects only
  std::string before{};    // kHealthChanged: the state it had
};

using Effect = std::variant<ResolveRevision, Render, WatchKind, Fetch, Apply, Delete, WriteStatus, ReleaseUnit, Explain, Notice>;

}  // namespace taut::engine
