// Health of the custom resources that people run most, by a table: data/health/kinds.yaml.
//
// An item names its kinds ("group/Kind", globs) and is read from top to bottom; the first that speaks decides:
//
//   suspended: path[=value]        true, or that value, there: Suspended. A "/" in a key is written "~1".
//   suspended_by: [Condition]      True: Suspended;  suspended_reasons: [reason]: any condition with that reason
//   healthy_when: {path: value}    Healthy
//   failed_when: path              a text there: Degraded, with it as the message
//   (generation)                   status.observedGeneration behind metadata.generation: Progressing; with `observed:
//                                  conditions`, that of the conditions; with `observed: nowhere` it says nothing
//   progressing: [Condition]       True: Progressing
//   failed: [Condition]            True (or Condition=False: False): Degraded; with one of `failed_pending_reasons`
//                                  Progressing
//   phase: path, phases: {State: [phase, ...]}    other phases: Progressing, or `then` decides. A list is all right when
//                                  each of its items is
//   ready: [Condition]             all True: Healthy; one False: `unready` (Degraded), with one of `pending_reasons`
//                                  Progressing. "Condition?" counts where it is there
//   all_conditions: true           as `ready`, of whatever conditions there are
//   each: path                     the conditions of each item of this list, the worst counts
//   otherwise: State               when nothing speaks; Progressing
//
// The message is that of the condition, or what stands at `message`.
#pragma once

#include <optional>

#include "health/health.hh"

namespace taut {

// Nothing for a kind that is not in the table, and for objects being deleted.
std::optional<Health> judge_known(const Value& object);

}  // namespace taut
