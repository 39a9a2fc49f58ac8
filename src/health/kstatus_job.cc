#include "health/go_fields.hh"
#include "health/kstatus_rules.hh"

namespace taut::kstatus_rule {

// A Job that runs is Current. (Flux waits longer by a reader of its own, which is not part of kstatus.)
Result<Kstatus> job(const Value& object, Time) {
  TAUT_ASSIGN(auto conditions, go_conditions(object));
  const Value& spec = object["spec"];
  const Value& status = object["status"];
  int64_t completions = whole(spec["completions"], whole(spec["parallelism"], 1));
  int64_t succeeded = whole(status["succeeded"], 0);
  int64_t failures = whole(status["failed"], 0);
  for (const GoCondition& condition : conditions) {
    if (condition.status != "True") continue;
    if (condition.type == "Complete") {
      return current(fmt::format("Job Completed. succeeded: {}/{}", succeeded, completions));
    }
    if (condition.type == "Failed") {
      return failed("JobFailed", fmt::format("Job Failed. failed: {}/{}", failures, completions));
    }
  }
  if (text(status["startTime"], "").empty()) return in_progress("JobNotStarted", "Job not started");
  return current(fmt::format("Job in progress. success:{}, active: {}, failed: {}", succeeded,
                             whole(status["active"], 0), failures));
}

}  // namespace taut::kstatus_rule
