// What a change did, read from the cluster before and after: pure functions of two states.
#pragma once

#include <set>
#include <vector>

#include "preview/report.hh"
#include "preview/state.hh"

namespace taut::preview {

// Workloads whose pods were replaced, or are being. A workload that only got fewer pods did not restart.
std::vector<Restart> restarts(const State& before, const State& after);

// Objects that are gone: those of `pruned`, and what went along with them. Pods and replica sets of a workload that is
// still there do not count; their going is a restart.
std::vector<Removal> removals(const State& before, const State& after, const std::set<ObjectId>& pruned);

struct HealthChanges {
  std::vector<Breakage> broken;
  std::vector<Breakage> broken_before;
  std::vector<ObjectId> healed;
  std::vector<std::string> notes;
};
// Compares healths, each object with what it controls as one. Both states are at rest, so that what is still
// Progressing will not get there by itself. Kinds whose health depends on what a copy has not (load balancers,
// metrics) are only noted. `revision` is what a rollback would go back to.
HealthChanges health_changes(const State& before, const State& after, const std::string& revision);

}  // namespace taut::preview
