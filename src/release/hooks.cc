#include "release/hooks.hh"

#include <algorithm>

#include "base/strings.hh"
#include "release/apply.hh"
#include "release/wait.hh"

namespace taut::release {

namespace {

constexpr std::string_view kBeforeCreation = "before-hook-creation", kSucceededPolicy = "hook-succeeded",
                           kFailedPolicy = "hook-failed";

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::vector<size_t> hooks_of(const Release& release, std::string_view event) {
  std::vector<size_t> out;
  for (size_t i = 0; i < release.hooks.size(); ++i) {
    if (release.hooks[i].has_event(event)) out.push_back(i);
  }
  std::stable_sort(out.begin(), out.end(), [&](size_t a, size_t b) {
    const HookRecord &x = release.hooks[a], &y = release.hooks[b];
    return x.weight != y.weight ? x.weight < y.weight : x.name < y.name;
  });
  return out;
}

// Definitions are never deleted: everything of their kind would go with them.
Task<Status> delete_by_policy(Run& run, const Release& release, const HookRecord& hook, std::string_view policy,
                              Duration timeout) {
  if (hook.kind == "CustomResourceDefinition" || !has(hook.delete_policies, policy)) co_return Status();
  auto resources = build_resources(run, hook.manifest, release.ns);
  if (!resources) {
    co_return fail(Code::kInvalid, "unable to build kubernetes object for deleting hook {}: {}", hook.path,
                   resources.error().message());
  }
  std::vector<std::string> problems = delete_all(run, *resources, "Background");
  if (!problems.empty()) co_return fail(Code::kInvalid, "{}", join(problems, "; "));
  Status gone = co_await wait_for(run, *resources, Await::kGone, timeout);
  co_return gone;
}

void fetch_logs(const Run& run, const Release& release, const HookRecord& hook, std::string_view policy) {
  if (!run.world.hook_logs || !has(hook.output_log_policies, policy)) return;
  if (hook.kind == "Job") run.world.hook_logs(release.ns, "job-name=" + hook.name);
  if (hook.kind == "Pod") run.world.hook_logs(release.ns, hook.name);
}

// Sets `end.failed` if the hook ran and failed; one that could not be made is left as it is.
Task<Status> run_hook(Run& run, Release& release, size_t index, std::string event, HookOptions options, HookEnd& end) {
  HookRecord& hook = release.hooks[index];
  if (hook.delete_policies.empty()) hook.delete_policies.emplace_back(kBeforeCreation);
  Status cleared = co_await delete_by_policy(run, release, hook, kBeforeCreation, options.timeout);
  if (!cleared) co_return cleared;
  auto resources = build_resources(run, hook.manifest, release.ns);
  if (!resources) {
    co_return fail(Code::kInvalid, "unable to build kubernetes object for {} hook {}: {}", event, hook.path,
                   resources.error().message());
  }
  hook.started_at = time_text(run.now);
  hook.completed_at.clear();
  hook.phase = "Running";
  run.record(release);
  hook.phase = "Unknown";
  Status created = create_all(run, *resources, {.server_side = options.server_side});
  if (!created) {
    hook.completed_at = time_text(run.now);
    hook.phase = "Failed";
    std::string message = fmt::format("warning: Hook {} {} failed: {}", event, hook.path, created.error().message());
    co_return fail(Error(created.error()).with_message(std::move(message)));
  }
  Status ready = co_await wait_for(run, *resources, Await::kHooks, options.timeout);
  hook.completed_at = time_text(run.now);
  hook.phase = ready ? "Succeeded" : "Failed";
  if (!ready) end.failed = index;
  co_return ready;
}

}  // namespace

Task<Status> run_hooks(Run& run, Release& release, std::string event, HookOptions options, HookEnd& end) {
  const std::vector<size_t> chosen = hooks_of(release, event);
  for (size_t index : chosen) {
    Status status = co_await run_hook(run, release, index, event, options, end);
    if (!status) {
      if (!end.failed) end.ran.clear();
      co_return status;
    }
    end.ran.push_back(index);
  }
  co_return Status();
}

Task<Status> end_hooks(Run& run, Release& release, const HookEnd& end, HookOptions options) {
  if (end.failed) {
    const HookRecord& hook = release.hooks[*end.failed];
    fetch_logs(run, release, hook, kFailedPolicy);
    Status deleted = co_await delete_by_policy(run, release, hook, kFailedPolicy, options.timeout);
    if (!deleted) run.warn("error deleting the hook resource on hook failure: " + deleted.error().message());
  }
  std::vector<size_t> order = end.ran;
  if (!end.failed) std::reverse(order.begin(), order.end());
  for (size_t index : order) {
    const HookRecord& hook = release.hooks[index];
    if (!end.failed) fetch_logs(run, release, hook, kSucceededPolicy);
    Status deleted = co_await delete_by_policy(run, release, hook, kSucceededPolicy, options.timeout);
    if (!deleted) co_return deleted;
  }
  co_return Status();
}

Task<Status> run_and_end_hooks(Run& run, Release& release, std::string event, HookOptions options) {
  HookEnd end;
  Status status = co_await run_hooks(run, release, std::move(event), options, end);
  Status ended = co_await end_hooks(run, release, end, options);
  if (!ended) co_return ended;
  co_return status;
}

}  // namespace taut::release
