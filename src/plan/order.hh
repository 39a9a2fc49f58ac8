// The order of a sync: phase, wave, kind, name; what others depend on first; prunes in the mirrored order.
#pragma once

#include <string_view>
#include <vector>

#include "plan/plan.hh"

namespace taut::plan {

// The rank of a kind in one wave: Namespace lowest; kinds that are not ranked come last with 0.
int kind_rank(std::string_view kind);

// Sorts by (phase, wave, kind rank, name), then moves a Namespace before the first object that lives in it and a
// CustomResourceDefinition before its first object; both take over that object's phase and wave. The sort is
// stable, so that ties keep the order of the input (gitops-engine pkg/sync/sync_tasks.go).
void order_steps(std::vector<Step>& steps);

// Mirrors the waves of prunes (the first created goes last) by swapping the distinct waves end to end, then moves
// the prunes that ask for it (all with `all_last`) one wave behind the last of the Sync phase.
void arrange_prunes(std::vector<Step>& steps, bool all_last);

}  // namespace taut::plan
