#include "sandbox/workloads/job.hh"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sandbox/workloads/job_indexes.hh"
#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

using known::kJob;
using known::kPod;

constexpr std::string_view kTracking = "batch.kubernetes.io/job-tracking";

bool is_true(const Value& status, std::string_view type) { return condition_is(status, type, "True"); }
bool is_over(const Value& status) { return is_true(status, "Complete") || is_true(status, "Failed"); }
bool succeeded(const Value& pod) { return pod["status"]["phase"].as_string() == "Succeeded"; }

void set_count(Value& status, std::string_view field, int64_t count) {
  if (count == 0) {
    status.erase(field);
  } else {
    status.set(field, count);
  }
}

bool listed(const Value& list, std::string_view uid) {
  return std::ranges::any_of(list.items(), [&](const Value& item) { return item.as_string() == uid; });
}

void add_condition(Value& status, std::string_view type, std::string_view value, std::string_view reason, std::string_view message,
                   std::string_view now) {
  Value condition = Value::map({{"lastProbeTime", now}, {"lastTransitionTime", now}, {"message", message}, {"reason", reason},
                                {"status", value}, {"type", type}});
  put_condition(status, condition);
}

int64_t wanted_completions(const Value& job) { return job["spec"]["completions"].as_int(-1); }

}  // namespace

void JobController::observe(const Change& change, const ObjectId& id) {
  if (id.group == kJob.group && id.kind == kJob.kind && change.type != ChangeType::kDeleted) enqueue(id);
  if (id.group.empty() && id.kind == kPod.kind) enqueue_owner(change.object, kJob);
}

// Pods that were accounted for and let go move from the list of the uncounted into the sums.
void JobController::settle_counted(Tally& tally) const {
  std::set<std::string, std::less<>> held;
  for (const Value& pod : cache_.controlled_by(uid_of(tally.job), kPod)) {
    if (has_finalizer(pod, kTracking)) held.emplace(uid_of(pod));
  }
  Value left = Value::map();
  for (const char* list : {"succeeded", "failed"}) {
    int64_t settled = 0;
    for (const Value& uid : tally.status["uncountedTerminatedPods"][list].items()) {
      if (held.contains(uid.as_string())) {
        left.edit(list).push_back(uid);
      } else {
        ++settled;
      }
    }
    set_count(tally.status, list, tally.status[list].as_int() + settled);
  }
  tally.status.set("uncountedTerminatedPods", left);
}

JobController::Tally JobController::count(const Value& job) const {
  Tally tally;
  tally.job = job;
  tally.status = job["status"];
  settle_counted(tally);
  Value uncounted = tally.status["uncountedTerminatedPods"];
  for (const Value& pod : cache_.controlled_by(uid_of(job), kPod)) {
    if (pod_active(pod)) {
      tally.active.push_back(pod);
      tally.ready += pod_ready(pod) ? 1 : 0;
      continue;
    }
    if (is_deleting(pod) && !pod_finished(pod)) ++tally.terminating;
    if (!has_finalizer(pod, kTracking)) continue;
    const char* list = succeeded(pod) ? "succeeded" : "failed";
    if (!listed(uncounted[list], uid_of(pod))) uncounted.edit(list).push_back(uid_of(pod));
    if (succeeded(pod)) note_completed_index(job, pod, tally.status);
    tally.finished.push_back(pod);
  }
  for (const char* list : {"succeeded", "failed"}) {
    int64_t sum = tally.status[list].as_int() + static_cast<int64_t>(uncounted[list].size());
    (list == std::string_view("failed") ? tally.failed : tally.succeeded) = sum;
  }
  tally.status.set("uncountedTerminatedPods", uncounted);
  tally.pending_accounting = !tally.finished.empty();
  return tally;
}

