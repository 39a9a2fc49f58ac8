#include "dialect/flux/kustomization_status.hh"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/strings.hh"
#include "dialect/flux/conditions.hh"
#include "dialect/flux/inventory.hh"
#include "kustomize/flux.hh"

namespace taut::flux {
namespace {

using engine::OperationPhase;
using engine::OperationState;
using engine::ResourceState;
using engine::ResultCode;
using engine::SyncState;
using engine::TaskResult;

constexpr std::string_view kHealthy = "Healthy";
constexpr std::string_view kReconciliationFailed = "ReconciliationFailed";
constexpr std::string_view kHealthCheckFailed = "HealthCheckFailed";

// "Deployment/default/web", "Namespace/podinfo".
std::string text_of(const ObjectId& id) {
  return id.ns.empty() ? fmt::format("{}/{}", id.kind, id.name) : fmt::format("{}/{}/{}", id.kind, id.ns, id.name);
}

std::string_view kstatus_word(const std::optional<Health>& health) {
  if (!health || health->state == HealthState::kHealthy) return "Current";
  if (health->state == HealthState::kMissing) return "NotFound";
  if (health->state == HealthState::kDegraded) return "Failed";
  return health->state == HealthState::kUnknown ? "Unknown" : "InProgress";
}

bool failed(const TaskResult& result) {
  return result.code == ResultCode::kSyncFailed || result.state == OperationPhase::kFailed || result.state == OperationPhase::kError;
}

class Writer {
 public:
  Writer(const StatusInput& input, Progress& progress)
      : in_(input),
        progress_(progress),
        status_(input.object["status"]),
        conditions_(status_["conditions"], input.read.generation, input.now) {
    if (!status_.is_map()) status_ = Value::map();
  }

  StatusOutput run() {
    if (!in_.given.hold && in_.given.artifact) status_.set("lastAttemptedRevision", in_.given.artifact->revision);
    judge();
    if (in_.handled && !in_.read.requested_at.empty()) status_.set("lastHandledReconcileAt", in_.read.requested_at);
    status_.set("observedGeneration", in_.read.generation);
    status_.set("conditions", conditions_.list());
    tell_ready();
    record();
    for (Note& note : out_.notes) note.facts.emplace_back("revision", revision());
    out_.status = std::move(status_);
    return std::move(out_);
  }

 private:
  void judge() {
    const auto& unit = in_.unit;
    if (in_.given.hold) return hold(*in_.given.hold);
    if (unit.load_error) return fail_with(load_reason(*unit.load_error), unit.load_error->message);
    if (const auto* operation = current_operation()) {
      note_inventory();
      if (auto broken = failure(*operation)) return fail_with(broken->first, broken->second);
      if (!engine::completed(operation->phase)) return progress();
      tell_changes(*operation);
    }
    for (const engine::Condition& condition : unit.conditions)
      if (condition.type == "ComparisonError" || condition.type == "DeletionError" || condition.type == "SyncError")
        return fail_with(kReconciliationFailed, condition.message);
    // What was compared last may be an earlier revision still.
    if (unit.sync != SyncState::kSynced || revision_of(unit.compared_source) != revision()) return progress();
    note_inventory();
    judge_health();
  }

  static std::string_view load_reason(const engine::LoadError& error) {
    if (error.code == Code::kNotFound || error.code == Code::kUnavailable) return "ArtifactFailed";
    return error.message.ends_with(kustomize::kDecryptionRequired) ? kReconciliationFailed : "BuildFailed";
  }

  // The last sync, unless it was to an earlier revision and has ended.
  const OperationState* current_operation() const { return in_.unit.operation ? &*in_.unit.operation : nullptr; }

  void hold(const Hold& hold) {
    conditions_.set_false(kReady, hold.reason, hold.message);
    conditions_.remove(kHealthy);
    if (hold.stalled) {
      conditions_.set_true(kStalled, hold.reason, hold.message);
      conditions_.remove(kReconciling);
    } else {
      conditions_.remove(kStalled);
      conditions_.set_true(kReconciling, kProgressingWithRetry, fmt::format("Reconciliation in progress for revision {}", revision()));
    }
  }

  void fail_with(std::string_view reason, const std::string& message) {
    conditions_.remove(kStalled);
    if (reason != kHealthCheckFailed) conditions_.remove(kHealthy);
    conditions_.set_false(kReady, reason, message);
    conditions_.set_true(kReconciling, kProgressingWithRetry, in_progress());
  }

  void progress() {
    conditions_.remove(kStalled);
    conditions_.set_unknown(kReady, kProgressing, "Reconciliation in progress");
    conditions_.set_true(kReconciling, kProgressing, in_progress());
  }

  std::string revision() const { return in_.given.artifact ? in_.given.artifact->revision : std::string(); }
  std::string in_progress() const {
    return fmt::format("Detecting drift for revision {} with a timeout of {}", revision(), format_go_duration(in_.read.timeout));
  }

