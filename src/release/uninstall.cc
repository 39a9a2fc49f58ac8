// helm uninstall, as helm 4's pkg/action/uninstall.go.
#include "base/strings.hh"
#include "release/actions.hh"
#include "release/hooks.hh"
#include "release/wait.hh"

namespace taut::release {

namespace {

Status purge(Run& run, const std::vector<Release>& records) {
  for (const Release& record : records) TAUT_TRY(run.storage.remove(record.name, record.version));
  return {};
}

// Deletes the objects of a release; what its policy keeps is told in `kept`.
Result<Resources> delete_objects(Run& run, const Release& release, const std::string& propagation, std::string& kept) {
  TAUT_ASSIGN(auto documents, uninstall_order(release.manifest));
  std::string manifest;
  for (const Document& document : documents) {
    if (document.keep) {
      kept += fmt::format("[{}] {}\n", document.kind, document.name);
    } else {
      manifest += "\n---\n" + document.text;
    }
  }
  auto resources = build_resources(run, manifest, release.ns);
  if (!resources) return with_prefix("unable to build kubernetes objects for delete: ", resources.error());
  std::vector<std::string> problems = delete_all(run, *resources, propagation);
  if (!problems.empty()) return fail(Code::kInvalid, "{}", join(problems, "; "));
  return resources;
}

Status supersede_deployed(Run& run, const std::string& name) {
  TAUT_ASSIGN(auto deployed, run.storage.all_deployed(name));
  for (Release& record : deployed) {
    record.status = kSuperseded;
    run.record(record);
  }
  return {};
}

Status completed(const std::vector<std::string>& problems) {
  if (problems.empty()) return {};
  return fail(Code::kInvalid, "uninstallation completed with {} error(s): {}", problems.size(), join(problems, "; "));
}

// What comes after the objects are gone: the records.
Status close(Run& run, const UninstallOptions& options, const std::vector<Release>& records, Release& release,
             std::vector<std::string>& problems) {
  release.set(kUninstalled, options.description.empty() ? "Uninstallation complete" : options.description);
  if (!options.keep_history) {
    if (Status purged = purge(run, records); !purged) {
      problems.push_back("uninstall: Failed to purge the release: " + purged.error().message());
    }
    return completed(problems);
  }
  run.record(release);
  TAUT_TRY(supersede_deployed(run, release.name));
  return completed(problems);
}

Task<Status> perform(Run& run, const UninstallOptions& options, const std::vector<Release>& records, Release& release,
                     std::string& info) {
  release.deleted = time_text(run.now);
  release.set(kUninstalling, "Deletion in progress (or silently failed)");
  const HookOptions hooks{options.timeout, true};
  if (!options.no_hooks) {
    Status status = co_await run_and_end_hooks(run, release, "pre-delete", hooks);
    if (!status) co_return status;
  }
  run.record(release);
  auto deleted = delete_objects(run, release, options.propagation, info);
  if (!deleted) {
    run.warn("uninstall: Failed to delete release error=" + deleted.error().message());
    co_return fail(deleted.error().code(), "failed to delete release: {}", options.name);
  }
  if (!info.empty()) info = "These resources were kept due to the resource policy:\n" + info;
  std::vector<std::string> problems;
  if (options.waiting == Waiting::kReady) {
    Status gone = co_await wait_for(run, *deleted, Await::kGone, options.timeout);
    if (!gone) problems.push_back(gone.error().message());
  }
  if (!options.no_hooks) {
    Status status = co_await run_and_end_hooks(run, release, "post-delete", hooks);
    if (!status) problems.push_back(status.error().message());
  }
  co_return close(run, options, records, release, problems);
}

}  // namespace

Task<Outcome> uninstall_release(Run& run, const UninstallOptions& options) {
  auto reached = run.discovery();
  if (!reached) co_return Outcome{.status = fail(reached.error())};
  if (!check_release_name(options.name)) {
    co_return Outcome{.status = fail(Code::kInvalid, "uninstall: Release name is invalid: {}", options.name)};
  }
  auto records = run.storage.history(options.name);
  if (!records) {
    const bool absent = records.error().code() == Code::kNotFound;
    if (absent && options.ignore_not_found) co_return Outcome{};
    if (options.dry_run != DryRun::kNone) co_return Outcome{.status = fail(records.error())};
    std::string before = fmt::format("uninstall: Release not loaded: {}: ", options.name);
    co_return Outcome{.status = with_prefix(before, records.error())};
  }
  Release release = records->back();
  if (options.dry_run != DryRun::kNone) co_return Outcome{.release = std::move(release)};
  if (release.status == kUninstalled && options.keep_history) {
    co_return Outcome{.status = fail(Code::kInvalid, "the release named {} is already deleted", quote(options.name))};
  }
  if (release.status == kUninstalled) {
    Status purged = purge(run, *records);
    if (!purged) purged = with_prefix("uninstall: Failed to purge the release: ", purged.error());
    co_return Outcome{.release = std::move(release), .status = purged};
  }
  Outcome out;
  Status status = co_await perform(run, options, *records, release, out.info);
  out.status = status;
  out.release = std::move(release);
  co_return out;
}

}  // namespace taut::release
