#include "dialect/flux/helm_run.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/semver.hh"
#include "base/strings.hh"
#include "dialect/flux/conditions.hh"
#include "dialect/flux/helm_digest.hh"
#include "dialect/flux/helm_history.hh"
#include "dialect/flux/helm_values.hh"
#include "dialect/flux/helm_work.hh"
#include "tree/views.hh"
#include "value/patch.hh"

namespace taut::flux {
namespace {

constexpr Duration kDependency = std::chrono::seconds(30);  // --requeue-dependency
constexpr size_t kShortDigest = 12;

// Why a reconciliation cannot go on, as its Ready condition says it.
struct Halt {
  std::string reason, message;
  HelmEnd end{HelmEnd::Kind::kFailed};
  bool told = true;  // by an event too
};

HelmEnd waiting() { return {HelmEnd::Kind::kWaiting, kDependency}; }

HelmEnd halt(HelmWork& work, const Halt& halt) {
  bool again = work.condition(kReady)["message"].as_string() == halt.message;
  work.mark_false(kReady, halt.reason, halt.message);
  if (halt.told && !again) work.note("Warning", halt.reason, halt.message);
  return halt.end;
}

// The first dependency that is not ready, in Flux's words; "" when all are.
std::string unready_dependency(HelmWork& work) {
  if (work.read.depends_on.empty()) return {};
  if (work.world.graph)
    if (std::string way = work.world.graph->describe_cycle(node_of({"HelmRelease", work.read.self})); !way.empty()) return way;
  for (const auto& [kind, name] : work.read.depends_on) {
    std::string called = fmt::format("{}/{}", name.ns, name.name);
    Gvk gvk = kind == "Kustomization" ? kustomization_gvk() : kind == "Application" ? application_gvk() : helm_release_gvk();
    auto found = work.world.cluster.get({gvk, name.ns, name.name});
    if (!found) return fmt::format("unable to get '{}' dependency: {}", called, found.error().message());
    if (kind == "Application") {
      if (!is_settled(*found)) return fmt::format("dependency '{}' is not ready", called);
      continue;
    }
    bool observed = (*found)["status"]["observedGeneration"] == (*found)["metadata"]["generation"];
    if (!observed || condition_of(*found, kReady)["status"].as_string() != "True") return fmt::format("dependency '{}' is not ready", called);
  }
  return {};
}

// Why a source has no chart to give yet; "" when it has.
std::string unready_source(const Value& source) {
  auto not_ready = [&](std::string_view why) {
    return fmt::format("{} '{}/{}' is not ready: {}", source["kind"].as_string(), namespace_of(source), name_of(source), why);
  };
  const Value& ready = condition_of(source, kReady);
  const Value& stalled = condition_of(source, kStalled);
  if (source["status"]["observedGeneration"] != source["metadata"]["generation"])
    return not_ready(ready["status"].as_string() == "False" ? ready["message"].as_string() : "latest generation of object has not been reconciled");
  if (stalled["status"].as_string() == "True") return not_ready(stalled["message"].as_string());
  if (!source["status"]["artifact"].is_map()) return not_ready("does not have an artifact");
  return {};
}

// The chart in an artifact of files: at its root, or in the one folder there.
Result<helm::ChartPtr> load_from(const TreePtr& tree) {
  TAUT_ASSIGN(auto entries, tree->list(""));
  bool at_root = std::ranges::any_of(entries, [](const TreeEntry& entry) { return entry.name == "Chart.yaml"; });
  if (at_root || entries.size() != 1) return helm::load_chart(*tree);
  TAUT_ASSIGN(TreePtr folder, sub_tree(tree, entries.front().name));
  return helm::load_chart(*folder);
}

// The digest of an OCI artifact becomes metadata of the chart's version, so that a tag that moves is a change. A tag
// that is a version must be that of the chart.
Result<helm::ChartPtr> with_digest(const helm::ChartPtr& chart, const std::string& revision, std::string& digest) {
  auto version = Version::parse(chart->metadata.version);
  if (!version) return fail(Code::kInvalid, "invalid chart version {}", chart->metadata.version);
  size_t at = revision.find('@');
  std::string tag = at == std::string::npos ? std::string() : revision.substr(0, at);
  digest = at == std::string::npos ? revision : revision.substr(at + 1);
  auto tagged = Version::parse(replace_all(tag, "_", "+"));
  if (!tag.empty() && tagged && compare(*tagged, *version) != 0)
    return fail(Code::kInvalid, "artifact revision {} does not match chart version {}", tag, chart->metadata.version);
  std::string hex = revision_hash(digest);
  if (hex.size() < kShortDigest) return fail(Code::kInvalid, "invalid artifact revision {}", revision);
  version->metadata = hex.substr(0, kShortDigest);
  auto out = std::make_shared<helm::Chart>(*chart);
  out->metadata.version = version->to_string();
  return out;
}

// Charts that were loaded with their artifact are shared.
tl::expected<HelmWish, Halt> load_wish(HelmWork& work) {
  const SourceRef& ref = work.read.source;
  auto source = work.world.cluster.get({source_gvk(ref.kind), ref.ns, ref.name});
  if (!source) return tl::unexpected(Halt{"ArtifactFailed", fmt::format("could not get Source object: {}", source.error().message()), {HelmEnd::Kind::kFailed}, false});
  if (std::string why = unready_source(*source); !why.empty()) return tl::unexpected(Halt{"SourceNotReady", why, waiting(), false});
  auto values = compose_values(work.spec(), work.read.self.ns, [&](const std::string& kind, const std::string& name) {
    return work.world.cluster.get({{"", "v1", kind}, work.read.self.ns, name});
  });
  if (!values) return tl::unexpected(Halt{"ValuesError", values.error().message()});
  auto artifact = work.world.artifacts.find(ref);
  if (!artifact || (*source)["status"]["artifact"]["revision"].as_string() != artifact->revision)
    return tl::unexpected(Halt{"ArtifactFailed", fmt::format("Source not ready: artifact not found. Retrying in {}", format_go_duration(kDependency)), waiting(), false});
  HelmWish out;
  auto chart = artifact->chart ? Result<helm::ChartPtr>(artifact->chart) : load_from(artifact->tree);
  if (!chart) return tl::unexpected(Halt{"ArtifactFailed", fmt::format("Could not load chart: {}", chart.error().message())});
  out.chart = *chart;
  if (ref.kind == "OCIRepository") {
    auto marked = with_digest(*chart, artifact->revision, out.oci_digest);
    if (!marked) return tl::unexpected(Halt{"ChartMutateError", marked.error().message(), {HelmEnd::Kind::kFailed}, false});
    out.chart = *marked;
  }
  out.values = std::move(*values);
  out.values_digest = values_digest(out.values);
  return out;
}

// The HelmChart of spec.chart is made, and one that is no longer asked for goes.
Status keep_chart(HelmWork& work) {
  std::string named = work.read.chart.name.empty() ? "" : fmt::format("{}/{}", work.read.chart.ns, work.read.chart.name);
  std::string held = work.status["helmChart"].str();
  if (!held.empty() && held != named) {
    size_t slash = held.find('/');
    auto gone = work.world.cluster.remove({source_gvk("HelmChart"), held.substr(0, slash), held.substr(slash + 1)}, {});
    if (!gone && gone.error().code() != Code::kNotFound)
      return fail(gone.error().code(), "failed to delete HelmChart '{}': {}", held, gone.error().message());
    work.status.erase("helmChart");
  }
  if (named.empty() || work.read.deleting) return {};
  WriteRequest request{.ref = {source_gvk("HelmChart"), work.read.chart.ns, work.read.chart.name},
                       .body = helm_chart_of(work.object, work.read),
                       .field_manager = "helm-controller",
                       .force = true};
  // What would change nothing is not written at every interval.
  auto live = work.world.cluster.get(request.ref);
  if (!live || apply_merge_patch(*live, request.body) != *live || (*live)["spec"]["valuesFiles"] != request.body["spec"]["valuesFiles"]) {
    auto applied = work.world.cluster.write(request);
    if (!applied) return fail(applied.error().code(), "failed to run server-side apply: {}", applied.error().message());
  }
  work.status.set("helmChart", named);
  return {};
}

// A release elsewhere, or of another chart, is not what is asked for: it goes before the new one comes.
bool target_changed(const HelmWork& work) {
  const Value& current = work.latest();
  std::string storage = work.status["storageNamespace"].str();
  if (storage.empty() || current.is_null()) return false;
  bool other_chart = current["chartName"].as_string() != work.wish->chart->metadata.name &&
                     work.spec()["upgrade"]["chartNameChangeStrategy"].as_string() != "InPlaceUpdate";
  return storage != work.read.storage_ns || current["namespace"].as_string() != work.read.ns || current["name"].as_string() != work.read.release || other_chart;
}

// Failures count only while what failed is still what is asked for.
bool must_reset_failures(HelmWork& work) {
  std::string wish(annotation_of(work.object, kResetAt));
  bool requested = false;
  if (!wish.empty()) {
    requested = wish == annotation_of(work.object, kRequestedAt) && work.status["lastHandledReconcileAt"].as_string() != wish &&
                work.status["lastHandledResetAt"].as_string() != wish;
    work.status.set("lastHandledResetAt", wish);
  }
  const Value& status = work.status;
  const Value& digest = status["lastAttemptedConfigDigest"];
  return requested || status["lastAttemptedGeneration"].as_int() != work.read.generation ||
         status["lastAttemptedRevision"].as_string() != work.wish->chart->metadata.version ||
         (!digest.empty() && digest.as_string() != work.wish->values_digest);
}

void note_attempt(HelmWork& work) {
  work.status.set("storageNamespace", work.read.storage_ns);
  if (must_reset_failures(work)) work.clear_failures();
  work.status.set("lastAttemptedGeneration", work.read.generation);
  work.status.set("lastAttemptedRevision", work.wish->chart->metadata.version);
  if (work.wish->oci_digest.empty())
    work.status.erase("lastAttemptedRevisionDigest");
  else
    work.status.set("lastAttemptedRevisionDigest", work.wish->oci_digest);
  work.status.set("lastAttemptedConfigDigest", work.wish->values_digest);
  work.status.erase("lastAttemptedValuesChecksum");
  work.status.erase("lastReleaseRevision");
}

// What hindered it before does so no more.
void clear_obstacles(HelmWork& work) {
  std::string_view reason = work.condition(kReady)["reason"].as_string();
  for (std::string_view stale : {"DependencyNotReady", "AccessDenied", "ArtifactFailed", "SourceNotReady", "ValuesError", "ChartMutateError", "UnsupportedField", "RESTClientError"})
    if (reason == stale) return work.mark(kReady, "Unknown", kProgressing, "reconciliation in progress");
}

void forget_release(HelmWork& work) {
  work.status.erase("history");
  work.status.erase("storageNamespace");
}

// Whether what is released can be taken away: without the kubeconfig or the account that brought it, it stays. The
// error: it is to be asked again.
Result<bool> can_uninstall(HelmWork& work) {
  if (work.status["storageNamespace"].empty()) return false;
  if (Status reached = work.reach_target(); !reached) {
    if (reached.error().code() == Code::kNotFound) return false;
    return fail(reached.error().code(), "failed to build REST client getter to uninstall release: {}", reached.error().message());
  }
  const Target& target = work.read.target;
  if (target.remote() || target.account.empty()) return true;
  auto account = work.world.cluster.get({{"", "v1", "ServiceAccount"}, work.read.self.ns, target.account});
  if (account || account.error().code() == Code::kNotFound) return account.has_value();
  return fail(account.error().code(), "failed to confirm ServiceAccount '{}' can be used to uninstall release: {}", target.account, account.error().message());
}

Task<HelmEnd> reconcile_deletion(HelmWork& work) {
  if (!work.read.finalized) co_return HelmEnd{HelmEnd::Kind::kGone};
  if (!work.read.suspended) {
    auto can = can_uninstall(work);
    if (!can) {
      work.mark_false(kReady, "UninstallFailed", can.error().message());
      co_return HelmEnd{HelmEnd::Kind::kFailed};
    }
    if (*can) {
      Status gone = co_await uninstall(work);
      if (!gone) co_return HelmEnd{HelmEnd::Kind::kFailed};
      forget_release(work);
    }
    work.read.chart = {};
    if (Status chart = keep_chart(work); !chart) co_return HelmEnd{HelmEnd::Kind::kFailed};
  }
  co_return HelmEnd{work.write_finalizers(false) ? HelmEnd::Kind::kGone : HelmEnd::Kind::kAgain};
}

Task<HelmEnd> reconcile_release(HelmWork& work) {
  work.mark_reconciling(kProgressing, "Fulfilling prerequisites");
  if (std::string why = unready_dependency(work); !why.empty()) {
    bool again = work.condition(kReady)["message"].as_string() == why;
    work.mark_false(kReady, "DependencyNotReady", why);
    if (!again) work.note("Normal", "DependencyNotReady", why);
    co_return waiting();
  }
  auto wish = load_wish(work);
  if (!wish) co_return halt(work, wish.error());
  work.wish = std::move(*wish);
  if (Status reached = work.reach_target(); !reached) {
    HelmEnd end = halt(work, {"RESTClientError", reached.error().message(), {HelmEnd::Kind::kFailed}, false});
    co_return end;
  }
  clear_obstacles(work);
  if (target_changed(work)) {
    Status gone = co_await uninstall(work);
    if (!gone) co_return HelmEnd{HelmEnd::Kind::kFailed};
    forget_release(work);
    work.clear_failures();
    co_return HelmEnd{HelmEnd::Kind::kAgain};
  }
  note_attempt(work);
  HelmEnd end = co_await release_atomically(work);
  co_return end;
}

Task<HelmEnd> reconcile(HelmWork& work) {
  if (work.read.deleting) {
    HelmEnd end = co_await reconcile_deletion(work);
    co_return end;
  }
  if (!work.read.finalized && !work.write_finalizers(true)) co_return HelmEnd{HelmEnd::Kind::kAgain};
  if (work.read.suspended) co_return HelmEnd{HelmEnd::Kind::kStalled};
  if (const auto& hold = work.read.unsupported) {
    HelmEnd end = halt(work, {hold->reason, hold->message, {HelmEnd::Kind::kStalled}});
    work.mark_stalled(hold->reason, hold->message);
    co_return end;
  }
  if (Status chart = keep_chart(work); !chart) {
    HelmEnd end = halt(work, {"ArtifactFailed", chart.error().message(), {HelmEnd::Kind::kFailed}});
    co_return end;
  }
  HelmEnd end = co_await reconcile_release(work);
  co_return end;
}

void finish(HelmWork& work, HelmEnd::Kind kind) {
  if (work.read.suspended && !work.read.deleting) return;
  if (std::string_view requested = annotation_of(work.object, kRequestedAt); !requested.empty()) work.status.set("lastHandledReconcileAt", requested);
  if (kind == HelmEnd::Kind::kDone || kind == HelmEnd::Kind::kStalled) work.status.set("observedGeneration", work.read.generation);
}

}  // namespace

struct HelmRun::State {
  State(HelmWorld given, Value object) : world(std::move(given)), work(world, std::move(object)) {}
  const HelmWorld world;
  HelmWork work;
  std::optional<Task<HelmEnd>> task;
  std::optional<HelmEnd> end;
};

HelmRun::HelmRun(HelmWorld world, Value object) : state_(std::make_unique<State>(std::move(world), std::move(object))) {
  state_->task.emplace(reconcile(state_->work));
  state_->work.leaf_ = state_->task->handle();
}

HelmRun::~HelmRun() = default;

std::optional<Time> HelmRun::step(Time now) {
  if (state_->end) return std::nullopt;
  HelmWork& work = state_->work;
  work.now = now;
  work.leaf_.resume();
  if (!state_->task->done()) return work.wake_;
  HelmEnd end = state_->task->take();
  state_->task.reset();
  if (end.kind != HelmEnd::Kind::kGone) {
    finish(work, end.kind);
    if (!work.save()) end = {HelmEnd::Kind::kFailed};
  }
  state_->end = end;
  return std::nullopt;
}

void HelmRun::interrupt() { state_->work.interrupted = true; }
const HelmEnd& HelmRun::end() const { return *state_->end; }

}  // namespace taut::flux
