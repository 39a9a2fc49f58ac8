// helm upgrade, as helm 4's pkg/action/upgrade.go.
#include <algorithm>

#include "base/strings.hh"
#include "helm/values_file.hh"
#include "release/actions.hh"
#include "release/chart_record.hh"
#include "release/hooks.hh"

namespace taut::release {

namespace {

// What an upgrade carries from step to step.
struct Upgrade {
  Release current;  // the deployed one, or the last
  Release next;
  Resources before, after, created;
  bool server_side = true;
};

// The user's values over those of the last release. A null of the user's stays: it deletes.
Value over_old(const Value& values, const Value& old) {
  return helm::merge_maps(old.is_null() ? Value::map() : old, values);
}

// The values and the chart to render, given what was released before.
Result<Rendered> with_old_values(const UpgradeOptions& options, const Release& current, helm::Compat compat) {
  Rendered out = options.from;
  switch (options.reuse) {
    case Reuse::kReset:
      return out;
    case Reuse::kReuse: {
      auto old = all_values(current.chart, current.config, compat);
      if (!old) return with_prefix("failed to rebuild old values: ", old.error());
      out.values = over_old(out.values, current.config);
      auto chart = std::make_shared<helm::Chart>(*out.chart);
      chart->values = std::move(*old);
      out.chart = std::move(chart);
      return out;
    }
    case Reuse::kResetThenReuse:
      out.values = over_old(out.values, current.config);
      return out;
    case Reuse::kDefault:
      if (out.values.empty() && !current.config.empty()) out.values = current.config;
      return out;
  }
  return out;
}

Result<Release> current_release(Run& run, const std::string& name, const Release& last) {
  if (last.status == kDeployed) return last;
  auto deployed = run.storage.deployed(name);
  if (deployed || deployed.error().code() != Code::kNotFound) return deployed;
  if (last.status == kFailed || last.status == kSuperseded) return last;
  return deployed;
}

std::map<std::string, std::string> merged_labels(const Release& last, const UpgradeOptions& options) {
  std::map<std::string, std::string> out = last.labels;
  for (const auto& [name, value] : options.labels) out[name] = value;
  std::erase_if(out, [](const auto& label) { return label.second == "null"; });
  return out;
}

// Finds what is there, renders what is to be.
Status prepare(Run& run, const UpgradeOptions& options, Upgrade& upgrade) {
  if (options.dry_run == DryRun::kNone && options.from.hide_secrets) {
    return fail(Code::kInvalid, "hiding Kubernetes secrets requires a dry-run mode");
  }
  auto last = run.storage.last(options.name);
  if (!last && last.error().code() == Code::kNotFound) {
    return fail(Code::kNotFound, "{} has no deployed releases", quote(options.name));
  }
  if (!last) return fail(last.error());
  if (is_pending(last->status)) {
    return fail(Code::kConflict, "another operation (install/upgrade/rollback) is in progress");
  }
  TAUT_ASSIGN(upgrade.current, current_release(run, options.name, *last));
  TAUT_ASSIGN(Rendered from, with_old_values(options, upgrade.current, run.world.compat));
  if (has_system_label(options.labels)) {
    return fail(Code::kInvalid, "user supplied labels contains system reserved label name. System labels: [{}]",
                join(system_labels(), " "));
  }
  TAUT_ASSIGN(upgrade.server_side, uses_server_side(options.server_side, last->apply_method));
  Release& next = upgrade.next;
  next.name = options.name;
  next.ns = upgrade.current.ns;
  next.version = last->version + 1;
  next.first_deployed = upgrade.current.first_deployed;
  next.last_deployed = time_text(run.now);
  next.set(kPendingUpgrade, "Preparing upgrade");
  next.labels = merged_labels(*last, options);
  next.apply_method = apply_method(upgrade.server_side);
  const RenderFor how{.revision = static_cast<int>(next.version),
                      .upgrade = true,
                      .live = options.dry_run != DryRun::kClient};
  return render_into(run, from, how, next);
}

// The objects before and after, with those that exist already although the release did not have them.
Status compare(Run& run, const UpgradeOptions& options, Upgrade& upgrade) {
  auto before = build_resources(run, upgrade.current.manifest, upgrade.current.ns);
  if (!before) {
    const bool removed = contains(before.error().message(), "no matches for kind");
    return with_prefix(removed ? "current release manifest contains removed kubernetes api(s) for this kubernetes "
                                 "version and it is therefore unable to build the kubernetes objects for performing "
                                 "the diff. error from kubernetes: "
                               : "unable to build kubernetes objects from current release manifest: ",
                       before.error());
  }
  auto after = build_resources(run, upgrade.next.manifest, upgrade.next.ns);
  if (!after) return with_prefix("unable to build kubernetes objects from new release manifest: ", after.error());
  mark_owned(*after, upgrade.next.name, upgrade.next.ns);
  auto existing = find_existing(run, without(*after, *before), upgrade.next.name, upgrade.next.ns,
                                options.take_ownership);
  if (!existing) return with_prefix("unable to continue with update: ", existing.error());
  upgrade.before = std::move(*before);
  upgrade.before.insert(upgrade.before.end(), existing->begin(), existing->end());
  upgrade.after = std::move(*after);
  return {};
}

Task<Status> perform(Run& run, const UpgradeOptions& options, Upgrade& upgrade) {
  const HookOptions hooks{options.timeout, upgrade.server_side};
  if (!options.no_hooks) {
    Status status = co_await run_and_end_hooks(run, upgrade.next, "pre-upgrade", hooks);
    if (!status) co_return with_prefix("pre-upgrade hooks failed: ", status.error());
  }
  const bool from_client = upgrade.current.apply_method != "ssa";
  const ApplyOptions how{.server_side = upgrade.server_side,
                         .force_conflicts = options.force_conflicts,
                         .force_replace = options.force_replace,
                         .adopt_fields = from_client && upgrade.server_side};
  Updated updated = update_all(run, upgrade.before, upgrade.after, how);
  upgrade.created = std::move(updated.created);
  Status status = updated.status;
  if (status) status = co_await wait_as_told(run, upgrade.after, options);
  if (!status) {
    run.record(upgrade.current);
    co_return status;
  }
  if (!options.no_hooks) {
    status = co_await run_and_end_hooks(run, upgrade.next, "post-upgrade", hooks);
    if (!status) co_return with_prefix("post-upgrade hooks failed: ", status.error());
  }
  upgrade.current.status = kSuperseded;
  run.record(upgrade.current);
  upgrade.next.set(kDeployed, options.description.empty() ? "Upgrade complete" : options.description);
  co_return Status();
}

// The newest revision that was deployed once.
Result<int64_t> good_version(Run& run, const std::string& name, const Error& error) {
  auto history = run.storage.history(name);
  if (!history) {
    return with_prefix("an error occurred while finding last successful release. original upgrade error: " +
                           error.message() + ": ",
                       history.error());
  }
  for (auto it = history->rbegin(); it != history->rend(); ++it) {
    if (it->status == kSuperseded || it->status == kDeployed) return it->version;
  }
  return with_prefix("unable to find a previously successful release when attempting to rollback. original upgrade "
                     "error: ",
                     error);
}

RollbackOptions undo_options(const UpgradeOptions& options, int64_t version) {
  RollbackOptions out;
  static_cast<Manner&>(out) = options;
  out.name = options.name;
  out.version = version;
  out.server_side = options.server_side;
  out.max_history = 0;
  return out;
}

Task<Status> after_failure(Run& run, const UpgradeOptions& options, Upgrade& upgrade, Error error) {
  run.warn(fmt::format("upgrade failed name={} error={}", options.name, error.message()));
  upgrade.next.set(kFailed, fmt::format("Upgrade {} failed: {}", quote(options.name), error.message()));
  run.record(upgrade.next);
  run.cancelled = false;
  if (options.cleanup_on_fail) {
    std::vector<std::string> problems = delete_all(run, upgrade.created, "Background");
    if (!problems.empty()) {
      co_return fail(Code::kInvalid,
                     "an error occurred while cleaning up resources. original upgrade error: {}: unable to cleanup "
                     "resources: {}",
                     error.message(), join(problems, ", "));
    }
  }
  if (!options.rollback_on_failure) co_return fail(std::move(error));
  auto version = good_version(run, options.name, error);
  if (!version) co_return fail(version.error());
  const RollbackOptions undo = undo_options(options, *version);
  Outcome undone = co_await roll_back_release(run, undo);
  if (!undone.status) {
    co_return with_prefix("an error occurred while rolling back the release. original upgrade error: " +
                              error.message() + ": ",
                          undone.status.error());
  }
  co_return with_prefix(fmt::format("release {} failed, and has been rolled back due to rollback-on-failure being "
                                    "set: ",
                                    options.name),
                        error);
}

Status check_options(Run& run, const UpgradeOptions& options) {
  TAUT_TRY(run.discovery());
  if (!check_release_name(options.name)) {
    return fail(Code::kInvalid, "release name is invalid: {}", options.name);
  }
  return {};
}

}  // namespace

Task<Outcome> upgrade_release(Run& run, const UpgradeOptions& given) {
  UpgradeOptions options = given;
  if (options.rollback_on_failure) options.waiting = Waiting::kReady;
  Status status = check_options(run, options);
  if (!status) co_return Outcome{.status = status};
  const bool dry = options.dry_run != DryRun::kNone;
  if (!dry && options.crds != Crds::kSkip) {
    const bool server_side = options.server_side != ServerSide::kNo;
    status = co_await install_crds(run, options.from, options.crds, server_side, options.force_conflicts);
    if (!status) co_return Outcome{.status = status};
  }
  Upgrade upgrade;
  status = prepare(run, options, upgrade);
  if (!status) co_return Outcome{.status = status};
  status = compare(run, options, upgrade);
  if (status && dry) upgrade.next.description = options.description.empty() ? "Dry run complete" : options.description;
  if (!status || dry) co_return Outcome{.release = std::move(upgrade.next), .status = status};
  run.storage.set_max_history(options.max_history);
  status = run.storage.create(upgrade.next, run.now);
  if (!status) co_return Outcome{.status = status};
  status = co_await perform(run, options, upgrade);
  if (status) {
    status = run.storage.update(upgrade.next, run.now);
  } else {
    Error error = status.error();
    status = co_await after_failure(run, options, upgrade, error);
  }
  co_return Outcome{.release = std::move(upgrade.next), .status = status};
}

}  // namespace taut::release
