// Sync: carries out one Plan, wave by wave, as answers and live changes come in.
//
// It mirrors gitops-engine's sync context (v3.5) in order, waiting and words, with these differences: it is driven by
// watches instead of being polled; objects that are already as wanted are not sent again; and an object that fails
// does not keep the others of its wave from being applied, only later waves.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/event.hh"
#include "engine/live.hh"
#include "engine/unit.hh"
#include "plan/plan.hh"

namespace taut::engine {

// What a Sync may look at and call for while it advances.
struct World {
  const LiveStore& live;
  const UnitSpec& spec;
  std::vector<Effect>& effects;
  Ticket& next_ticket;
  Time now;
};

class Sync {
 public:
  // `state` outlives the Sync; it is in phase Running, or Terminating for a sync that is to be ended. Results that it
  // holds from an earlier process are kept for hooks: a hook that has ended is not run again.
  Sync(OperationState& state, plan::Plan plan);

  // Goes as far as it can; completed(state.phase) when it is through.
  void advance(World world);
  // Answers. False when the ticket is not of this sync.
  bool applied(Ticket ticket, const Result<WriteResult>& result, World world);
  bool deleted(Ticket ticket, const Status& result, World world);
  // Ends it with this message: running hooks are removed.
  void terminate(std::string message);

  const plan::Plan& plan() const { return plan_; }
  // The step that a request carries out, while it is on its way; else nullptr.
  const plan::Step* step_of(Ticket ticket) const;
  // Something failed that may pass by itself: a server that is away or overloaded.
  bool transient() const { return transient_; }
  // True while requests are on their way.
  bool busy() const { return !tickets_.empty(); }

 private:
  enum class Stage : uint8_t {
    kPending,
    kMigrating,   // fields that kubectl applied are being taken over
    kReleasing,   // the finalizer of an earlier run of a hook is being removed
    kRemoving,    // a delete is on its way
    kVanishing,   // deleted; waiting until it is gone
    kApplying,
    kWaiting,     // applied; waiting for health
    kConcluding,  // a hook has ended; its finalizer is being removed
    kSucceeded,
    kFailed
  };
  struct Task {
    const plan::Step* step = nullptr;
    Stage stage = Stage::kPending;
    bool migrated = false;  // took over kubectl's fields, or tried
    bool removed = false;   // a hook's earlier run is gone, or an object to be recreated
    std::string message;    // the last one
  };
  struct Group {
    size_t begin = 0;
    size_t end = 0;
  };

  static bool terminal(Stage stage) { return stage == Stage::kSucceeded || stage == Stage::kFailed; }
  void adopt_results();
  bool next_group();
  bool run_group(World& world);  // true when all of its tasks have ended
  void start_prune(Task& task, World& world);
  void start_hook_removal(Task& task, World& world);
  void start_apply(Task& task, World& world);
  bool start_migration(Task& task, World& world);
  bool unconfirmed(const Task& task) const;
  bool may_recreate(const Task& task, const Error& error, const World& world) const;
  bool unserved(const Task& task, const World& world) const;
  bool definition_to_come(const Task& task) const;
  void check(Task& task, World& world);
  void check_vanishing(Task& task, World& world);
  void conclude_hook(Task& task, World& world, bool succeeded, const std::string& message);
  void delete_object(Task& task, World& world, const std::string& propagation);
  void remove_finalizer(Task& task, World& world, Stage stage);
  void finish_group();
  void clean_up_hooks(World& world, bool success);
  void finish(World& world);
  void end_terminated(World& world);
  void record(Task& task, ResultCode code, std::optional<OperationPhase> state, std::string message);
  void say_what_is_awaited();
  const Value* live_of(const Task& task, const World& world) const;
  bool option(const World& world, std::string_view option, const Value& object) const;

  OperationState& state_;
  plan::Plan plan_;
  std::vector<Task> tasks_;
  std::map<Ticket, size_t> tickets_;
  std::set<Ticket> cleanup_;
  Group group_;
  bool multi_step_ = false;
  bool failing_ = false;      // the SyncFail phase runs, or has run
  bool finishing_ = false;    // all tasks have ended; hooks are cleaned up
  bool terminating_ = false;
  std::string termination_;
  bool transient_ = false;
  std::string failure_;
};

}  // namespace taut::engine