Status JobController::end_as_failed(Tally& tally, std::string_view reason, std::string_view message) {
  add_condition(tally.status, "FailureTarget", "True", reason, message, runtime_.now_text());
  for (const Value& pod : tally.active) {
    TAUT_TRY(remove(pod));
    event(tally.job, "Normal", "SuccessfulDelete", fmt::format("Deleted pod: {}", name_of(pod)));
    tally.status.edit("uncountedTerminatedPods").edit("failed").push_back(uid_of(pod));
    ++tally.terminating;
    tally.finished.push_back(pod);
    tally.pending_accounting = true;
  }
  tally.active.clear();
  tally.ready = 0;
  return {};
}

// Whether the Job has reached its end, and which.
Status JobController::judge(Tally& tally) {
  const Value& spec = tally.job["spec"];
  if (is_true(tally.status, "SuccessCriteriaMet") || is_true(tally.status, "FailureTarget")) return {};
  if (tally.failed > spec["backoffLimit"].as_int(6)) {
    return end_as_failed(tally, "BackoffLimitExceeded", "Job has reached the specified backoff limit");
  }
  if (auto started = parse_rfc3339(tally.status["startTime"].as_string()); started && !spec["activeDeadlineSeconds"].is_null()) {
    const Time due = *started + std::chrono::seconds(spec["activeDeadlineSeconds"].as_int());
    if (due <= runtime_.now()) return end_as_failed(tally, "DeadlineExceeded", "Job was active longer than specified deadline");
    enqueue_after(ObjectId::of(tally.job), due - runtime_.now());
  }
  const int64_t completions = wanted_completions(tally.job);
  const bool done = completions >= 0 ? tally.succeeded >= completions : tally.succeeded > 0 && tally.active.empty();
  if (!done) return {};
  add_condition(tally.status, "SuccessCriteriaMet", "True", "CompletionsReached", "Reached expected number of succeeded pods",
                runtime_.now_text());
  return {};
}

Status JobController::create_pods(Tally& tally, int64_t count) {
  std::vector<int64_t> indexes = free_indexes(tally.job, tally.status, tally.active, count);
  for (int64_t i = 0; i < count; ++i) {
    Value pod = pod_from_template(tally.job["spec"]["template"], tally.job);
    pod.edit("metadata").edit("finalizers").push_back(kTracking);
    if (is_indexed(tally.job)) {
      if (static_cast<size_t>(i) >= indexes.size()) break;
      give_index(tally.job, pod, indexes[static_cast<size_t>(i)]);
    }
    auto made = create(pod);
    if (!made) {
      event(tally.job, "Warning", "FailedCreate", fmt::format("Error creating: {}", made.error().message()));
      return fail(made.error());
    }
    event(tally.job, "Normal", "SuccessfulCreate", fmt::format("Created pod: {}", name_of(*made)));
    tally.active.push_back(*made);
  }
  return {};
}

Status JobController::suspend(Tally& tally) {
  for (const Value& pod : tally.active) {
    TAUT_TRY(remove(pod));
    event(tally.job, "Normal", "SuccessfulDelete", fmt::format("Deleted pod: {}", name_of(pod)));
  }
  tally.terminating += static_cast<int64_t>(tally.active.size());
  tally.active.clear();
  tally.ready = 0;
  if (is_true(tally.status, "Suspended")) return {};
  add_condition(tally.status, "Suspended", "True", "JobSuspended", "Job suspended", runtime_.now_text());
  tally.status.erase("startTime");
  event(tally.job, "Normal", "Suspended", "Job suspended");
  return {};
}

Status JobController::manage(Tally& tally) {
  const Value& spec = tally.job["spec"];
  if (is_true(tally.status, "SuccessCriteriaMet") || is_true(tally.status, "FailureTarget")) return {};
  if (spec["suspend"].as_bool()) return suspend(tally);
  if (is_true(tally.status, "Suspended")) {
    add_condition(tally.status, "Suspended", "False", "JobResumed", "Job resumed", runtime_.now_text());
    event(tally.job, "Normal", "Resumed", "Job resumed");
    tally.status.set("startTime", runtime_.now_text());
  }
  const int64_t parallelism = spec["parallelism"].as_int(1), completions = wanted_completions(tally.job);
  int64_t wanted = parallelism;
  if (completions >= 0) wanted = std::min(parallelism, completions - tally.succeeded);
  if (completions < 0 && tally.succeeded > 0) wanted = static_cast<int64_t>(tally.active.size());
  const int64_t missing = wanted - static_cast<int64_t>(tally.active.size());
  if (missing > 0) return create_pods(tally, missing);
  for (int64_t i = 0; i < -missing; ++i) {
    TAUT_TRY(remove(tally.active.back()));
    event(tally.job, "Normal", "SuccessfulDelete", fmt::format("Deleted pod: {}", name_of(tally.active.back())));
    tally.active.pop_back();
  }
  return {};
}

