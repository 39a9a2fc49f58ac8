// Settler: brings one Unit as far as it can go now. Internal to the engine; lives for one look at one Unit.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/engine.hh"
#include "engine/state.hh"

namespace taut::engine {

// A watch that is down no longer than this is nobody's concern.
inline constexpr Duration kShortOutage = std::chrono::seconds(5);

// Progress is told now and then: the end of a sync that takes milliseconds says it all.
inline constexpr Duration kProgress = std::chrono::seconds(5);

// So many automated syncs run at once without an announcement: they are to be over soon.
inline constexpr size_t kMostUnannounced = 32;

// A commit moves the revision of every Unit of its repository: so many of those statuses are written at once, so that they
// are in nobody's way.
inline constexpr size_t kMostLaterWrites = 2;

struct Settler {
  Engine& engine;
  UnitState& unit;
  Time now;

  void run();
  void settle();
  void note_unreadable_kinds();

  // target.cc: revision, render, namespaces and marks
  void follow_target();
  void prepare();
  struct Wanted {
    std::vector<Value> objects;
    std::map<ObjectId, std::vector<std::string>> kept;
    std::map<ObjectId, int> repeats;
  };
  Wanted make_desired() const;
  const std::vector<Value>& desired();  // made again where they were left out
  Value marked(const Value& object) const;
  void note_target(const Wanted& wanted);
  void want_objects();
  void note_kept();
  std::vector<Gvk> kinds_to_watch() const;
  Value placed(const Value& object) const;
  Value labelled(Value object) const;
  bool excluded(const Gvk& gvk) const;
  bool makes_namespace() const;

  // comparison.cc
  bool live_is_known();
  void compare();
  void note_revision();
  std::vector<plan::Pair> pairs();
  plan::Plan make_plan(const std::vector<plan::Pair>& pairs, const Operation* operation);
  std::vector<plan::FieldChange> changes_of(const Value& desired, const Value& live);
  void judge(const std::vector<plan::Pair>& pairs);
  void list_coming_objects();
  void list_coming_hooks();
  void judge_checks();
  bool is_listed(const ObjectId& id) const;
  SyncState judge_sync(const plan::Pair& pair, const plan::Step* step, ResourceState& resource) const;
  void note_shared(const std::vector<plan::Pair>& pairs);

  // operation.cc
  void consider_operation();
  void start_operation(Operation operation);
  void resume_operation();
  void prepare_operation();
  bool may_go_on();
  void run_operation();
  void end_operation();
  void fail_operation(std::string message, OperationPhase phase = OperationPhase::kError);
  void conclude_operation();
  void retry_operation();
  void supersede();
  void add_history();
  void add_namespace(plan::Plan& plan) const;
  void override_target(const Operation& operation);
  World world() { return {engine.live_, unit.spec, engine.effects_, engine.next_ticket_, now}; }

  // turns.cc: automated syncs that are over before an announcement would be
  void consider_turn();
  void consider_timeout();
  bool needs_no_announcement() const;
  bool kinds_are_listed();
  bool is_listed_somewhere(const Gvk& gvk);
  bool lists(const UnitKey& key, const Gvk& gvk);
  void end_turn();

  // autosync.cc
  void consider_automated_sync();
  Gate::Answer ask_gate(bool manual, std::optional<Time> started);
  bool attempted_already() const;
  bool only_prunes() const;
  bool wipes_out() const;
  bool may_heal(Operation& operation);
  bool may_heal(const ObjectId& id);
  Retry heal_pace() const;

  // cause.cc: why it is red
  void consider_cause();
  void ask_for_cause(const std::vector<Value>& wrong);
  std::vector<Value> unhealthy() const;
  std::vector<Value> failed_hooks() const;
  void note_refusal();
  std::string provider_of(const Value& object) const;
  std::optional<Reason> source_trouble() const;
  std::optional<Condition> cause();
  std::string previous_revision() const;

  // trial.cc: a revision that is not healthy at the end of its trial is rolled back
  void begin_trial();
  void resume_trial();
  void watch_trial(HealthState state);
  bool consider_rollback();
  const History* last_different() const;
  std::optional<Condition> trial() const;

  // teardown.cc
  void tear_down();
  bool delete_objects();
  void tear_down(const Value& object);
  bool torn_down(Ticket ticket, const std::optional<Error>& error);

  // delete_hooks.cc
  bool delete_hooks_known();
  bool run_delete_hooks(bool before);
  bool clean_up_delete_hooks();
  void create_delete_hook(const Value& hook);
  std::vector<Value> delete_hooks(bool before);

  // status.cc
  void write_status();
  bool only_revision_moved() const;
  Urgency urgency() const;
  std::vector<Condition> conditions();
  void tell_health();

  // rest.cc: what can be had again is not kept of a Unit that waits for something to happen
  void rest();
  void wake();
  void restore_plan();

  std::string target_sha() const;
  std::string load_message(const Error& error) const;
  std::optional<Error> load_error() const;
  void notice(Notice::Kind kind, std::string message = {}, std::optional<ObjectId> object = {}, bool failed = false,
              Duration elapsed = {});
};

}  // namespace taut::engine
