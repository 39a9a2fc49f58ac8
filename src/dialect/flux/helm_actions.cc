// The actions on a release: each carries out an operation of Helm, keeps what was recorded in status.history and says how
// it went by a condition and an event (helm-controller 1.6, internal/reconcile).
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "dialect/flux/helm_digest.hh"
#include "dialect/flux/helm_history.hh"
#include "dialect/flux/helm_inventory.hh"
#include "dialect/flux/helm_options.hh"
#include "dialect/flux/helm_post_render.hh"
#include "dialect/flux/helm_work.hh"
#include "release/storage.hh"

namespace taut::flux {
namespace {

constexpr std::string_view kReleased = "Released";
constexpr std::string_view kRemediated = "Remediated";
constexpr std::string_view kTestSuccess = "TestSuccess";

std::string trimmed(const Error& error) { return std::string(trim(error.message())); }

release::Rendered rendered(const HelmWork& work) {
  release::Rendered out;
  out.chart = work.wish->chart;
  out.values = work.wish->values;
  out.post_render = post_renderer(work.object, work.read);
  out.edit_crd = [read = work.read](Value& definition) { set_origin_labels(definition, read); };
  return out;
}

void say(HelmWork& work, bool good, std::string_view condition, std::string_view value, std::string_view reason, const std::string& message) {
  work.mark(condition, value, reason, message);
  work.note(good ? "Normal" : "Warning", reason, message);
}

// What was recorded since `before`: the newest revision becomes a snapshot, older ones are brought up to date. False when
// nothing was recorded.
bool observe(HelmWork& work, const std::vector<release::Release>& before, std::string_view action) {
  auto after = work.records();
  if (!after || after->empty()) return false;
  const release::Release& newest = after->back();
  if (!before.empty() && newest.version <= before.back().version) return false;
  Value history = refreshed(work.status["history"], *after, "");
  work.status.set("history", with_snapshot(snapshot_of(newest, action, work.wish->oci_digest), history));
  keep_inventory(work, newest);
  return true;
}

void await_tests(HelmWork& work) {
  if (!wants_tests(work.spec()) || has_been_tested(work.latest())) return;
  std::string message = fmt::format("Helm release {} with chart {} is awaiting tests", full_release_name(work.latest()), versioned_chart_name(work.latest()));
  work.mark(kTestSuccess, "Unknown", "AwaitingTests", message);
}

// How an install or an upgrade went.
Status conclude(HelmWork& work, const std::string& action, const release::Outcome& outcome, bool recorded) {
  bool install = action == "install";
  if (outcome.status && recorded) {
    std::string message = fmt::format("Helm {} succeeded for release {} with chart {}", action, full_release_name(work.latest()),
                                      versioned_chart_name(work.latest()));
    say(work, true, kReleased, "True", install ? "InstallSucceeded" : "UpgradeSucceeded", message);
    await_tests(work);
    if (active_retry(work.spec(), work.status)) work.clear_failures();
    return {};
  }
  Error error = outcome.status ? Error(Code::kInternal, "the release was not recorded") : outcome.status.error();
  const helm::Metadata& chart = work.wish->chart->metadata;
  std::string message = fmt::format("Helm {} failed for release {}/{} with chart {}@{}: {}", action, work.read.ns, work.read.release, chart.name,
                                    chart.version, trimmed(error));
  work.count("failures");
  say(work, false, kReleased, "False", install ? "InstallFailed" : "UpgradeFailed", message);
  if (!recorded) return fail(std::move(error));
  work.count(install ? "installFailures" : "upgradeFailures");
  return {};
}

void begin(HelmWork& work, const char* action) {
  work.status.set("lastAttemptedReleaseAction", action);
  work.unmark(kTestSuccess);
  work.unmark(kRemediated);
}

std::vector<release::Release> records_now(const HelmWork& work) {
  auto found = work.records();
  return found ? std::move(*found) : std::vector<release::Release>();
}

}  // namespace

Task<Status> install(HelmWork& work) {
  Time started = work.now;
  begin(work, "install");
  work.status.erase("history");
  auto before = records_now(work);
  auto operation = release::Operation::install(work.releases(), install_options(work.object, work.read, rendered(work)));
  auto outcome = co_await work.carry_out(std::move(operation));
  work.status.set("lastAttemptedReleaseActionDuration", format_go_duration(work.now - started));
  bool recorded = observe(work, before, "install");
  Status out = conclude(work, "install", outcome, recorded);
  work.summarize();
  co_return out;
}

Task<Status> upgrade(HelmWork& work, const std::string& method) {
  Time started = work.now;
  begin(work, "upgrade");
  auto before = records_now(work);
  auto operation = release::Operation::upgrade(work.releases(), upgrade_options(work.object, work.read, rendered(work), method));
  auto outcome = co_await work.carry_out(std::move(operation));
  work.status.set("lastAttemptedReleaseActionDuration", format_go_duration(work.now - started));
  bool recorded = observe(work, before, "upgrade");
  Status out = conclude(work, "upgrade", outcome, recorded);
  work.summarize();
  co_return out;
}

namespace {

std::string tested_words(const Value& snapshot) {
  size_t count = snapshot["testHooks"].size();
  if (count == 0) return "no test hooks";
  return fmt::format("{} test hook{} completed successfully", count, count > 1 ? "s" : "");
}

Status fail_test(HelmWork& work, const Error& error) {
  const Value current = work.latest();
  work.count("failures");
  say(work, false, kTestSuccess, "False", "TestFailed",
      fmt::format("Helm test failed for release {} with chart {}: {}", full_release_name(current), versioned_chart_name(current), trimmed(error)));
  if (!has_been_tested(current)) return fail(error);
  auto remediation = active_remediation(work.spec(), work.status);
  if (remediation && !remediation->ignore_tests) work.count(remediation->action == "install" ? "installFailures" : "upgradeFailures");
  return {};
}

}  // namespace

Task<Status> test(HelmWork& work) {
  if (work.latest().is_null()) co_return fail(Code::kInvalid, "no latest release: required for test");
  auto operation = release::Operation::test(work.releases(), test_options(work.object, work.read));
  auto outcome = co_await work.carry_out(std::move(operation));
  Status status = outcome.status;
  if (outcome.release && targets(work.latest(), *outcome.release)) {
    Value tested = snapshot_of(*outcome.release, work.latest());
    tested.set("testHooks", test_hooks(*outcome.release, work.spec()["test"]["filters"]));
    work.edit_history().edit(size_t{0}) = std::move(tested);
  } else if (outcome.release) {
    const release::Release& other = *outcome.release;
    status = fail(Code::kConflict, "release mismatch: tested release {}/{}.v{} != current release {}", other.ns, other.name, other.version,
                  full_release_name(work.latest()));
  }
  if (status) {
    const Value current = work.latest();
    say(work, true, kTestSuccess, "True", "TestSucceeded",
        fmt::format("Helm test succeeded for release {} with chart {}: {}", full_release_name(current), versioned_chart_name(current), tested_words(current)));
  } else {
    status = fail_test(work, status.error());
  }
  work.summarize();
  co_return status;
}

Task<Status> roll_back(HelmWork& work) {
  bool ignore_tests = remediation_of(work.spec(), work.status, "upgrade").ignore_tests;
  const Value previous = previous_snapshot(work.status["history"], ignore_tests);
  const Value current = work.latest();
  if (previous.is_null()) co_return fail(Code::kNotFound, "missing target release for rollback: required to rollback");
  auto before = records_now(work);
  int64_t version = previous["version"].as_int();
  auto goal = std::ranges::find(before, version, &release::Release::version);
  std::string method = goal == before.end() ? "" : goal->apply_method;
  auto operation = release::Operation::rollback(work.releases(), rollback_options(work.object, work.read, version, method));
  auto outcome = co_await work.carry_out(std::move(operation));
  auto after = records_now(work);
  Value history = refreshed(work.status["history"], after, "rollback");
  bool recorded = !after.empty() && (before.empty() || after.back().version > before.back().version);
  if (recorded) {
    history = with_snapshot(snapshot_of(after.back(), "rollback", ""), history);
    keep_inventory(work, after.back());
  }
  work.status.set("history", std::move(history));
  std::string what = fmt::format("Helm rollback to previous release {} with chart {}", full_release_name(previous), versioned_chart_name(previous));
  Status out;
  if (outcome.status) {
    say(work, true, kRemediated, "True", "RollbackSucceeded", what + " succeeded");
  } else {
    work.count("failures");
    say(work, false, kRemediated, "False", "RollbackFailed", fmt::format("{} failed: {}", what, trimmed(outcome.status.error())));
    if (!recorded) out = outcome.status;
  }
  work.summarize();
  co_return out;
}

namespace {

// The snapshots as an uninstall left the records; the last of them is told by the outcome, since it may be gone. The
// error is of an uninstall that went well and recorded nothing, or was of another release.
Status observe_uninstall(HelmWork& work, const release::Outcome& outcome, std::string_view action) {
  const Value current = work.latest();
  auto records = records_now(work);
  if (outcome.release) records.push_back(*outcome.release);
  if (!records.empty()) work.status.set("history", refreshed(work.status["history"], records, action));
  if (outcome.release && !targets(current, *outcome.release))
    return fail(Code::kConflict, "release mismatch: uninstalled release {}/{}.v{} != current release {}", outcome.release->ns, outcome.release->name,
                outcome.release->version, full_release_name(current));
  if (!outcome.status) return outcome.status;
  bool changed = current["digest"] != work.latest()["digest"];
  if (changed || current["status"].as_string() == release::kUninstalled) return {};
  return fail(Code::kInternal, "uninstall completed with error: release not updated in Helm storage");
}

}  // namespace

Task<Status> uninstall_failed(HelmWork& work) {
  const Value current = work.latest();
  if (current.is_null()) co_return fail(Code::kInvalid, "no latest release: required to uninstall");
  auto operation = release::Operation::uninstall(work.releases(), uninstall_options(work.object, current["name"].str()));
  auto outcome = co_await work.carry_out(std::move(operation));
  Status done = observe_uninstall(work, outcome, "uninstall-remediation");
  std::string what = fmt::format("Helm uninstall remediation for release {} with chart {}", full_release_name(current), versioned_chart_name(current));
  if (done) {
    say(work, true, kRemediated, "True", "UninstallSucceeded", what + " succeeded");
    work.summarize();
    co_return Status();
  }
  work.count("failures");
  say(work, false, kRemediated, "False", "UninstallFailed", fmt::format("{} failed: {}", what, trimmed(done.error())));
  work.summarize();
  bool changed = current["digest"] != work.latest()["digest"];
  co_return changed ? Status() : done;
}

Task<Status> uninstall(HelmWork& work) {
  const Value current = work.latest();
  if (current.is_null()) co_return Status();
  auto operation = release::Operation::uninstall(work.releases(), uninstall_options(work.object, current["name"].str()));
  auto outcome = co_await work.carry_out(std::move(operation));
  std::string name = full_release_name(current);
  if (!outcome.status && outcome.status.error().code() == Code::kNotFound) {
    work.mark_false(kReleased, "UninstallSucceeded", fmt::format("Release {} was not found, assuming it is uninstalled", name));
    work.summarize();
    co_return Status();
  }
  bool kept = work.spec()["uninstall"]["keepHistory"].as_bool();
  if (!outcome.status && kept && contains(outcome.status.error().message(), "is already deleted")) {
    work.mark_false(kReleased, "UninstallSucceeded", fmt::format("Release {} was already uninstalled", name));
    work.summarize();
    co_return Status();
  }
  Status done = observe_uninstall(work, outcome, "uninstall");
  std::string what = fmt::format("for release {} with chart {}", name, versioned_chart_name(current));
  if (done) {
    work.status.erase("inventory");
    say(work, true, kReleased, "False", "UninstallSucceeded", "Helm uninstall succeeded " + what);
  } else {
    work.count("failures");
    say(work, false, kReleased, "False", "UninstallFailed", fmt::format("Helm uninstall failed {}: {}", what, trimmed(done.error())));
  }
  work.summarize();
  co_return done;
}

// Nobody is at work on it: whoever was has been stopped.
Status unlock(HelmWork& work, release::Release last) {
  Value current = snapshot_of(last, "", "");
  std::string was = last.status;
  std::string what = fmt::format("Helm release {} with chart {} in {} state", full_release_name(current), versioned_chart_name(current), was);
  last.set(release::kFailed, fmt::format("Release unlocked from stale '{}' state", was));
  Status done = release::Storage(work.target(), work.status["storageNamespace"].str()).update(last, work.now);
  if (done) {
    work.status.set("history", refreshed(work.status["history"], {last}, ""));
    say(work, true, kReleased, "False", "PendingRelease", "Unlocked " + what);
  } else {
    work.count("failures");
    say(work, false, kReleased, "False", "PendingRelease", fmt::format("Unlock of {} failed: {}", what, trimmed(done.error())));
  }
  work.summarize();
  return done;
}

}  // namespace taut::flux
