// The loop of a HelmRelease: what state its release is in, which action follows, until there is nothing left to do
// (helm-controller 1.6, internal/reconcile: state.go, atomic_release.go).
#include <fmt/format.h>

#include <algorithm>

#include "base/log.hh"
#include "base/strings.hh"
#include "dialect/flux/helm_digest.hh"
#include "dialect/flux/helm_drift.hh"
#include "dialect/flux/helm_history.hh"
#include "dialect/flux/helm_work.hh"
#include "release/storage.hh"

namespace taut::flux {
namespace {

constexpr std::string_view kReleased = "Released";
constexpr std::string_view kRemediated = "Remediated";
constexpr std::string_view kDrifted = "Drifted";

struct State {
  enum class Kind : uint8_t { kAbsent, kUnmanaged, kOutOfSync, kDrifted, kLocked, kUntested, kInSync, kFailed };
  Kind kind;
  std::vector<Drift> drift = {};
};

// Ends the loop with a reason of its own.
struct Trouble {
  enum class Kind : uint8_t { kNone, kRetriesExceeded, kNoTarget, kOther } kind = Kind::kNone;
  std::string message;
};
struct Choice {
  HelmStep step = HelmStep::kNothing;
  Trouble trouble = {};
};

Choice exceeded() { return {HelmStep::kNothing, {Trouble::Kind::kRetriesExceeded, {}}}; }

bool wish_changed(const HelmWork& work, const release::Release& last) {
  const Value& chart = last.chart["metadata"];
  const helm::Metadata& wanted = work.wish->chart->metadata;
  return chart["name"].as_string() != wanted.name || chart["version"].as_string() != wanted.version ||
         work.latest()["configDigest"].as_string() != work.wish->values_digest;
}

// Settings of what comes after the templates count once a generation, since they are in no record.
bool settings_changed(const HelmWork& work) {
  if (work.object["status"]["observedGeneration"].as_int(-1) == work.read.generation) return false;
  const Value& spec = work.spec();
  return post_renderers_digest(spec["postRenderers"]) != work.status["observedPostRenderersDigest"].as_string() ||
         common_metadata_digest(spec["commonMetadata"]) != work.status["observedCommonMetadataDigest"].as_string();
}

Result<State> compare_cluster(HelmWork& work, const release::Release& last) {
  if (!wants_drift(work.spec())) return State{State::Kind::kInSync};
  release::Run run(work.releases());
  std::vector<std::string> problems;
  TAUT_ASSIGN(auto drift, find_drift(run, last, work.spec()["driftDetection"]["ignore"], problems));
  if (has_drifted(drift)) return State{State::Kind::kDrifted, std::move(drift)};
  if (!problems.empty()) return fail(Code::kInvalid, "unable to determine cluster state: {}", join(problems, "; "));
  return State{State::Kind::kInSync};
}

Result<State> state_of_deployed(HelmWork& work, const release::Release& last) {
  if (wish_changed(work, last) || settings_changed(work)) return State{State::Kind::kOutOfSync};
  if (wants_tests(work.spec())) {
    if (!has_been_tested(work.latest())) return State{State::Kind::kUntested};
    auto remediation = active_remediation(work.spec(), work.status);
    if (remediation && !remediation->ignore_tests && has_failed_test(work.latest())) return State{State::Kind::kFailed};
  }
  return compare_cluster(work, last);
}

Result<State> state_of(HelmWork& work, const std::vector<release::Release>& records) {
  if (records.empty()) return State{State::Kind::kAbsent};
  const release::Release& last = records.back();
  bool uninstalled = last.status == release::kUninstalled;
  if (release::is_pending(last.status)) return State{State::Kind::kLocked};
  if (work.latest().is_null()) return State{uninstalled ? State::Kind::kAbsent : State::Kind::kUnmanaged};
  if (!is_observed(work.latest(), last)) return State{State::Kind::kUnmanaged};
  if (last.status == release::kFailed) return State{State::Kind::kFailed};
  if (uninstalled) return State{State::Kind::kAbsent};
  if (last.status == release::kDeployed) return state_of_deployed(work, last);
  return fail(Code::kInvalid, "unable to determine state for release with status '{}'", last.status);
}

// Whether an annotation asks for something now: it must say the same as the request to reconcile, and be new.
bool asked_for(HelmWork& work, std::string_view annotation, const char* handled) {
  std::string wish(annotation_of(work.object, annotation));
  if (wish.empty()) return false;
  std::string before = work.status[handled].str();
  work.status.set(handled, wish);
  return wish == annotation_of(work.object, kRequestedAt) && work.status["lastHandledReconcileAt"].as_string() != wish && before != wish;
}

// What was rolled back to is what is wished now.
void forget_remediation(HelmWork& work) {
  if (!work.is_true(kRemediated)) return;
  work.unmark(kRemediated);
  work.mark_true(kReleased, "UpgradeSucceeded",
                 fmt::format("Helm upgrade succeeded for release {} with chart {}", full_release_name(work.latest()), versioned_chart_name(work.latest())));
}

// A release that failed and is in order all the same.
void restore_released(HelmWork& work) {
  if (work.is_true(kReady) && work.is_true(kReleased)) return;
  std::string_view reason = work.condition(kReleased)["reason"].as_string();
  if (reason != "InstallFailed" && reason != "UpgradeFailed") return;
  bool install = reason == "InstallFailed";
  work.mark_true(kReleased, install ? "InstallSucceeded" : "UpgradeSucceeded",
                 fmt::format("Helm {} succeeded for release {} with chart {}", install ? "install" : "upgrade", full_release_name(work.latest()),
                             versioned_chart_name(work.latest())));
  work.summarize();
}

Choice when_in_sync(HelmWork& work, bool forced) {
  const Value& history = work.status["history"];
  if (active_retry(work.spec(), work.status)) {
    work.status.set("history", truncated(history));
  } else {
    auto remediation = active_remediation(work.spec(), work.status);
    bool ignore = remediation ? remediation->ignore_tests : work.spec()["test"]["ignoreFailures"].as_bool();
    work.status.set("history", truncated(history, ignore));
  }
  if (forced) return {HelmStep::kUpgrade};
  forget_remediation(work);
  restore_released(work);
  if (wants_drift(work.spec())) work.mark_false(kDrifted, "NoDriftDetected", "No drift detected against the cluster state");
  return {};
}

Choice when_drifted(HelmWork& work, const State& state) {
  std::string message = fmt::format("Cluster state of release {} has drifted from the desired state:\n{}", full_release_name(work.latest()),
                                    describe_drift(state.drift));
  work.note("Warning", "DriftDetected", message);
  work.mark_true(kDrifted, "DriftDetected", message);
  return {work.spec()["driftDetection"]["mode"].as_string() == "enabled" ? HelmStep::kCorrect : HelmStep::kNothing};
}

// A revision to go back to must be recorded as it was seen.
Choice choose_rollback(const HelmWork& work, const Remediation& remediation, const std::vector<release::Release>& records) {
  const Value& previous = previous_snapshot(work.status["history"], remediation.ignore_tests);
  if (previous.is_null())
    return {HelmStep::kNothing, {Trouble::Kind::kNoTarget, "missing target release for rollback: cannot remediate failed release"}};
  auto record = std::ranges::find_if(records, [&](const release::Release& release) { return targets(previous, release); });
  bool sound = record != records.end() && is_observed(previous, *record);
  return {sound ? HelmStep::kRollback : HelmStep::kUpgrade};
}

Choice when_failed(HelmWork& work, const std::vector<release::Release>& records, bool forced) {
  if (active_retry(work.spec(), work.status)) {
    work.status.set("history", truncated(work.status["history"]));
    return {HelmStep::kUpgrade};
  }
  auto remediation = active_remediation(work.spec(), work.status);
  // Without failures counted, what made it fail has changed.
  if (!remediation || remediation->failures <= 0 || forced) return {HelmStep::kUpgrade};
  if (remediation->exhausted() && !remediation->last_too) return exceeded();
  work.status.set("history", truncated(work.status["history"], remediation->ignore_tests));
  if (remediation->uninstall) return {HelmStep::kUninstall};
  return choose_rollback(work, *remediation, records);
}

Choice choose(HelmWork& work, const State& state, const std::vector<release::Release>& records) {
  bool forced = asked_for(work, kForceAt, "lastHandledForceAt");
  auto spent = [&](const char* action) { return remediation_of(work.spec(), work.status, action).exhausted() && !forced; };
  switch (state.kind) {
    case State::Kind::kInSync: return when_in_sync(work, forced);
    case State::Kind::kLocked: return {HelmStep::kUnlock};
    case State::Kind::kAbsent: return spent("install") ? exceeded() : Choice{HelmStep::kInstall};
    case State::Kind::kUnmanaged: work.status.erase("history"); return {HelmStep::kUpgrade};
    case State::Kind::kOutOfSync: return spent("upgrade") ? exceeded() : Choice{HelmStep::kUpgrade};
    case State::Kind::kDrifted: return when_drifted(work, state);
    case State::Kind::kUntested: forget_remediation(work); return {HelmStep::kTest};
    case State::Kind::kFailed: return when_failed(work, records, forced);
  }
  return {};
}

enum class Type : uint8_t { kRelease, kRemediate, kTest, kUnlock, kCorrect };

struct StepFacts {
  HelmStep step;
  const char* name;
  Type type;
  const char* settings;  // of the spec, for the timeout
};
constexpr StepFacts kSteps[] = {
    {HelmStep::kInstall, "install", Type::kRelease, "install"},      {HelmStep::kUpgrade, "upgrade", Type::kRelease, "upgrade"},
    {HelmStep::kTest, "test", Type::kTest, "test"},                  {HelmStep::kRollback, "rollback", Type::kRemediate, "rollback"},
    {HelmStep::kUninstall, "uninstall", Type::kRemediate, "uninstall"}, {HelmStep::kUnlock, "unlock", Type::kUnlock, ""},
    {HelmStep::kCorrect, "correct cluster drift", Type::kCorrect, ""},
};
const StepFacts& facts_of(HelmStep step) { return *std::ranges::find(kSteps, step, &StepFacts::step); }

void correct(HelmWork& work, const State& state) {
  work.mark(kReady, "Unknown", kProgressing, "correcting cluster drift");
  release::Run run(work.releases());
  Corrected corrected = correct_drift(run, state.drift);
  std::string name = full_release_name(work.latest());
  if (!corrected.problems.empty()) {
    std::string message = fmt::format("Failed to {}correct cluster state of release {}:\n{}", corrected.done.empty() ? "" : "partially ", name,
                                      join(corrected.problems, "\n"));
    if (!corrected.done.empty()) message += "\n\nSuccessful corrections:\n" + join(corrected.done, "\n");
    return work.note("Warning", "DriftCorrectionFailed", message);
  }
  if (!corrected.done.empty())
    work.note("Normal", "DriftCorrected", fmt::format("Cluster state of release {} has been corrected:\n{}", name, join(corrected.done, "\n")));
}

Task<Status> perform(HelmWork& work, HelmStep step, const State& state, const std::vector<release::Release>& records) {
  switch (step) {
    case HelmStep::kInstall: co_return co_await install(work);
    case HelmStep::kUpgrade: {
      std::string method = records.empty() ? "" : records.back().apply_method;
      co_return co_await upgrade(work, method);
    }
    case HelmStep::kTest: co_return co_await test(work);
    case HelmStep::kRollback: co_return co_await roll_back(work);
    case HelmStep::kUninstall: co_return co_await uninstall_failed(work);
    case HelmStep::kUnlock: co_return unlock(work, records.back());
    case HelmStep::kCorrect: correct(work, state); break;
    case HelmStep::kNothing: break;
  }
  co_return Status();
}

void announce(HelmWork& work, const StepFacts& facts) {
  std::string message = fmt::format("Running '{}' action with timeout of {}", facts.name, format_go_duration(helm_timeout(work.spec(), facts.settings)));
  work.mark_reconciling(kProgressing, message);
  if (facts.type == Type::kRelease) work.mark(kReady, "Unknown", kProgressing, message);
}

HelmEnd retry_later(HelmWork& work, Duration after) {
  work.mark_reconciling(kProgressingWithRetry, fmt::format("retrying after {}", format_go_duration(after)));
  return {HelmEnd::Kind::kDone, after};
}

HelmEnd again(HelmWork& work) {
  work.mark_reconciling(kProgressingWithRetry, work.condition(kReady)["message"].as_string());
  return {HelmEnd::Kind::kAgain};
}

HelmEnd stall(HelmWork& work) {
  auto remediation = active_remediation(work.spec(), work.status);
  work.mark_stalled("RetriesExceeded", fmt::format("Failed to {} after {} attempt(s)", work.status["lastAttemptedReleaseAction"].as_string(),
                                                   remediation ? remediation->failures : 0));
  return {HelmEnd::Kind::kStalled};
}

HelmEnd end_in(HelmWork& work, const Trouble& trouble) {
  if (trouble.kind == Trouble::Kind::kRetriesExceeded) return stall(work);
  if (trouble.kind == Trouble::Kind::kNoTarget) {
    work.mark_stalled("MissingRollbackTarget", "Failed to perform remediation: " + trouble.message);
    return {HelmEnd::Kind::kStalled};
  }
  return {HelmEnd::Kind::kFailed};
}

// The same type of action does not run twice: another reconciliation goes on.
HelmEnd end_before(HelmWork& work) {
  if (auto after = active_retry(work.spec(), work.status)) return retry_later(work, *after);
  auto remediation = active_remediation(work.spec(), work.status);
  if (!remediation || !remediation->exhausted()) return again(work);
  work.unmark(kReconciling);
  return {HelmEnd::Kind::kDone, work.read.interval};
}

HelmEnd end_after_error(HelmWork& work, const Error& error) {
  if (auto after = active_retry(work.spec(), work.status)) return retry_later(work, *after);
  if (work.is_true(kReady)) work.mark_false(kReady, "ReconcileError", error.message());
  return {HelmEnd::Kind::kFailed};
}

HelmEnd end_after_remediation(HelmWork& work) {
  if (auto after = active_retry(work.spec(), work.status)) return retry_later(work, *after);
  auto remediation = active_remediation(work.spec(), work.status);
  bool reinstall = remediation && remediation->action == "upgrade" && remediation->uninstall;
  if (!remediation || !remediation->exhausted() || reinstall) return again(work);
  return stall(work);
}

HelmEnd end_interrupted(HelmWork& work) {
  std::string by = fmt::format("HelmRelease/{}/{}", work.read.self.ns, work.read.self.name);
  work.mark_false(kReady, "HealthCheckCanceled", "New reconciliation triggered by " + by);
  work.note("Normal", "HealthCheckCanceled", "Health checks canceled due to new reconciliation triggered by " + by);
  return {HelmEnd::Kind::kAgain};
}

HelmEnd end_well(HelmWork& work) {
  work.unmark(kReconciling);
  work.summarize();
  return {HelmEnd::Kind::kDone, work.read.interval};
}

}  // namespace

Task<HelmEnd> release_atomically(HelmWork& work) {
  std::vector<Type> done;
  while (true) {
    auto records = work.records();
    auto state = records ? state_of(work, *records) : fail(records.error().code(), "failed to retrieve last release from storage: {}", records.error().message());
    if (!state) {
      work.mark_false(kReady, "StateError", fmt::format("Could not determine release state: {}", state.error().message()));
      co_return HelmEnd{HelmEnd::Kind::kFailed};
    }
    Choice choice = choose(work, *state, *records);
    if (choice.trouble.kind != Trouble::Kind::kNone) co_return end_in(work, choice.trouble);
    if (choice.step == HelmStep::kNothing) co_return end_well(work);
    const StepFacts& facts = facts_of(choice.step);
    if (std::ranges::find(done, facts.type) != done.end()) co_return end_before(work);
    announce(work, facts);
    if (!work.save()) co_return HelmEnd{HelmEnd::Kind::kFailed};
    Status performed = co_await perform(work, choice.step, *state, *records);
    if (work.interrupted) co_return end_interrupted(work);
    if (!performed) co_return end_after_error(work, performed.error());
    if (facts.type == Type::kRemediate) co_return end_after_remediation(work);
    done.push_back(facts.type);
    if (!work.save()) co_return HelmEnd{HelmEnd::Kind::kFailed};
  }
}

}  // namespace taut::flux
