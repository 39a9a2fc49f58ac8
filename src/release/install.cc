// helm install, as helm 4's pkg/action/install.go.
#include "base/strings.hh"
#include "release/actions.hh"
#include "release/hooks.hh"

namespace taut::release {

namespace {

// Whether the name is free, or may be taken again.
Status check_name(Run& run, const InstallOptions& options) {
  if (Status valid = check_release_name(options.name); !valid) {
    return with_prefix(fmt::format("release name check failed: release name {}: ", quote(options.name)),
                       valid.error());
  }
  if (options.dry_run != DryRun::kNone) return {};
  auto last = run.storage.last(options.name);
  if (!last) return {};
  if (options.replace && (last->status == kUninstalled || last->status == kFailed)) return {};
  return fail(Code::kAlreadyExists, "release name check failed: cannot reuse a name that is still in use");
}

Status make_namespace(Run& run, const InstallOptions& options) {
  Value object = Value::map({{"apiVersion", "v1"}, {"kind", "Namespace"}});
  object.set("metadata", Value::map({{"name", options.ns}, {"labels", Value::map({{"name", options.ns}})}}));
  Resources one{{std::move(object), {{"", "v1", "Namespace"}, "", options.ns}}};
  Status status = create_all(run, one, {.server_side = options.server_side});
  if (!status && status.error().code() != Code::kAlreadyExists) return status;
  return {};
}

// The new release follows the one whose name it takes.
Status supersede_last(Run& run, Release& release) {
  auto last = run.storage.last(release.name);
  if (!last) return {};
  release.version = last->version + 1;
  if (last->status == kFailed) return {};
  last->set(kSuperseded, "superseded by new release");
  return run.storage.update(*last, run.now);
}

Status create_objects(Run& run, const InstallOptions& options, const Resources& adopted, Resources& resources) {
  if (resources.empty()) return {};
  if (adopted.empty()) return create_all(run, resources, {.server_side = options.server_side});
  const ApplyOptions how{.server_side = options.server_side,
                         .force_conflicts = options.force_conflicts,
                         .force_replace = options.force_replace,
                         .three_way_custom = options.take_ownership && !options.server_side,
                         .adopt_fields = true};
  return update_all(run, adopted, resources, how).status;
}

Task<Status> perform(Run& run, const InstallOptions& options, Release& release, const Resources& adopted,
                     Resources& resources) {
  const HookOptions hooks{options.timeout, options.server_side};
  if (!options.no_hooks) {
    Status status = co_await run_and_end_hooks(run, release, "pre-install", hooks);
    if (!status) co_return with_prefix("failed pre-install: ", status.error());
  }
  Status created = create_objects(run, options, adopted, resources);
  if (!created) co_return created;
  Status ready = co_await wait_as_told(run, resources, options);
  if (!ready) co_return ready;
  if (!options.no_hooks) {
    Status status = co_await run_and_end_hooks(run, release, "post-install", hooks);
    if (!status) co_return with_prefix("failed post-install: ", status.error());
  }
  release.set(kDeployed, options.description.empty() ? "Install complete" : options.description);
  if (Status recorded = run.storage.update(release, run.now); !recorded) {
    run.warn("failed to record the release error=" + recorded.error().message());
  }
  co_return Status();
}

Task<Status> after_failure(Run& run, const InstallOptions& options, Release& release, Error error) {
  release.set(kFailed, fmt::format("Release {} failed: {}", quote(release.name), error.message()));
  if (!options.rollback_on_failure) {
    run.record(release);
    co_return fail(std::move(error));
  }
  run.cancelled = false;
  UninstallOptions undo;
  undo.name = options.name;
  undo.timeout = options.timeout;
  undo.waiting = Waiting::kReady;
  undo.no_hooks = options.no_hooks;
  Outcome undone = co_await uninstall_release(run, undo);
  if (!undone.status) {
    co_return with_prefix("an error occurred while uninstalling the release. original install error: " +
                              error.message() + ": ",
                          undone.status.error());
  }
  co_return with_prefix(fmt::format("release {} failed, and has been uninstalled due to rollback-on-failure being "
                                    "set: ",
                                    options.name),
                        error);
}

// The release as it will be recorded, with its objects. Nothing is changed in the cluster.
Status prepare(Run& run, const InstallOptions& options, Release& release, Resources& resources, Resources& adopted) {
  const bool client = options.dry_run == DryRun::kClient;
  if (has_system_label(options.labels)) {
    return fail(Code::kInvalid, "user supplied labels contains system reserved label name. System labels: [{}]",
                join(system_labels(), " "));
  }
  release.first_deployed = release.last_deployed = time_text(run.now);
  RenderFor how{.live = !client};
  if (client) {
    how.capabilities = options.capabilities ? *options.capabilities : helm::default_capabilities(run.world.compat);
  }
  TAUT_TRY(render_into(run, options.from, how, release));
  release.set(kPendingInstall, "Initial install underway");
  if (client) return {};
  auto built = build_resources(run, release.manifest, release.ns);
  if (!built) {
    return with_prefix("unable to build kubernetes objects from release manifest: ", built.error());
  }
  resources = std::move(*built);
  mark_owned(resources, release.name, release.ns);
  auto existing = find_existing(run, resources, release.name, release.ns, options.take_ownership);
  if (!existing) return with_prefix("unable to continue with install: ", existing.error());
  adopted = std::move(*existing);
  return {};
}

Status check_options(Run& run, const InstallOptions& options) {
  if (options.dry_run != DryRun::kClient) {
    auto reached = run.discovery();
    if (!reached) return with_prefix("cluster reachability check failed: ", reached.error());
  }
  if (options.dry_run == DryRun::kNone && options.from.hide_secrets) {
    return fail(Code::kInvalid, "hiding Kubernetes secrets requires a dry-run mode");
  }
  return check_name(run, options);
}

}  // namespace

Task<Outcome> install_release(Run& run, const InstallOptions& given) {
  InstallOptions options = given;
  if (options.rollback_on_failure) options.waiting = Waiting::kReady;
  Status checked = check_options(run, options);
  if (!checked) co_return Outcome{.status = checked};
  if (options.dry_run == DryRun::kNone) {
    Status defined =
        co_await install_crds(run, options.from, options.crds, options.server_side, options.force_conflicts);
    if (!defined) co_return Outcome{.status = defined};
  }
  Release release;
  release.name = options.name;
  release.ns = options.ns;
  release.labels = options.labels;
  release.apply_method = apply_method(options.server_side);
  Resources resources, adopted;
  Status prepared = prepare(run, options, release, resources, adopted);
  if (!prepared) co_return Outcome{.release = release, .status = prepared};
  if (options.dry_run != DryRun::kNone) {
    release.description = "Dry run complete";
    co_return Outcome{.release = std::move(release)};
  }
  Status room = options.create_namespace ? make_namespace(run, options) : Status();
  if (room && options.replace) room = supersede_last(run, release);
  if (room) room = run.storage.create(release, run.now);
  if (!room) co_return Outcome{.release = std::move(release), .status = room};
  Status status = co_await perform(run, options, release, adopted, resources);
  if (!status) {
    Error error = status.error();
    status = co_await after_failure(run, options, release, error);
  }
  co_return Outcome{.release = std::move(release), .status = status};
}

}  // namespace taut::release
