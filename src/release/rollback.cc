// helm rollback, as helm 4's pkg/action/rollback.go.
#include <algorithm>

#include "base/strings.hh"
#include "release/actions.hh"
#include "release/hooks.hh"

namespace taut::release {

namespace {

struct Rollback {
  Release current, target;
  bool server_side = true;
};

// The new revision, made of an old one.
Release as_of(const Release& old, const Release& current, bool server_side, Time now) {
  Release out = old;
  out.ns = current.ns;
  out.version = current.version + 1;
  out.first_deployed = current.first_deployed;
  out.last_deployed = time_text(now);
  out.deleted.clear();
  out.set(kPendingRollback, fmt::format("Rollback to {}", old.version));
  out.apply_method = apply_method(server_side);
  return out;
}

Status prepare(Run& run, const RollbackOptions& options, Rollback& rollback) {
  TAUT_TRY(run.discovery());
  if (!check_release_name(options.name)) {
    return fail(Code::kInvalid, "prepareRollback: Release name is invalid: {}", options.name);
  }
  if (options.version < 0) return fail(Code::kInvalid, "invalid release revision");
  TAUT_ASSIGN(auto history, run.storage.history(options.name));
  rollback.current = history.back();
  const int64_t version = options.version == 0 ? rollback.current.version - 1 : options.version;
  const bool held = std::any_of(history.begin(), history.end(),
                                [&](const Release& release) { return release.version == version; });
  if (!held) return fail(Code::kNotFound, "release has no {} version", version);
  TAUT_ASSIGN(Release old, run.storage.get(options.name, version));
  TAUT_ASSIGN(rollback.server_side, uses_server_side(options.server_side, old.apply_method));
  rollback.target = as_of(old, rollback.current, rollback.server_side, run.now);
  return {};
}

Status after_failed_update(Run& run, const RollbackOptions& options, Rollback& rollback, const Updated& updated) {
  const Error error = updated.status.error();
  rollback.current.status = kSuperseded;
  rollback.target.set(kFailed, fmt::format("Rollback {} failed: {}", quote(options.name), error.message()));
  run.warn(rollback.target.description);
  run.record(rollback.current);
  run.record(rollback.target);
  if (!options.cleanup_on_fail) return fail(error);
  std::vector<std::string> problems = delete_all(run, updated.created, "Background");
  if (problems.empty()) return fail(error);
  return fail(Code::kInvalid,
              "an error occurred while cleaning up resources. original rollback error: unable to cleanup resources: {}",
              join(problems, ", "));
}

// Every revision that still counts as deployed is superseded by the new one.
Status supersede_deployed(Run& run, Rollback& rollback) {
  auto deployed = run.storage.all_deployed(rollback.current.name);
  if (!deployed) return fail(deployed.error());
  for (Release& release : *deployed) {
    release.status = kSuperseded;
    run.record(release);
  }
  rollback.target.status = kDeployed;
  return {};
}

Task<Status> perform(Run& run, const RollbackOptions& options, Rollback& rollback) {
  Release& target = rollback.target;
  auto before = build_resources(run, rollback.current.manifest, rollback.current.ns);
  if (!before) {
    co_return with_prefix("unable to build kubernetes objects from current release manifest: ", before.error());
  }
  auto after = build_resources(run, target.manifest, target.ns);
  if (!after) co_return with_prefix("unable to build kubernetes objects from new release manifest: ", after.error());
  const HookOptions hooks{options.timeout, rollback.server_side};
  if (!options.no_hooks) {
    Status status = co_await run_and_end_hooks(run, target, "pre-rollback", hooks);
    if (!status) co_return status;
  }
  mark_owned(*after, target.name, target.ns);
  const ApplyOptions how{.server_side = rollback.server_side,
                         .force_conflicts = options.force_conflicts,
                         .force_replace = options.force_replace,
                         .adopt_fields = true};
  Updated updated = update_all(run, *before, *after, how);
  if (!updated.status) co_return after_failed_update(run, options, rollback, updated);
  Status ready = co_await wait_as_told(run, *after, options);
  if (!ready) {
    target.set(kFailed, fmt::format("Release {} failed: {}", quote(target.name), ready.error().message()));
    run.record(rollback.current);
    run.record(target);
    co_return with_prefix(fmt::format("release {} failed: ", target.name), ready.error());
  }
  if (!options.no_hooks) {
    Status status = co_await run_and_end_hooks(run, target, "post-rollback", hooks);
    if (!status) co_return status;
  }
  co_return supersede_deployed(run, rollback);
}

}  // namespace

Task<Outcome> roll_back_release(Run& run, const RollbackOptions& options) {
  run.storage.set_max_history(options.max_history);
  Rollback rollback;
  Status status = prepare(run, options, rollback);
  if (!status) co_return Outcome{.status = status};
  if (options.dry_run != DryRun::kNone) co_return Outcome{.release = std::move(rollback.target)};
  status = run.storage.create(rollback.target, run.now);
  if (!status) co_return Outcome{.status = status};
  status = co_await perform(run, options, rollback);
  if (status) status = run.storage.update(rollback.target, run.now);
  co_return Outcome{.release = std::move(rollback.target), .status = status};
}

}  // namespace taut::release
