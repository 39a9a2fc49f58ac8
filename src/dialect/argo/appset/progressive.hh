// Progressive syncs: an ApplicationSet with strategy RollingSync has its Applications synced step by step
// (applicationset/progressivesync, Argo CD 3.5).
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/time.hh"
#include "dialect/argo/appset/reconcile.hh"

namespace taut::argo::appset {

// Whether the set has the strategy RollingSync.
bool rolls(const Value& application_set);

// Automated sync is taken out of the Applications' hands: the set starts their syncs. Returns those that pruned.
std::set<std::string> hold_back(std::vector<Value>& wanted);

struct Rollout {
  Value statuses;   // status.applicationStatus: Waiting, Pending, Progressing or Healthy, each with its step
  Value condition;  // RolloutProgressing, without its time
  // What is wrong with the steps, for condition InvalidRolloutConfig (Argo CD 3.6); empty when nothing is.
  std::string invalid;
  // Applications that are to be synced now. A sync is told from earlier ones by its start, in whole seconds: one may
  // have to wait for the next second, at `again`.
  std::vector<std::string> sync;
  std::optional<Time> again;
};

// `wanted`: the Applications that the set makes; `existing`: those of them that are there; `changed`: those whose spec
// is not what is wanted. The statuses before are read from the set.
Rollout roll_out(const Value& application_set, const std::vector<Value>& wanted, std::span<const Value> existing,
                 const std::set<std::string>& changed, Time now);

// The operation that starts a sync, for an Application as it is wanted.
Value rollout_operation(const Value& application, bool prune);

// The Applications of a set that is being deleted with deletionOrder Reverse: the one to delete next, the last step
// first; nothing while one is on its way, or when none is left.
struct Reverse {
  bool left = false;  // any Application
  std::optional<Removal> next;
};
bool deletes_in_reverse(const Value& application_set);
Reverse next_removal(const Value& application_set, std::span<const Value> existing);

}  // namespace taut::argo::appset