  // Reason and message of what failed; nothing of a sync that goes well.
  std::optional<std::pair<std::string_view, std::string>> failure(const OperationState& operation) const {
    bool retrying = operation.phase == OperationPhase::kRunning && operation.finished;
    bool ended_badly = operation.phase == OperationPhase::kFailed || operation.phase == OperationPhase::kError;
    if (!retrying && !ended_badly) return std::nullopt;
    std::vector<std::string> applies, prunes;
    for (const TaskResult& result : operation.results) {
      if (!failed(result)) continue;
      bool prune = std::ranges::any_of(in_.unit.resources, [&](const ResourceState& r) { return r.id == result.id && r.requires_pruning; });
      (prune ? prunes : applies).push_back(fmt::format("{} {} failed: {}", text_of(result.id), prune ? "delete" : "dry-run", result.message));
    }
    if (applies.empty() && !prunes.empty()) return std::pair<std::string_view, std::string>("PruneFailed", join(prunes, "\n"));
    if (applies.empty()) applies.push_back(operation.message);
    return std::pair(kReconciliationFailed, join(applies, "\n"));
  }

  // What of the Unit's is in the cluster. Before the first sync of a process what was written stays.
  void note_inventory() {
    std::vector<ResourceState> there;
    for (const ResourceState& resource : in_.unit.resources)
      if (resource.health && (resource.sync == SyncState::kSynced || known(resource.id) || touched(resource.id))) there.push_back(resource);
    status_.set("inventory", Value::map({{"entries", write_inventory(there)}}));
  }

  bool known(const ObjectId& id) const {
    Value wanted(inventory_id(id));
    for (const Value& entry : in_.object["status"]["inventory"]["entries"].items())
      if (entry["id"] == wanted) return true;
    return false;
  }

  bool touched(const ObjectId& id) const {
    return std::ranges::any_of(in_.unit.operation ? in_.unit.operation->results : std::vector<TaskResult>(),
                               [&](const TaskResult& result) { return result.id == id && !failed(result); });
  }

  const std::vector<ResourceState>& awaited() const { return in_.read.wait ? in_.unit.resources : in_.unit.checks; }

  void judge_health() {
    std::vector<std::string> stalled, pending;
    for (const ResourceState& resource : awaited()) {
      std::string_view word = kstatus_word(resource.health);
      if (word == "Current") continue;
      (word == "Failed" ? stalled : pending).push_back(fmt::format("{} status: '{}'", text_of(resource.id), word));
    }
    bool watched = in_.read.wait || !in_.read.health_checks.empty();
    if (!watched) conditions_.remove(kHealthy);
    if (stalled.empty() && pending.empty()) return succeed(watched);
    if (!progress_.unhealthy_since) progress_.unhealthy_since = in_.now;
    Duration waited = in_.now - *progress_.unhealthy_since;
    if (!stalled.empty())
      return unhealthy(fmt::format("health check failed after {}: failed early due to stalled resources: [{}]",
                                   format_go_duration(waited), join(stalled, ", ")));
    if (waited >= in_.read.timeout)
      return unhealthy(fmt::format("health check failed after {}: timeout waiting for: [{}]", format_go_duration(in_.read.timeout),
                                   join(pending, ", ")));
    out_.wake = *progress_.unhealthy_since + in_.read.timeout;
    std::string message = fmt::format("Running health checks for revision {} with a timeout of {}", revision(),
                                      format_go_duration(in_.read.timeout));
    conditions_.remove(kStalled);
    conditions_.set_unknown(kReady, kProgressing, "Reconciliation in progress");
    conditions_.set_unknown(kHealthy, kProgressing, message);
    conditions_.set_true(kReconciling, kProgressing, message);
  }

  // A condition that said the same but for the time it took stays as it is.
  void unhealthy(const std::string& message) {
    auto tail = [](std::string_view text) { return text.substr(std::min(text.size(), text.find(": "))); };
    const Value& old = conditions_.find(kHealthy);
    bool same = old["reason"].as_string() == kHealthCheckFailed && tail(old["message"].as_string()) == tail(message);
    std::string said = same ? old["message"].str() : message;
    conditions_.set_false(kHealthy, kHealthCheckFailed, said);
    fail_with(kHealthCheckFailed, said);
  }

  void succeed(bool watched) {
    if (watched && conditions_.find(kHealthy)["status"].as_string() != "True") {
      Duration waited = progress_.unhealthy_since ? in_.now - *progress_.unhealthy_since : Duration{};
      std::string passed = fmt::format("Health check passed in {}", format_go_duration(waited));
      conditions_.set_true(kHealthy, kSucceeded, passed);
      out_.notes.push_back({"Normal", std::string(kProgressing), std::move(passed)});
    }
    progress_.unhealthy_since.reset();
    conditions_.remove(kStalled);
    conditions_.remove(kReconciling);
    conditions_.set_true(kReady, "ReconciliationSucceeded", "Applied revision: " + revision());
    status_.set("lastAppliedRevision", revision());
    if (in_.given.artifact && !in_.given.artifact->origin.empty())
      status_.set("lastAppliedOriginRevision", in_.given.artifact->origin);
    else
      status_.erase("lastAppliedOriginRevision");
  }

