// Conversions between served versions: autoscaling v1 and v2, core and events.k8s.io Events; custom resources differ
// in apiVersion only (conversion strategy None).
#include "sandbox/cluster.hh"
#include "sandbox/custom.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

constexpr std::pair<const char*, const char*> kEventFields[] = {
    {"involvedObject", "regarding"},          {"message", "note"},
    {"source", "deprecatedSource"},           {"firstTimestamp", "deprecatedFirstTimestamp"},
    {"lastTimestamp", "deprecatedLastTimestamp"}, {"count", "deprecatedCount"},
    {"reportingComponent", "reportingController"}};

void rename(Value& object, const char* from, const char* to) {
  if (const Value* there = object.find(from)) {
    Value value = *there;
    object.erase(from);
    object.set(to, std::move(value));
  }
}

constexpr const char* kMetricsAnnotation = "autoscaling.alpha.kubernetes.io/metrics";

// The CPU target of v1 is the one resource metric of v2.
Value autoscaler_to_v1(Value object) {
  Value metrics = object["spec"]["metrics"];
  Value& spec = object.edit("spec");
  spec.erase("metrics");
  Value rest = Value::list();
  for (const Value& metric : metrics.items()) {
    const Value& target = metric["resource"]["target"];
    if (metric["resource"]["name"].as_string() == "cpu" && target.contains("averageUtilization"))
      spec.set("targetCPUUtilizationPercentage", target["averageUtilization"]);
    else
      rest.push_back(metric);
  }
  spec.erase("behavior");
  Value& status = object.edit("status");
  for (const Value& metric : status["currentMetrics"].items())
    if (const Value* used = metric["resource"]["current"].find("averageUtilization"); used != nullptr && metric["resource"]["name"].as_string() == "cpu") {
      Value number = *used;
      status.set("currentCPUUtilizationPercentage", number);
      break;
    }
  status.erase("currentMetrics");
  status.erase("conditions");
  if (!status.contains("currentReplicas")) status.set("currentReplicas", 0);
  if (!status.contains("desiredReplicas")) status.set("desiredReplicas", 0);
  if (!rest.empty()) object.edit("metadata").edit("annotations").set(kMetricsAnnotation, to_json(rest));
  return object;
}

Value autoscaler_to_v2(Value object) {
  Value& spec = object.edit("spec");
  if (const Value* percent = spec.find("targetCPUUtilizationPercentage")) {
    Value target = Value::map({{"averageUtilization", *percent}, {"type", "Utilization"}});
    Value resource = Value::map({{"name", "cpu"}, {"target", target}});
    spec.erase("targetCPUUtilizationPercentage");
    spec.set("metrics", Value::list({Value::map({{"type", "Resource"}, {"resource", resource}})}));
  }
  Value& status = object.edit("status");
  status.erase("currentCPUUtilizationPercentage");
  if (!status.contains("currentMetrics")) status.set("currentMetrics", Value());
  if (!status.contains("desiredReplicas")) status.set("desiredReplicas", 0);
  return object;
}

}  // namespace

Value to_version(const Resource& resource, const Value& stored) {
  if (resource.custom) {
    Value out = stored;
    std::string wanted = resource.gvk().api_version();
    if (out["apiVersion"].as_string() != wanted) out.set("apiVersion", wanted);
    resource.custom->prune(out, nullptr);
    resource.custom->apply_defaults(out);
    return out;
  }
  if (resource.stored_as == resource.gvk()) return stored;
  Value out = stored;
  out.set("apiVersion", resource.gvk().api_version());
  if (resource.info.kind == "HorizontalPodAutoscaler") return autoscaler_to_v1(std::move(out));
  if (resource.info.group == "events.k8s.io")
    for (auto [core, event] : kEventFields) rename(out, core, event);
  if (resource.info.group == "events.k8s.io")
    for (const char* key : {"reportingController", "reportingInstance"})
      if (out[key].empty()) out.erase(key);
  return out;
}

Value to_stored(const Resource& resource, Value object) {
  if (resource.stored_as == resource.gvk()) return object;
  object.set("apiVersion", resource.stored_as.api_version());
  if (resource.custom) {
    if (resource.stored_custom) resource.stored_custom->prune(object, nullptr, true);
    return object;
  }
  if (resource.info.kind == "HorizontalPodAutoscaler") return autoscaler_to_v2(std::move(object));
  if (resource.info.group == "events.k8s.io")
    for (auto [core, event] : kEventFields) rename(object, event, core);
  for (const char* key : {"reportingComponent", "reportingInstance"})
    if (resource.info.group == "events.k8s.io" && !object.contains(key)) object.set(key, "");
  return object;
}

}  // namespace taut::sandbox
