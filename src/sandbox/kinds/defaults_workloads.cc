#include <array>
#include <cstdint>

#include "sandbox/kinds/defaults.hh"
#include "sandbox/kinds/fields.hh"

namespace taut::sandbox::kinds {
namespace {

void deployment(Value& d) {
  Value& spec = d.edit("spec");
  preset(spec, "replicas", 1);
  Value& strategy = spec.edit("strategy");
  preset_text(strategy, "type", "RollingUpdate");
  if (strategy["type"].as_string() == "RollingUpdate") {
    preset(strategy, "rollingUpdate", Value::map());
    Value& rolling = strategy.edit("rollingUpdate");
    preset(rolling, "maxUnavailable", "25%");
    preset(rolling, "maxSurge", "25%");
  }
  preset(spec, "revisionHistoryLimit", 10);
  preset(spec, "progressDeadlineSeconds", 600);
}

void daemon_set(Value& d) {
  // The internal type counts templates in a field that is an annotation outside.
  preset_text(d.edit("metadata").edit("annotations"), "deprecated.daemonset.template.generation", "0");
  Value& spec = d.edit("spec");
  Value& strategy = spec.edit("updateStrategy");
  preset_text(strategy, "type", "RollingUpdate");
  if (strategy["type"].as_string() == "RollingUpdate") {
    preset(strategy, "rollingUpdate", Value::map());
    Value& rolling = strategy.edit("rollingUpdate");
    preset(rolling, "maxUnavailable", 1);
    preset(rolling, "maxSurge", 0);
  }
  preset(spec, "revisionHistoryLimit", 10);
}

void stateful_set(Value& s) {
  Value& spec = s.edit("spec");
  preset_text(spec, "podManagementPolicy", "OrderedReady");
  Value& strategy = spec.edit("updateStrategy");
  if (strategy["type"].as_string().empty()) {
    strategy.set("type", "RollingUpdate");
    preset(strategy, "rollingUpdate", Value::map());
  }
  if (strategy["type"].as_string() == "RollingUpdate" && strategy["rollingUpdate"].is_map()) {
    preset(strategy.edit("rollingUpdate"), "partition", 0);
  }
  preset(spec, "persistentVolumeClaimRetentionPolicy", Value::map());
  Value& retention = spec.edit("persistentVolumeClaimRetentionPolicy");
  preset_text(retention, "whenDeleted", "Retain");
  preset_text(retention, "whenScaled", "Retain");
  preset(spec, "replicas", 1);
  preset(spec, "revisionHistoryLimit", 10);
  // The conversion to v1 writes these whatever was sent.
  each_item(spec, "volumeClaimTemplates", [](Value& claim) {
    claim.set("apiVersion", "v1");
    claim.set("kind", "PersistentVolumeClaim");
  });
}

void replica_set(Value& r) { preset(r.edit("spec"), "replicas", 1); }

void replication_controller(Value& r) {
  Value& spec = r.edit("spec");
  preset(spec, "replicas", 1);
  const Value labels = spec["template"]["metadata"]["labels"];
  if (!labels.is_map()) return;
  if (spec["selector"].empty()) spec.set("selector", labels);
  if (r["metadata"]["labels"].empty()) r.edit("metadata").set("labels", labels);
}

void job_spec(Value& spec) {
  if (!spec.contains("completions") && !spec.contains("parallelism")) spec.set("completions", 1);
  preset(spec, "parallelism", 1);
  preset(spec, "backoffLimit", spec.contains("backoffLimitPerIndex") ? int64_t{INT32_MAX} : int64_t{6});
  preset(spec, "completionMode", "NonIndexed");
  preset(spec, "suspend", false);
  preset(spec, "podReplacementPolicy", spec.contains("podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
  preset(spec, "manualSelector", false);
}

void job(Value& j) {
  job_spec(j.edit("spec"));
  const Value labels = j["spec"]["template"]["metadata"]["labels"];
  if (labels.is_map() && j["metadata"]["labels"].empty()) j.edit("metadata").set("labels", labels);
}

void cron_job(Value& c) {
  Value& spec = c.edit("spec");
  preset_text(spec, "concurrencyPolicy", "Allow");
  preset(spec, "suspend", false);
  preset(spec, "successfulJobsHistoryLimit", 3);
  preset(spec, "failedJobsHistoryLimit", 1);
}

void failure_condition(Value& pattern) { preset_text(pattern, "status", "True"); }

Value scaling_policy(std::string_view type, int64_t value, int64_t period) {
  return Value::map({{"periodSeconds", period}, {"type", type}, {"value", value}});
}

void scaling_rules(Value& behavior, const char* direction, Value policies, Value window) {
  preset(behavior, direction, Value::map());
  Value& rules = behavior.edit(direction);
  preset(rules, "selectPolicy", "Max");
  preset(rules, "policies", std::move(policies));
  if (!window.is_null()) preset(rules, "stabilizationWindowSeconds", std::move(window));
}

void autoscaler_v2(Value& h) {
  Value& spec = h.edit("spec");
  preset(spec, "minReplicas", 1);
  if (spec["metrics"].empty()) {
    Value target = Value::map({{"averageUtilization", 80}, {"type", "Utilization"}});
    spec.set("metrics", Value::list({Value::map({{"resource", Value::map({{"name", "cpu"}, {"target", target}})}, {"type", "Resource"}})}));
  }
  inside(spec, "behavior", [](Value& behavior) {
    scaling_rules(behavior, "scaleUp", Value::list({scaling_policy("Pods", 4, 15), scaling_policy("Percent", 100, 15)}), 0);
    scaling_rules(behavior, "scaleDown", Value::list({scaling_policy("Percent", 100, 15)}), Value());
  });
}

// Of the other metrics this version knows only an annotation.
void autoscaler_v1(Value& h) {
  preset(h.edit("spec"), "minReplicas", 1);
  if (h["metadata"]["annotations"]["autoscaling.alpha.kubernetes.io/metrics"].empty()) preset(h.edit("spec"), "targetCPUUtilizationPercentage", 80);
}

constexpr std::array<DefaultRule, 10> kRules{{
    {"apps/v1.Deployment", deployment},
    {"apps/v1.DaemonSet", daemon_set},
    {"apps/v1.StatefulSet", stateful_set},
    {"apps/v1.ReplicaSet", replica_set},
    {"core/v1.ReplicationController", replication_controller},
    {"batch/v1.Job", job},
    {"batch/v1.CronJob", cron_job},
    {"batch/v1.PodFailurePolicyOnPodConditionsPattern", failure_condition},
    {"autoscaling/v2.HorizontalPodAutoscaler", autoscaler_v2},
    {"autoscaling/v1.HorizontalPodAutoscaler", autoscaler_v1},
}};

}  // namespace

std::span<const DefaultRule> workload_rules() { return kRules; }

}  // namespace taut::sandbox::kinds
