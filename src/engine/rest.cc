// What is not kept of a Unit at rest. Ten thousand of them wait for something to happen at any time, and what is held of
// each is most of what the engine needs.
#include <algorithm>

#include "engine/settler.hh"

namespace taut::engine {

// At rest nothing is on its way, and the status is as it was written.
void Settler::rest() {
  bool waits = unit.stage == OperationStage::kNone && !unit.writing && unit.wrote_once && !unit.sync;
  if (!waits) return;
  bool as_written = *unit.written == unit.status;
  unit.revision_untold = !as_written && only_revision_moved();
  if (as_written || unit.revision_untold) unit.written.reset();
  auto does_nothing = [](const plan::Step& step) { return step.action == plan::Action::kUnchanged && step.refused.empty(); };
  if (!unit.compared || unit.compare_needed || !std::ranges::all_of(unit.plan.steps, does_nothing)) return;
  unit.plan = {};
  unit.plan_left_out = true;
  if (!unit.prepared) return;
  unit.desired = {};
  unit.desired_left_out = true;
}

void Settler::wake() {
  if (unit.written) return;
  unit.written = unit.status;
  if (unit.revision_untold) unit.written->revision.clear();
}

void Settler::restore_plan() {
  unit.plan = make_plan(pairs(), nullptr);
  unit.plan_left_out = false;
}

}  // namespace taut::engine
