// The engine: decides what is to be done so that every Unit ends where its source says.
//
// It has no network, clock, files or threads: it is told what happened (events) and the time, and says what to do
// (effects). Not thread-safe; whoever owns it calls from one strand. The same events at the same times give the same
// effects. All that it must not forget is in the cluster (a Unit's status, the marks on objects): an engine that
// starts anew with what is found there ends in the same state.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/event.hh"
#include "engine/live.hh"
#include "engine/ownership.hh"
#include "engine/revisions.hh"
#include "engine/unit.hh"
#include "plan/plan.hh"

namespace taut::engine {

struct UnitState;

struct EngineOptions {
  Duration poll_interval = std::chrono::seconds(120);  // timeout.reconciliation
  Duration poll_jitter = std::chrono::seconds(60);
  // Self-healing starts at once; a repeat within `self_heal_cap` of the last waits, longer each time.
  Duration self_heal_base = std::chrono::seconds(2);
  double self_heal_factor = 3;
  Duration self_heal_cap = std::chrono::seconds(300);
  Retry automated_retry{5, false, std::chrono::seconds(5), 2, std::chrono::minutes(3)};
  // How long an operation of an Application may take, with all its attempts (controller.sync.timeout.seconds); zero: as long
  // as it wants.
  Duration sync_timeout{};
};

struct Effects {
  std::vector<Effect> list;
  // When a Tick is wanted at the latest.
  std::optional<Time> wake;
};

class Engine {
 public:
  Engine(EngineOptions options, std::vector<const Ownership*> ownerships);
  ~Engine();

  Effects step(const Event& event, Time now) { return step(std::span(&event, 1), now); }
  // Several events that came together: Units are looked at once, after all of them.
  Effects step(std::span<const Event> events, Time now);

  // What is known of a Unit: its status as it is or will be written, and the whole plan of the last comparison;
  // nullptr when there is none. What they give holds until the next call.
  const UnitStatus* status(const UnitKey& unit) const;
  const plan::Plan* plan(const UnitKey& unit);
  std::vector<UnitKey> units() const;
  size_t held_objects() const { return live_.held(); }

 private:
  friend struct Settler;
  void take(const UnitSpecified& event, Time now);
  void take(const UnitGone& event, Time now);
  void take(const OperationRequested& event, Time now);
  void take(const TerminateRequested& event, Time now);
  void take(const RefreshRequested& event, Time now);
  void take(const RepositoryChanged& event, Time now);
  void take(const RevisionResolved& event, Time now);
  void take(const Rendered& event, Time now);
  void take(const KindKnown& event, Time now);
  void take(const LiveChanged& event, Time now);
  void take(const LiveGone& event, Time now);
  void take(const LiveSynced& event, Time now);
  void take(const KindFailed& event, Time now);
  void take(const Fetched& event, Time now);
  void take(const Applied& event, Time now);
  void take(const Deleted& event, Time now);
  void take(const StatusWritten& event, Time now);
  void take(const Explained& event, Time now);
  void take(const Tick& event, Time now);

  UnitState* find(const UnitKey& unit);
  void touch(const UnitKey& unit);
  void touch_live(const std::set<UnitKey>& units, Time now);
  void wake_unit(const UnitKey& unit, Time at);
  bool next_dirty(UnitKey& unit);
  void end_lead(UnitState& unit);

  EngineOptions options_;
  std::vector<const Ownership*> ownerships_;
  LiveStore live_;
  Revisions revisions_;
  std::map<UnitKey, std::unique_ptr<UnitState>> units_;
  struct ByKey {
    bool operator()(const UnitKey* a, const UnitKey* b) const { return *a < *b; }
  };
  std::map<Gvk, std::set<const UnitKey*, ByKey>> waiting_for_kind_;  // their UnitSpec::key
  Shared<std::vector<Gvk>> last_kinds_;  // of the Unit that was prepared last
  std::map<ObjectId, std::set<UnitKey>> fetching_;  // the Units that wait for an object
  std::set<UnitKey> dirty_;
  std::set<std::pair<Time, UnitKey>> timers_;
  std::vector<Effect> effects_;
  Ticket next_ticket_ = 1;
  size_t active_ = 0;         // Units with an operation
  std::deque<UnitKey> turns_;  // Units whose operation waits for its turn to run without an announcement
  size_t unannounced_ = 0;     // operations that run so
  std::map<Gvk, UnitKey> pioneers_;  // the Unit that is being announced because no status has objects of the kind yet
  std::set<UnitKey> followers_;      // those that wait for one of these
  std::map<Gvk, UnitKey> listed_by_;  // a Unit in whose status, as it was written, objects of a kind were found last
  size_t statuses_written_ = 0;
  std::map<Gvk, size_t> missed_;  // how many statuses were written when a kind was last looked for in vain
  size_t explaining_ = 0;     // Units whose cause is being asked for
  std::set<UnitKey> later_;   // whose status is to be written when nothing else is
  UnitKey last_later_;        // whose turn it was
  size_t later_writes_ = 0;   // such writes on their way
};

}  // namespace taut::engine
