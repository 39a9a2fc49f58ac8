#include "release/wait.hh"

#include <algorithm>

#include "base/strings.hh"
#include "health/kstatus.hh"

namespace taut::release {

namespace {

using namespace std::chrono_literals;

constexpr Duration kDefaultTimeout = 30s;

// The one condition of this type that is true.
bool has_condition(const Value& object, std::string_view type) {
  for (const Value& condition : object["status"]["conditions"].items()) {
    if (condition["type"].as_string() == type && condition["status"].as_string() == "True") return true;
  }
  return false;
}

// A Job that must complete.
Kstatus job_status(const Value& job) {
  const int64_t parallelism = job["spec"]["parallelism"].as_int(1);
  const int64_t completions = job["spec"]["completions"].as_int(parallelism);
  if (has_condition(job, "Complete")) {
    return {KstatusCode::kCurrent,
            fmt::format("Job Completed. succeeded: {}/{}", job["status"]["succeeded"].as_int(), completions), {}};
  }
  if (has_condition(job, "Failed")) {
    return {KstatusCode::kFailed, fmt::format("Job Failed. failed: {}/{}", job["status"]["failed"].as_int(), completions),
            {}};
  }
  return {KstatusCode::kInProgress, "Job in progress", {}};
}

// A Pod that must come to its end.
Kstatus pod_status(const Value& pod) {
  std::string_view phase = pod["status"]["phase"].as_string();
  if (phase == "Succeeded") return {KstatusCode::kCurrent, fmt::format("pod {} succeeded", name_of(pod)), {}};
  if (phase == "Failed") return {KstatusCode::kFailed, fmt::format("pod {} failed", name_of(pod)), {}};
  return {KstatusCode::kInProgress, "Pod in progress", {}};
}

Kstatus status_of(const Resource& resource, const Value& live, Await what, Time now) {
  const Gvk& gvk = resource.ref.gvk;
  const bool job = gvk.group == "batch" && gvk.kind == "Job";
  if (job && (what == Await::kReadyWithJobs || what == Await::kHooks)) return job_status(live);
  if (what == Await::kHooks) {
    if (gvk.group.empty() && gvk.kind == "Pod") return pod_status(live);
    return {KstatusCode::kCurrent, "Resource is current", {}};
  }
  auto status = kstatus(live, now);
  if (!status) return {KstatusCode::kUnknown, status.error().message(), {}};
  return std::move(*status);
}

Kstatus look(Run& run, const Resource& resource, Await what) {
  auto live = run.world.cluster.get(resource.ref);
  if (live) return status_of(resource, *live, what, run.now);
  if (live.error().code() == Code::kNotFound) return {KstatusCode::kNotFound, "Resource not found", {}};
  return {KstatusCode::kUnknown, live.error().message(), {}};
}

bool is_paused(const Resource& resource) {
  return resource.ref.gvk.kind == "Deployment" && resource.object["spec"]["paused"].as_bool();
}

void judge_one(Run& run, const Resource& resource, Await what, Verdict& out) {
  const Kstatus status = look(run, resource, what);
  const bool gone = what == Await::kGone;
  if (status.code == (gone ? KstatusCode::kNotFound : KstatusCode::kCurrent)) return;
  std::string name = fmt::format("{}/{}/{}", resource.ref.gvk.kind, resource.ref.ns, resource.ref.name);
  out.problems.push_back(fmt::format("resource {} {}. status: {}, message: {}", name,
                                     gone ? "still exists" : "not ready", kstatus_name(status.code), status.message));
  if (!gone && status.code == KstatusCode::kFailed) return;
  out.done = false;
  if (out.waiting_for.empty()) out.waiting_for = fmt::format("{}: {}", name, status.message);
}

}  // namespace

Verdict judge_resources(Run& run, const Resources& resources, Await what) {
  Verdict out{.done = true};
  for (const Resource& resource : resources) {
    if (what != Await::kGone && is_paused(resource)) continue;
    judge_one(run, resource, what, out);
  }
  return out;
}

Task<Status> wait_for(Run& run, const Resources& resources, Await what, Duration timeout) {
  const Time start = run.now;
  const Time deadline = start + (timeout == Duration::zero() ? kDefaultTimeout : timeout);
  for (;;) {
    Verdict verdict = judge_resources(run, resources, what);
    run.waiting_for = verdict.waiting_for;
    if (verdict.done && verdict.problems.empty()) co_return Status();
    if (verdict.done) co_return fail(Code::kInvalid, "{}", join(verdict.problems, "\n"));
    if (run.cancelled) co_return fail(Code::kCancelled, "context canceled");
    if (run.now >= deadline) {
      verdict.problems.push_back("context deadline exceeded");
      co_return fail(Code::kTimeout, "{}", join(verdict.problems, "\n"));
    }
    const Duration patience = std::clamp<Duration>((run.now - start) / 4, 100ms, 2s);
    co_await run.pause(std::min(patience, deadline - run.now));
  }
}

}  // namespace taut::release
