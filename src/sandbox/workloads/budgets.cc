#include "sandbox/workloads/budgets.hh"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "object/quantity.hh"
#include "sandbox/kinds/usage.hh"
#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

using known::kAutoscaler;
using known::kDisruptionBudget;
using known::kPod;
using known::kQuota;

Value plain_condition(std::string_view type, bool on, std::string_view reason, std::string_view message, std::string_view now) {
  return Value::map({{"lastTransitionTime", now}, {"message", message}, {"reason", reason}, {"status", on ? "True" : "False"}, {"type", type}});
}

void keep_or_put(Value& status, const Value& condition) {
  const Value& present = condition_of(status, condition["type"].as_string());
  if (present["status"] == condition["status"] && present["reason"] == condition["reason"]) return;
  put_condition(status, condition);
}

}  // namespace

void DisruptionController::observe(const Change& change, const ObjectId& id) {
  if (id.group == kDisruptionBudget.group && id.kind == kDisruptionBudget.kind && change.type != ChangeType::kDeleted) enqueue(id);
  const bool pod = id.group.empty() && id.kind == kPod.kind, workload = id.group == "apps";
  if (!pod && !workload) return;
  for (const Value& budget : cache_.list(kDisruptionBudget, id.ns)) {
    if (workload || selector_matches(budget["spec"]["selector"], change.object["metadata"]["labels"])) enqueue(ObjectId::of(budget));
  }
}

// A percentage is of what the pods' controllers want, not of what is there.
int64_t DisruptionController::expected_pods(const std::vector<Value>& pods) const {
  int64_t sum = 0;
  std::set<std::string, std::less<>> seen;
  for (const Value& pod : pods) {
    const Value* owner = cache_.find_uid(controller_uid(pod));
    if (owner && !controller_uid(*owner).empty()) {
      if (const Value* above = cache_.find_uid(controller_uid(*owner))) owner = above;
    }
    if (!owner) {
      ++sum;
    } else if (seen.emplace(uid_of(*owner)).second) {
      sum += (*owner)["spec"]["replicas"].as_int();
    }
  }
  return sum;
}

Status DisruptionController::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found || is_deleting(*found)) return {};
  const Value budget = *found;
  std::vector<Value> pods;
  for (const Value& pod : cache_.list(kPod, id.ns)) {
    if (selector_matches(budget["spec"]["selector"], pod["metadata"]["labels"]) && !pod_finished(pod)) pods.push_back(pod);
  }
  if (pods.empty()) event(budget, "Normal", "NoPods", "No matching pods found");
  const Value& least = budget["spec"]["minAvailable"];
  const Value& most = budget["spec"]["maxUnavailable"];
  int64_t expected = static_cast<int64_t>(pods.size()), desired = least.as_int();
  if (!most.is_null()) {
    expected = expected_pods(pods);
    desired = std::max<int64_t>(expected - share_of(most, expected, true), 0);
  } else if (least.is_string()) {
    expected = expected_pods(pods);
    desired = share_of(least, expected, true);
  }
  const int64_t healthy = std::ranges::count_if(pods, [](const Value& pod) { return pod_ready(pod) && !is_deleting(pod); });
  const int64_t allowed = expected == 0 ? 0 : std::max<int64_t>(healthy - desired, 0);
  Value fresh = budget;
  Value& status = fresh.edit("status");
  status.set("currentHealthy", healthy);
  status.set("desiredHealthy", desired);
  status.set("disruptionsAllowed", allowed);
  status.set("expectedPods", expected);
  status.set("observedGeneration", budget["metadata"]["generation"]);
  keep_or_put(status, plain_condition("DisruptionAllowed", allowed > 0, allowed > 0 ? "SufficientPods" : "InsufficientPods", "", runtime_.now_text()));
  if (fresh["status"] == budget["status"]) return {};
  TAUT_TRY(update_status(fresh));
  return {};
}

void QuotaController::observe(const Change& change, const ObjectId& id) {
  if (id.group.empty() && id.kind == kQuota.kind) {
    if (change.type != ChangeType::kDeleted) enqueue(id);
    return;
  }
  if (id.ns.empty()) return;
  for (const Value& quota : cache_.list(kQuota, id.ns)) enqueue(ObjectId::of(quota));
}