// The last step, once every pod is counted and none is ending any more.
void JobController::conclude(Tally& tally) {
  const bool counted = !tally.pending_accounting && tally.status["uncountedTerminatedPods"].empty();
  if (!counted || tally.terminating > 0) return;
  const std::string now = runtime_.now_text();
  const Value met = condition_of(tally.status, "SuccessCriteriaMet"), target = condition_of(tally.status, "FailureTarget");
  if (!met.is_null()) {
    add_condition(tally.status, "Complete", "True", met["reason"].as_string(), met["message"].as_string(), now);
    tally.status.set("completionTime", now);
    event(tally.job, "Normal", "Completed", "Job completed");
  } else if (!target.is_null()) {
    add_condition(tally.status, "Failed", "True", target["reason"].as_string(), target["message"].as_string(), now);
    event(tally.job, "Warning", target["reason"].as_string(), target["message"].as_string());
  }
}

// Lets go of pods whose end is on record in the status.
Status JobController::release(const Tally& tally) {
  for (const Value& counted : tally.finished) {
    const Value* pod = cache_.find(ObjectId::of(counted));
    if (!pod || !has_finalizer(*pod, kTracking)) continue;
    Value fresh = *pod;
    drop_finalizer(fresh, kTracking);
    const Value& kept = fresh["metadata"]["finalizers"];
    auto done = patch(*pod, Value::map({{"metadata", Value::map({{"finalizers", kept.empty() ? Value() : kept}})}}));
    if (!done && done.error().code() != Code::kNotFound) return fail(done.error());
  }
  return {};
}

// ttlSecondsAfterFinished: a Job that is over goes by itself.
void JobController::expire(const Value& job) {
  const Value& ttl = job["spec"]["ttlSecondsAfterFinished"];
  if (ttl.is_null() || is_deleting(job)) return;
  for (const char* type : {"Complete", "Failed"}) {
    auto since = parse_rfc3339(condition_of(job["status"], type)["lastTransitionTime"].as_string());
    if (!since) continue;
    const Time due = *since + std::chrono::seconds(ttl.as_int());
    if (due > runtime_.now()) return enqueue_after(ObjectId::of(job), due - runtime_.now());
    RemoveOptions options;
    options.propagation = "Foreground";
    if (!remove(job, options)) enqueue_after(ObjectId::of(job), std::chrono::seconds(1));
  }
}

Status JobController::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found) return {};
  const Value job = *found;
  if (is_over(job["status"])) {
    expire(job);
    Tally tally = count(job);
    return release(tally);
  }
  if (is_deleting(job)) return release(count(job));
  Tally tally = count(job);
  if (tally.status["startTime"].is_null() && !job["spec"]["suspend"].as_bool()) tally.status.set("startTime", runtime_.now_text());
  TAUT_TRY(judge(tally));
  Status managed = manage(tally);
  set_count(tally.status, "active", static_cast<int64_t>(tally.active.size()));
  tally.status.set("ready", tally.ready);
  tally.status.set("terminating", tally.terminating);
  conclude(tally);
  if (tally.status != job["status"]) {
    Value fresh = job;
    fresh.set("status", tally.status);
    TAUT_TRY(update_status(fresh));
  }
  TAUT_TRY(release(tally));
  if (tally.pending_accounting) enqueue(id);
  return managed;
}

}  // namespace taut::sandbox::workloads
