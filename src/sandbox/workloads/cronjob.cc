#include "sandbox/workloads/cronjob.hh"

#include <fmt/format.h>

#include <algorithm>

#include "sandbox/kinds/cron.hh"
#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

using known::kCronJob;
using known::kJob;

bool is_over(const Value& job, std::string_view condition) { return condition_is(job["status"], condition, "True"); }

Value job_reference(const Value& job) {
  return Value::map({{"apiVersion", "batch/v1"}, {"kind", "Job"}, {"name", job["metadata"]["name"]}, {"namespace", job["metadata"]["namespace"]},
                     {"resourceVersion", job["metadata"]["resourceVersion"]}, {"uid", job["metadata"]["uid"]}});
}

bool in_active(const Value& status, std::string_view uid) {
  return std::ranges::any_of(status["active"].items(), [&](const Value& item) { return item["uid"].as_string() == uid; });
}

}  // namespace

void CronJobController::observe(const Change& change, const ObjectId& id) {
  if (id.group != kCronJob.group) return;
  if (id.kind == kCronJob.kind && change.type != ChangeType::kDeleted) enqueue(id);
  if (id.kind == kJob.kind) enqueue_owner(change.object, kCronJob);
}

// Brings the list of active Jobs up to date, and says which of them ended.
Status CronJobController::look_after_jobs(const Value& cron, Value& status) {
  const std::vector<Value> jobs = cache_.controlled_by(uid_of(cron), kJob);
  Value active = Value::list();
  for (const Value& job : jobs) {
    const bool complete = is_over(job, "Complete"), failed = is_over(job, "Failed");
    if (!complete && !failed) {
      active.push_back(job_reference(job));
      continue;
    }
    if (!in_active(status, uid_of(job))) continue;
    event(cron, "Normal", "SawCompletedJob",
          fmt::format("Saw completed job: {}, condition: {}", name_of(job), complete ? "Complete" : "Failed"));
    if (complete) status.set("lastSuccessfulTime", job["status"]["completionTime"]);
  }
  if (active.empty()) {
    status.erase("active");
  } else if (active.size() != status["active"].size()) {
    status.set("active", active);
  }
  TAUT_TRY(clean_history(cron, jobs, "Complete", cron["spec"]["successfulJobsHistoryLimit"].as_int(3)));
  return clean_history(cron, jobs, "Failed", cron["spec"]["failedJobsHistoryLimit"].as_int(1));
}

Status CronJobController::clean_history(const Value& cron, std::vector<Value> jobs, std::string_view condition, int64_t limit) {
  std::erase_if(jobs, [&](const Value& job) { return !is_over(job, condition) || is_deleting(job); });
  std::ranges::stable_sort(jobs, [](const Value& a, const Value& b) {
    return a["status"]["startTime"].as_string() < b["status"]["startTime"].as_string();
  });
  for (size_t i = 0; i + static_cast<size_t>(limit) < jobs.size(); ++i) {
    TAUT_TRY(remove(jobs[i]));
    event(cron, "Normal", "SuccessfulDelete", fmt::format("Deleted job {}", name_of(jobs[i])));
  }
  return {};
}

Status CronJobController::start_job(const Value& cron, Value& status, Time due) {
  const int64_t minute = std::chrono::duration_cast<std::chrono::minutes>(due.time_since_epoch()).count();
  const Value& job_template = cron["spec"]["jobTemplate"];
  Value metadata = Value::map({{"name", fmt::format("{}-{}", name_of(cron), minute)}, {"namespace", cron["metadata"]["namespace"]},
                               {"ownerReferences", Value::list({controller_reference(cron)})}});
  if (!job_template["metadata"]["labels"].empty()) metadata.set("labels", job_template["metadata"]["labels"]);
  Value annotations = job_template["metadata"]["annotations"];
  annotations.set("batch.kubernetes.io/cronjob-scheduled-timestamp", format_rfc3339(due));
  metadata.set("annotations", annotations);
  auto made = create(Value::map({{"apiVersion", "batch/v1"}, {"kind", "Job"}, {"metadata", metadata}, {"spec", job_template["spec"]}}));
  status.set("lastScheduleTime", format_rfc3339(due));
  if (!made) {
    if (made.error().code() == Code::kAlreadyExists) return {};
    event(cron, "Warning", "FailedCreate", fmt::format("Error creating job: {}", made.error().message()));
    return fail(made.error());
  }
  event(cron, "Normal", "SuccessfulCreate", fmt::format("Created job {}", name_of(*made)));
  status.edit("active").push_back(job_reference(*made));
  return {};
}

Status CronJobController::run_due(const Value& cron, Value& status) {
  const Value& spec = cron["spec"];
  auto schedule = kinds::CronSchedule::parse(spec["schedule"].as_string());
  if (!schedule) {
    event(cron, "Warning", "UnparseableSchedule",
          fmt::format("unparseable schedule: \"{}\" : {}", spec["schedule"].as_string(), schedule.error().message()));
    return {};
  }
  auto last = parse_rfc3339(status["lastScheduleTime"].as_string());
  if (!last) last = parse_rfc3339(cron["metadata"]["creationTimestamp"].as_string());
  auto due = schedule->next(last ? *last : runtime_.now());
  // Of several missed times only the latest counts.
  for (auto later = due; later && *later <= runtime_.now(); later = schedule->next(*later)) due = later;
  if (!due) return {};
  if (*due > runtime_.now()) {
    enqueue_after(ObjectId::of(cron), *due - runtime_.now());
    return {};
  }
  const std::string policy = spec["concurrencyPolicy"].str();
  if (policy == "Forbid" && !status["active"].empty()) {
    event(cron, "Normal", "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid");
  } else {
    if (policy == "Replace") {
      for (const Value& job : cache_.controlled_by(uid_of(cron), kJob)) {
        if (in_active(status, uid_of(job))) TAUT_TRY(remove(job));
      }
      status.erase("active");
    }
    TAUT_TRY(start_job(cron, status, *due));
  }
  if (auto next = schedule->next(runtime_.now())) enqueue_after(ObjectId::of(cron), *next - runtime_.now());
  return {};
}

Status CronJobController::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found || is_deleting(*found)) return {};
  const Value cron = *found;
  Value status = cron["status"];
  TAUT_TRY(look_after_jobs(cron, status));
  if (!cron["spec"]["suspend"].as_bool()) TAUT_TRY(run_due(cron, status));
  if (status == cron["status"]) return {};
  Value fresh = cron;
  fresh.set("status", status);
  TAUT_TRY(update_status(fresh));
  return {};
}

}  // namespace taut::sandbox::workloads