Status QuotaController::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found || is_deleting(*found)) return {};
  const Value quota = *found, hard = quota["spec"]["hard"];
  std::map<std::string, Quantity, std::less<>> used;
  for (const Value& object : cache_.in_namespace(id.ns)) {
    const Gvk gvk = Gvk::of(object);
    std::string plural = gvk.kind;
    std::ranges::transform(plural, plural.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    plural += plural.ends_with("s") ? "es" : "s";
    if (plural == "endpointses") plural = "endpoints";
    if (!kinds::quota_covers(quota["spec"], gvk, object)) continue;
    for (const auto& [name, amount] : kinds::usage_of(gvk, gvk.group.empty() ? plural : plural + "." + gvk.group, object)) used[name] = used[name] + amount;
  }
  Value counts = Value::map();
  for (const Entry& limit : hard.entries()) counts.set(limit.key(), used[std::string(limit.key())].to_string());
  Value fresh = quota;
  fresh.set("status", Value::map({{"hard", hard}, {"used", counts}}));
  if (fresh["status"] == quota["status"]) return {};
  TAUT_TRY(update_status(fresh));
  return {};
}

void AutoscalerController::observe(const Change& change, const ObjectId& id) {
  if (id.group == kAutoscaler.group && id.kind == kAutoscaler.kind && change.type != ChangeType::kDeleted) enqueue(id);
  if (id.group != "apps") return;
  for (const Value& scaler : cache_.list(kAutoscaler, id.ns)) {
    const Value& target = scaler["spec"]["scaleTargetRef"];
    if (target["kind"].as_string() == id.kind && target["name"].as_string() == id.name) enqueue(ObjectId::of(scaler));
  }
}

// There are no metrics: the bounds are kept, and the condition says why nothing more is done.
Status AutoscalerController::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found || is_deleting(*found)) return {};
  const Value scaler = *found, reference = scaler["spec"]["scaleTargetRef"];
  const Gvk target_kind = Gvk::parse(reference["apiVersion"].as_string(), reference["kind"].as_string());
  const Value* target = cache_.find(target_kind, id.ns, reference["name"].as_string());
  Value fresh = scaler;
  Value& status = fresh.edit("status");
  const std::string now = runtime_.now_text();
  if (!target) {
    keep_or_put(status, plain_condition("AbleToScale", false, "FailedGetScale",
                                        "the HPA controller was unable to get the target's current scale", now));
  } else {
    const int64_t size = (*target)["spec"]["replicas"].as_int();
    const int64_t low = scaler["spec"]["minReplicas"].as_int(1), high = scaler["spec"]["maxReplicas"].as_int();
    const int64_t wanted = size == 0 ? 0 : std::clamp(size, low, std::max(low, high));
    status.set("currentReplicas", (*target)["status"]["replicas"].as_int());
    status.set("desiredReplicas", wanted);
    if (wanted != size) {
      TAUT_TRY(patch(*target, Value::map({{"spec", Value::map({{"replicas", wanted}})}})));
      const bool below = size < wanted;
      event(scaler, "Normal", "SuccessfulRescale", fmt::format("New size: {}; reason: Current number of replicas {} Spec.{}Replicas", wanted,
                                                               below ? "below" : "above", below ? "Min" : "Max"));
      keep_or_put(status, plain_condition("AbleToScale", true, "SucceededRescale",
                                          fmt::format("the HPA controller was able to update the target scale to {}", wanted), now));
    } else {
      keep_or_put(status, plain_condition("AbleToScale", true, "SucceededGetScale", "the HPA controller was able to get the target's current scale", now));
      const std::string why = "unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not "
                              "find the requested resource (get pods.metrics.k8s.io)";
      keep_or_put(status, plain_condition("ScalingActive", false, "FailedGetResourceMetric",
                                          "the HPA was unable to compute the replica count: failed to get cpu utilization: " + why, now));
    }
  }
  if (fresh["status"] == scaler["status"]) return {};
  TAUT_TRY(update_status(fresh));
  return {};
}

}  // namespace taut::sandbox::workloads
