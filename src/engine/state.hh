// What the engine keeps of one Unit. Internal to the engine.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/rare.hh"
#include "engine/sync.hh"
#include "engine/unit.hh"
#include "health/reasons.hh"
#include "plan/build.hh"

namespace taut::engine {

// How far an operation has come.
enum class OperationStage : uint8_t {
  kNone,
  kPreparing,   // its revision is being resolved, rendered and compared
  kAnnounced,   // its status is being written; nothing is applied before that
  kRunning,
  kRetrying     // failed; waits for its next attempt
};

// What is compared with and synced to in place of what the spec says.
struct Override {
  Source source;
  bool held = false;  // stays after the operation: a rollback
  int64_t history_id = 0;
};

struct UnitState {
  UnitSpec spec;
  UnitStatus status;
  Rare<Override> override_;

  // The target.
  std::string rendering;        // the SHA on its way, or empty
  Rare<Source> rendering_source;  // with `rendering`
  std::string rendered;         // the SHA of `objects`
  Shared<Source> rendered_source;
  std::string source_type;
  std::vector<Value> objects;   // as rendered
  std::map<size_t, std::vector<std::string>> generated;  // of `objects`, as rendered
  std::map<ObjectId, std::vector<std::string>> kept;     // of `desired`: fields that stay as they are in the cluster
  std::vector<Value> desired;   // with namespaces and marks, normalised; see Settler::desired()
  bool desired_left_out = false;  // it can be had again from `objects`
  Shared<std::vector<Gvk>> kinds;  // all that a comparison looks at
  bool prepared = false;        // `desired` belongs to `objects`
  bool render_again = false;    // hard refresh
  bool refresh_asked = false;   // the custom resource carries a wish for a refresh
  std::optional<Error> render_error;  // of `failed`
  std::string failed;           // the SHA that could not be rendered
  Rare<Source> failed_source;
  size_t failed_part = 0;       // which of its parts
  Time render_retry{};
  int render_failures = 0;

  // The comparison.
  bool compare_needed = false;
  bool compared = false;        // `plan` belongs to `desired`
  std::set<ObjectId> fetching;
  plan::Plan plan;
  bool plan_left_out = false;   // it changes nothing and can be had again: see rest()
  // Of one object: the last comparison, and what the server made of what was applied last. What it was made of is known by
  // its hash.
  struct Memory {
    size_t id = 0;  // the hash of the object's id
    uint64_t desired = 0, live = 0;
    std::vector<plan::FieldChange> changes;
    uint64_t applied = 0;
    Value result;
  };
  std::vector<Memory> memories;  // by id
  std::vector<Condition> target_conditions;   // from preparing
  std::vector<Condition> live_conditions;     // from comparing
  Rare<Condition> unreadable;        // a kind cannot be listed
  Rare<Condition> sync_error;
  std::optional<Time> drift_since;

  // The operation.
  Rare<Operation> requested;
  bool operation_asked = false;  // the custom resource carries an operation
  OperationStage stage = OperationStage::kNone;
  bool active = false;          // counted in Engine::active_
  std::unique_ptr<Sync> sync;
  bool announcing = false;      // the status that is being written announces it
  bool announced = false;
  bool awaits_turn = false;     // in Engine::turns_
  bool pioneer = false;         // in Engine::pioneers_
  bool unannounced = false;     // it runs without an announcement; counted in Engine::unannounced_
  bool end_untold = false;      // it ended, and no status has been sent that says so
  Time retry_at{};
  bool terminate = false;
  std::string terminate_reason;
  // The last operation was to these very objects: commits since then changed nothing here.
  bool attempted = false;
  // Objects healed lately: how often in a row, each soon after the last, and when.
  struct Heal {
    int64_t count = 0;
    Time last{};
  };
  std::unordered_map<ObjectId, Heal> heals;
  int64_t failed_syncs = 0;     // automated ones, in a row
  std::optional<Time> last_sync;  // when the last automated one ended

  // Why it is red.
  bool explaining = false;             // the question is on its way
  Time explain_at{};                   // when to ask next
  int64_t explain_count = 0;
  uint64_t explain_about = 0;          // hash of the objects and their states that are asked about; 0: none
  Rare<Reason> explained;     // what was found of them
  Rare<Reason> refusal;       // of the last sync, while it has not succeeded
  uint64_t told = 0;                   // hash of the line that an event told of; 0: of none

  // A new revision on trial: when it is judged, since when it has been Healthy, and whether it was so for long enough.
  std::optional<Time> trial;
  std::optional<Time> trial_healthy;
  bool trial_proved = false;

  // Deletion.
  std::set<std::string> deleting;  // uids asked to go
  std::map<Ticket, std::string> deletes;
  bool delete_hooks_ran = false;  // they are being removed
  bool released = false;
  Time delete_again{};
  int delete_failures = 0;

  // Writing the status.
  bool writing = false;
  bool writing_later = false;   // counted in Engine::later_writes_
  bool clearing_operation = false, clearing_refresh = false;  // by this write: asked for still if it fails
  bool revision_untold = false; // at rest: `status` is as written but for the revision
  bool wrote_once = true;  // the last write succeeded
  Rare<UnitStatus> written;  // not there: as `status` was when it came to rest
  HealthState told_health = HealthState::kUnknown;
  Time written_at{};
  Time write_again{};
  int write_failures = 0;

  Memory& memory_of(const ObjectId& object) {
    size_t id = std::hash<ObjectId>()(object);
    auto it = std::ranges::lower_bound(memories, id, {}, &Memory::id);
    return it != memories.end() && it->id == id ? *it : *memories.insert(it, Memory{.id = id});
  }
  const Source& target() const { return override_ ? override_->source : spec.source; }
  bool target_is_rendered(const std::string& sha) const {
    return !sha.empty() && rendered == sha && *rendered_source == target();
  }
};

}  // namespace taut::engine