  // "Deployment/default/web created": once for each sync that changed something.
  void tell_changes(const OperationState& operation) {
    if (!operation.finished || progress_.told == operation.finished) return;
    progress_.told = operation.finished;
    std::vector<std::string> lines;
    for (const TaskResult& result : operation.results) {
      std::string_view verb = result.code == ResultCode::kPruned ? "deleted"
                              : result.message.ends_with(" created") ? "created"
                              : result.message.ends_with(" configured") ? "configured" : "";
      if (!verb.empty()) lines.push_back(fmt::format("{} {}", text_of(result.id), verb));
    }
    if (!lines.empty()) out_.notes.push_back({"Normal", "Progressing", join(lines, "\n")});
  }

  void tell_ready() {
    const Value& ready = conditions_.find(kReady);
    std::string_view status = ready["status"].as_string();
    std::string said = fmt::format("{} {} {}", status, ready["reason"].as_string(), ready["message"].as_string());
    if (status == "Unknown" || progress_.ready == said) return;
    progress_.ready = said;
    if (ready["reason"].as_string() == "DependencyNotReady")
      return out_.notes.push_back({"Normal", "DependencyNotReady", "Dependencies do not meet ready condition: " + ready["message"].str()});
    if (status == "False") return out_.notes.push_back({"Warning", ready["reason"].str(), ready["message"].str()});
    Duration took = last_took();
    out_.notes.push_back({"Normal", "ReconciliationSucceeded",
                          fmt::format("Reconciliation finished in {}, next run in {}", format_go_duration(took),
                                      format_go_duration(in_.read.interval))});
  }

  Duration last_took() const {
    const auto* operation = current_operation();
    return operation && operation->finished ? *operation->finished - operation->started : Duration{};
  }

  // status.history, as fluxcd/pkg/apis/meta keeps it: what was rendered alike and ended alike is one entry, the newest first,
  // five at most.
  void record() {
    const Value& ready = conditions_.find(kReady);
    std::string outcome = ready["reason"].str();
    constexpr std::string_view kOutcomes[] = {"ReconciliationSucceeded", kReconciliationFailed, "PruneFailed", kHealthCheckFailed};
    if (std::ranges::find(kOutcomes, outcome) == std::end(kOutcomes) || in_.unit.target == Hash128()) return;
    std::string digest = "xxh128:" + in_.unit.target.hex();
    const auto* operation = current_operation();
    std::string ended = operation && operation->finished ? format_rfc3339(*operation->finished) : std::string();
    std::string now = fmt::format("{} {} {} {} {}", digest, outcome, revision(), ended, in_.handled ? in_.read.requested_at : "");
    bool first = progress_.recorded.empty();
    if (std::exchange(progress_.recorded, now) == now) return;
    const Value& newest = status_["history"][size_t{0}];
    bool known = newest["digest"].as_string() == digest && newest["lastReconciledStatus"].as_string() == outcome &&
                 newest["metadata"]["revision"].as_string() == revision();
    if (first && known) return;
    insert(digest, outcome);
  }

  void insert(const std::string& digest, const std::string& outcome) {
    constexpr size_t kMost = 5;
    std::string now = format_rfc3339(in_.now);
    Value facts = Value::map({{"revision", revision()}});
    if (in_.given.artifact && !in_.given.artifact->origin.empty()) facts.set("originRevision", in_.given.artifact->origin);
    Value entry = Value::map({{"digest", digest}, {"firstReconciled", now}, {"lastReconciledStatus", outcome}, {"totalReconciliations", 0}});
    Value rest = Value::list();
    for (const Value& old : status_["history"].items()) {
      if (old["digest"].as_string() == digest && old["lastReconciledStatus"].as_string() == outcome)
        entry = old;
      else if (rest.size() + 1 < kMost)
        rest.push_back(old);
    }
    entry.set("lastReconciled", now);
    entry.set("lastReconciledDuration", format_go_duration(last_took()));
    entry.set("totalReconciliations", entry["totalReconciliations"].as_int() + 1);
    entry.set("metadata", std::move(facts));
    Value history = Value::list({std::move(entry)});
    for (const Value& old : rest.items()) history.push_back(old);
    status_.set("history", std::move(history));
  }

  const StatusInput& in_;
  Progress& progress_;
  Value status_;
  Conditions conditions_;
  StatusOutput out_;
};

}  // namespace

engine::Dialect::Note event_of(const Value& object, const Note& note) {
  constexpr std::string_view kEvents = "event.toolkit.fluxcd.io/";
  Value annotations = Value::map();
  for (const Entry& entry : object["metadata"]["annotations"].entries())
    if (entry.key().starts_with(kEvents)) annotations.set(entry.key(), entry.value);
  std::string group = Gvk::of(object).group;
  for (const auto& [name, text] : note.facts)
    if (!text.empty()) annotations.set(fmt::format("{}/{}", group, name), text);
  return {object, note.type, note.reason, note.message, annotations.empty() ? Value() : std::move(annotations)};
}

StatusOutput kustomization_status(const StatusInput& input, Progress& progress) { return Writer(input, progress).run(); }

}  // namespace taut::flux
