#include <fmt/format.h>

#include "sandbox/workloads/deployment.hh"
#include "sandbox/workloads/deployment_conditions.hh"
#include "sandbox/workloads/deployment_math.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {

bool has_deadline(const Value& deployment) {
  const Value& seconds = deployment["spec"]["progressDeadlineSeconds"];
  return !seconds.is_null() && seconds.as_int() != INT32_MAX;
}

void set_condition(Value& status, std::string_view type, std::string_view value, std::string_view reason, std::string_view message,
                   std::string_view now) {
  const Value present = condition_of(status, type);
  if (present["status"].as_string() == value && present["reason"].as_string() == reason) return;
  const Value since = present["status"].as_string() == value ? present["lastTransitionTime"] : Value(now);
  put_condition(status, Value::map({{"lastTransitionTime", since},
                                    {"lastUpdateTime", now},
                                    {"message", message},
                                    {"reason", reason},
                                    {"status", value},
                                    {"type", type}}));
}

namespace {

void count(Value& status, std::string_view field, int64_t number) {
  if (number == 0) {
    status.erase(field);
  } else {
    status.set(field, number);
  }
}

int64_t old_replicas(const Value& status) { return status["replicas"].as_int() - status["updatedReplicas"].as_int(); }

bool is_progressing(const Value& before, const Value& after) {
  return after["updatedReplicas"].as_int() > before["updatedReplicas"].as_int() || old_replicas(after) < old_replicas(before) ||
         after["readyReplicas"].as_int() > before["readyReplicas"].as_int() ||
         after["availableReplicas"].as_int() > before["availableReplicas"].as_int();
}

// When a rollout without progress since then counts as failed. Times in objects are whole seconds, so a deadline that
// passes at simulated speed gets two more.
Time deadline(const Runtime& runtime, const Value& deployment, Time since) {
  const Duration given = std::chrono::seconds(deployment["spec"]["progressDeadlineSeconds"].as_int());
  return since + (runtime.options().hurry_deadlines ? runtime.simulated(given) + std::chrono::seconds(2) : given);
}

bool timed_out(const Runtime& runtime, const Value& deployment, const Value& status, Time now) {
  const Value& progress = condition_of(status, kProgressing);
  std::string_view reason = progress["reason"].as_string();
  if (progress.is_null() || reason == "NewReplicaSetAvailable") return false;
  if (reason == "ProgressDeadlineExceeded") return true;
  auto since = parse_rfc3339(progress["lastUpdateTime"].as_string());
  return since && deadline(runtime, deployment, *since) < now;
}

}  // namespace

Value DeploymentController::counted_status(const Rollout& rollout) const {
  const Value& deployment = rollout.deployment;
  const std::vector<Value> all = rollout.all();
  const int64_t available = sum_status(all, "availableReplicas");
  Value status = deployment["status"];
  status.set("observedGeneration", deployment["metadata"]["generation"]);
  count(status, "replicas", sum_status(all, "replicas"));
  count(status, "updatedReplicas", rollout.fresh["status"]["replicas"].as_int());
  count(status, "readyReplicas", sum_status(all, "readyReplicas"));
  count(status, "availableReplicas", available);
  count(status, "unavailableReplicas", std::max<int64_t>(sum_wanted(all) - available, 0));
  status.set("terminatingReplicas", sum_status(all, "terminatingReplicas"));
  const bool enough = available >= wanted_replicas(deployment) - max_unavailable(deployment);
  set_condition(status, kAvailable, enough ? "True" : "False", enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.", runtime_.now_text());
  return status;
}

Status DeploymentController::write_plain_status(const Rollout& rollout) {
  Value fresh = rollout.deployment;
  fresh.set("status", counted_status(rollout));
  if (fresh["status"] == rollout.deployment["status"]) return {};
  TAUT_TRY(update_status(fresh));
  return {};
}

void DeploymentController::judge_progress(const Rollout& rollout, Value& status) const {
  const Value& deployment = rollout.deployment;
  const Value present = condition_of(deployment["status"], kProgressing);
  const bool done = status["replicas"].as_int() == status["updatedReplicas"].as_int() &&
                    present["reason"].as_string() == "NewReplicaSetAvailable";
  if (done) return;
  const std::string subject = rollout.fresh.is_null() ? fmt::format("Deployment \"{}\"", name_of(deployment))
                                                      : fmt::format("ReplicaSet \"{}\"", name_of(rollout.fresh));
  const std::string now = runtime_.now_text();
  if (is_complete(deployment, status)) {
    set_condition(status, kProgressing, "True", "NewReplicaSetAvailable", subject + " has successfully progressed.", now);
  } else if (is_progressing(deployment["status"], status)) {
    // Written anew each time: the deadline counts from the last progress.
    drop_condition(status, kProgressing);
    set_condition(status, kProgressing, "True", "ReplicaSetUpdated", subject + " is progressing.", now);
    if (present["status"].as_string() == "True") {
      Value fresh = condition_of(status, kProgressing);
      fresh.set("lastTransitionTime", present["lastTransitionTime"]);
      put_condition(status, fresh);
    }
  } else if (timed_out(runtime_, deployment, status, runtime_.now())) {
    set_condition(status, kProgressing, "False", "ProgressDeadlineExceeded", subject + " has timed out progressing.", now);
  }
}

Status DeploymentController::write_rollout_status(const Rollout& rollout) {
  Value status = counted_status(rollout);
  if (has_deadline(rollout.deployment)) {
    judge_progress(rollout, status);
  } else {
    drop_condition(status, kProgressing);
  }
  Value failure = condition_of(rollout.fresh["status"], kReplicaFailure);
  for (const Value& set : rollout.old) {
    if (failure.is_null()) failure = condition_of(set["status"], kReplicaFailure);
  }
  if (failure.is_null()) {
    drop_condition(status, kReplicaFailure);
  } else {
    set_condition(status, kReplicaFailure, failure["status"].as_string(), failure["reason"].as_string(), failure["message"].as_string(),
                  runtime_.now_text());
  }
  if (status == rollout.deployment["status"]) {
    recheck_at_deadline(rollout.deployment);
    return {};
  }
  Value fresh = rollout.deployment;
  fresh.set("status", status);
  TAUT_ASSIGN(Value written, update_status(fresh));
  recheck_at_deadline(written);
  return {};
}

void DeploymentController::recheck_at_deadline(const Value& deployment) {
  const Value& progress = condition_of(deployment["status"], kProgressing);
  if (!has_deadline(deployment) || progress.is_null() || is_complete(deployment, deployment["status"]) ||
      progress["reason"].as_string() == "ProgressDeadlineExceeded") {
    return;
  }
  auto since = parse_rfc3339(progress["lastUpdateTime"].as_string());
  if (!since) return;
  const Time due = deadline(runtime_, deployment, *since) + std::chrono::seconds(1);
  enqueue_after(ObjectId::of(deployment), due - runtime_.now());
}

}  // namespace taut::sandbox::workloads
