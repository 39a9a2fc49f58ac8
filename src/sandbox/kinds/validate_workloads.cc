#include <array>
#include <set>

#include "base/strings.hh"
#include "sandbox/kinds/cron.hh"
#include "sandbox/kinds/internal_json.hh"
#include "sandbox/kinds/validation.hh"
#include "value/json.hh"

namespace taut::sandbox::kinds {
namespace {

constexpr std::string_view kMismatch = "`selector` does not match template `labels`";
const std::string kTemplateLabels = "spec.template.metadata.labels";

void empty_selector(Checks& checks, const Value& selector, std::string_view kind) {
  if (selector["matchLabels"].empty() && selector["matchExpressions"].empty()) {
    checks.invalid("spec.selector", selector, fmt::format("empty selector is invalid for {}", kind));
  }
}

void matches_template(Checks& checks, const Value& spec) {
  const Value& labels = spec["template"]["metadata"]["labels"];
  // No selector matches nothing, an empty one anything.
  const bool nothing = spec["selector"].is_null();
  const bool empty = spec["selector"]["matchLabels"].empty() && spec["selector"]["matchExpressions"].empty();
  if (nothing || (!empty && !selector_picks(spec["selector"], labels))) checks.invalid(kTemplateLabels, labels, kMismatch);
}

void runs_always(Checks& checks, const Value& spec, std::string_view kind) {
  const Value& pod = spec["template"]["spec"];
  if (pod["restartPolicy"].as_string() != "Always") {
    checks.unsupported("spec.template.spec.restartPolicy", pod["restartPolicy"].str(), {"Always"});
  }
  if (!pod["activeDeadlineSeconds"].is_null()) {
    checks.forbidden("spec.template.spec.activeDeadlineSeconds", fmt::format("activeDeadlineSeconds in {} is not Supported", kind));
  }
}

void given_selector(Checks& checks, const Value& spec, std::string_view kind) {
  if (spec["selector"].is_null()) {
    checks.required("spec.selector");
  } else {
    checks.selector("spec.selector", spec["selector"]);
    empty_selector(checks, spec["selector"], kind);
  }
}

bool is_zero(const Value& share) { return share.is_string() ? trim_right(share.as_string(), "%") == "0" : share.as_int() == 0; }

void strategy(Checks& checks, const Value& strategy) {
  const std::string type = strategy["type"].str(), path = "spec.strategy";
  const Value& rolling = strategy["rollingUpdate"];
  if (type == "Recreate") {
    if (!rolling.is_null()) checks.forbidden(child(path, "rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'");
  } else if (type == "RollingUpdate") {
    const std::string unavailable = child(path, "rollingUpdate.maxUnavailable");
    checks.share(unavailable, rolling["maxUnavailable"]);
    checks.share(child(path, "rollingUpdate.maxSurge"), rolling["maxSurge"]);
    if (is_zero(rolling["maxUnavailable"]) && is_zero(rolling["maxSurge"])) {
      checks.invalid(unavailable, rolling["maxUnavailable"], "may not be 0 when `maxSurge` is 0");
    }
    checks.at_most_all(unavailable, rolling["maxUnavailable"]);
  } else {
    checks.unsupported_text(path, internal_json("apps/v1.DeploymentStrategy", strategy), {"Recreate", "RollingUpdate"});
  }
}

void deployment(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  checks.not_negative("spec.replicas", spec["replicas"]);
  given_selector(checks, spec, "deployment");
  matches_template(checks, spec);
  check_pod_template(checks, "spec.template", spec["template"]);
  runs_always(checks, spec, "ReplicaSet");
  strategy(checks, spec["strategy"]);
  checks.not_negative("spec.minReadySeconds", spec["minReadySeconds"]);
  checks.not_negative("spec.revisionHistoryLimit", spec["revisionHistoryLimit"]);
  const Value& deadline = spec["progressDeadlineSeconds"];
  if (deadline.is_null()) return;
  checks.not_negative("spec.progressDeadlineSeconds", deadline);
  if (deadline.as_int() <= spec["minReadySeconds"].as_int()) {
    checks.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
  }
}

void same_selector(Checks& checks, const Value& fresh, const Value& old) {
  checks.immutable("spec.selector", fresh["spec"]["selector"], old["spec"]["selector"]);
}

void replica_set(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  checks.not_negative("spec.replicas", spec["replicas"]);
  checks.not_negative("spec.minReadySeconds", spec["minReadySeconds"]);
  given_selector(checks, spec, "deployment");
  matches_template(checks, spec);
  check_pod_template(checks, "spec.template", spec["template"]);
  runs_always(checks, spec, "ReplicaSet");
}

// The template as its pods get it: with the claims as volumes, named by the set.
Value with_claims(const Value& spec) {
  Value out = spec["template"];
  Value& pod = out.edit("spec");
  for (const char* field : {"subdomain", "hostname"}) pod.erase(field);
  Value volumes = Value::list(), known = Value::map();
  for (const Value& claim : spec["volumeClaimTemplates"].items()) {
    const Value name = claim["metadata"]["name"];
    if (known.contains(name.as_string())) continue;
    known.set(name.as_string(), true);
    volumes.push_back(Value::map({{"name", name}, {"persistentVolumeClaim", Value::map({{"claimName", name}})}}));
  }
  for (const Value& volume : pod["volumes"].items()) {
    if (!known.contains(volume["name"].as_string())) volumes.push_back(volume);
  }
  if (!volumes.empty()) pod.set("volumes", volumes);
  return out;
}

void stateful_set(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  const Value& update = spec["updateStrategy"];
  const std::string policy = spec["podManagementPolicy"].str(), type = update["type"].str();
  if (policy != "OrderedReady" && policy != "Parallel") checks.invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'");
  if (type == "OnDelete") {
    if (const Value& rolling = update["rollingUpdate"]; !rolling.is_null()) {
      const std::string shown = internal_json("apps/v1.RollingUpdateStatefulSetStrategy", rolling);
      checks.invalid_text("spec.updateStrategy.rollingUpdate", shown, "only allowed for updateStrategy 'RollingUpdate'");
    }
  } else if (type == "RollingUpdate") {
    checks.not_negative("spec.updateStrategy.rollingUpdate.partition", update["rollingUpdate"]["partition"]);
  } else {
    checks.invalid_text("spec.updateStrategy", internal_json("apps/v1.StatefulSetUpdateStrategy", update), "must be 'RollingUpdate' or 'OnDelete'");
  }
  for (const char* when : {"whenDeleted", "whenScaled"}) {
    const Value& policy = spec["persistentVolumeClaimRetentionPolicy"];
    if (!policy.is_null()) checks.one_of(child("spec.persistentVolumeClaimRetentionPolicy", when), policy[when], {"Retain", "Delete"});
  }
  const Value& claims = spec["volumeClaimTemplates"];
  for (size_t i = 0; checks.creating() && i < claims.size(); ++i) {
    check_claim_spec(checks, child(at("spec.volumeClaimTemplates", i), "spec"), claims[i]["spec"]);
  }
  checks.not_negative("spec.replicas", spec["replicas"]);
  checks.not_negative("spec.minReadySeconds", spec["minReadySeconds"]);
  if (const Value& ordinals = spec["ordinals"]; !ordinals.is_null()) checks.not_negative("spec.ordinals.start", ordinals["start"]);
  if (const Value& name = spec["serviceName"]; checks.creating() && !name.empty()) {
    checks.named("spec.serviceName", name, dns_label(name.as_string()));
  }
  given_selector(checks, spec, "statefulset");
  matches_template(checks, spec);
  check_pod_template(checks, "spec.template", with_claims(spec));
  runs_always(checks, spec, "StatefulSet");
}

void stateful_set_update(Checks& checks, const Value& fresh, const Value& old) {
  Value spec = fresh["spec"];
  for (const char* field : {"replicas", "template", "updateStrategy", "minReadySeconds", "ordinals", "revisionHistoryLimit",
                            "persistentVolumeClaimRetentionPolicy"}) {
    if (const Value* before = old["spec"].find(field)) {
      spec.set(field, *before);
    } else {
      spec.erase(field);
    }
  }
  if (spec == old["spec"]) return;
  checks.forbidden("spec", "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
                           "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
}

void daemon_set(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  if (!spec["selector"].is_null()) checks.selector("spec.selector", spec["selector"]);
  matches_template(checks, spec);
  if (!spec["selector"].is_null()) empty_selector(checks, spec["selector"], "daemonset");
  check_pod_template(checks, "spec.template", spec["template"]);
  runs_always(checks, spec, "DaemonSet");
  checks.not_negative("spec.minReadySeconds", spec["minReadySeconds"]);
  const Value& update = spec["updateStrategy"];
  const Value& rolling = update["rollingUpdate"];
  const std::string type = update["type"].str(), path = "spec.updateStrategy.rollingUpdate";
  if (type == "RollingUpdate") {
    for (const char* field : {"maxUnavailable", "maxSurge"}) checks.share(child(path, field), rolling[field]);
    for (const char* field : {"maxUnavailable", "maxSurge"}) checks.at_most_all(child(path, field), rolling[field]);
    const bool gone = !is_zero(rolling["maxUnavailable"]), surge = !is_zero(rolling["maxSurge"]);
    if (gone && surge) checks.invalid(child(path, "maxSurge"), rolling["maxSurge"], "may not be set when maxUnavailable is non-zero");
    if (!gone && !surge) checks.required(child(path, "maxUnavailable"), "cannot be 0 when maxSurge is 0");
  } else if (type != "OnDelete") {
    checks.unsupported_text("spec.updateStrategy", internal_json("apps/v1.DaemonSetUpdateStrategy", update), {"RollingUpdate", "OnDelete"});
  }
  checks.not_negative("spec.revisionHistoryLimit", spec["revisionHistoryLimit"]);
}

void exit_codes(Checks& checks, const std::string& path, const Value& codes, const Value& pod) {
  const std::string op = codes["operator"].str();
  if (op.empty()) {
    checks.required(child(path, "operator"), "valid values: [\"In\" \"NotIn\"]");
  } else {
    checks.one_of(child(path, "operator"), op, {"In", "NotIn"});
  }
  if (const Value& name = codes["containerName"]; !name.is_null()) {
    bool known = false;
    for (const char* list : {"containers", "initContainers"}) {
      for (const Value& container : pod[list].items()) known |= container["name"] == name;
    }
    if (!known) checks.invalid(child(path, "containerName"), name, "must be one of the container or initContainer names in the pod template");
  }
  const Value& values = codes["values"];
  const std::string values_path = child(path, "values");
  if (values.empty()) checks.invalid(values_path, values, "at least one value is required");
  std::set<int64_t> seen;
  bool ordered = true;
  for (size_t i = 0; i < values.size(); ++i) {
    if (op == "In" && values[i].as_int() == 0) checks.invalid(at(values_path, i), values[i], "must not be 0 for the In operator");
    if (!seen.insert(values[i].as_int()).second) checks.duplicate(at(values_path, i), values[i]);
    ordered &= i == 0 || values[i - 1].as_int() <= values[i].as_int();
  }
  if (!ordered) checks.invalid(values_path, values, "must be ordered");
}

void failure_policy(Checks& checks, const std::string& path, const Value& spec) {
  const Value& rules = spec["podFailurePolicy"]["rules"];
  for (size_t i = 0; i < rules.size(); ++i) {
    const std::string item = at(child(path, "podFailurePolicy.rules"), i), action = rules[i]["action"].str();
    const Value& conditions = rules[i]["onPodConditions"];
    const bool codes = !rules[i]["onExitCodes"].is_null();
    if (action.empty()) {
      checks.required(child(item, "action"), "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]");
    } else if (action == "FailIndex") {
      if (spec["backoffLimitPerIndex"].is_null()) checks.invalid(child(item, "action"), action, "requires the backoffLimitPerIndex to be set");
    } else {
      checks.one_of(child(item, "action"), action, {"Count", "FailIndex", "FailJob", "Ignore"});
    }
    if (codes) exit_codes(checks, child(item, "onExitCodes"), rules[i]["onExitCodes"], spec["template"]["spec"]);
    for (size_t c = 0; c < conditions.size(); ++c) {
      const std::string condition = at(child(item, "onPodConditions"), c);
      checks.named(child(condition, "type"), conditions[c]["type"], qualified_name(conditions[c]["type"].as_string()));
      if (conditions[c]["status"].empty()) {
        checks.required(child(condition, "status"), "valid values: [\"False\" \"True\" \"Unknown\"]");
      } else {
        checks.one_of(child(condition, "status"), conditions[c]["status"], {"False", "True", "Unknown"});
      }
    }
    if (codes && !conditions.empty()) checks.invalid_plain(item, "specifying both OnExitCodes and OnPodConditions is not supported");
    if (!codes && conditions.empty()) checks.invalid_plain(item, "specifying one of OnExitCodes and OnPodConditions is required");
  }
}

void indexed_only(Checks& checks, const std::string& path, const Value& spec) {
  for (const char* field : {"backoffLimitPerIndex", "maxFailedIndexes"}) checks.not_negative(child(path, field), spec[field]);
  if (!spec["maxFailedIndexes"].is_null() && spec["backoffLimitPerIndex"].is_null()) {
    checks.required(child(path, "backoffLimitPerIndex"), "when maxFailedIndexes is specified");
  }
  if (spec["completionMode"].as_string() == "Indexed") return;
  for (const char* field : {"backoffLimitPerIndex", "maxFailedIndexes"}) {
    if (!spec[field].is_null()) checks.invalid(child(path, field), spec[field], "requires indexed completion mode");
  }
}

void job_spec(Checks& checks, const std::string& path, const Value& spec) {
  for (const char* field : {"parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"}) {
    checks.not_negative(child(path, field), spec[field]);
  }
  if (!spec["completionMode"].is_null()) {
    checks.one_of(child(path, "completionMode"), spec["completionMode"], {"NonIndexed", "Indexed"});
    if (spec["completionMode"].as_string() == "Indexed" && spec["completions"].is_null()) {
      checks.required(child(path, "completions"), "when completion mode is Indexed");
    }
  }
  indexed_only(checks, path, spec);
  failure_policy(checks, path, spec);
  if (const Value& replacement = spec["podReplacementPolicy"]; !replacement.is_null()) {
    if (spec["podFailurePolicy"].is_null()) {
      checks.one_of(child(path, "podReplacementPolicy"), replacement, {"Failed", "TerminatingOrFailed"});
    } else {
      checks.one_of(child(path, "podReplacementPolicy"), replacement, {"Failed"});
    }
  }
  check_pod_template(checks, child(path, "template"), spec["template"]);
  const std::string policy = spec["template"]["spec"]["restartPolicy"].str(), policy_path = child(path, "template.spec.restartPolicy");
  if (policy == "Always" || policy.empty()) {
    checks.required(policy_path, "valid values: \"OnFailure\", \"Never\"");
  } else if (policy != "OnFailure" && policy != "Never") {
    checks.unsupported(policy_path, policy, {"OnFailure", "Never"});
  } else if (!spec["podFailurePolicy"].is_null() && policy != "Never") {
    checks.invalid(policy_path, policy, "only \"Never\" is supported when podFailurePolicy is specified");
  }
}

void replication_controller(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  checks.not_negative("spec.minReadySeconds", spec["minReadySeconds"]);
  if (spec["selector"].empty()) checks.required("spec.selector");
  checks.not_negative("spec.replicas", spec["replicas"]);
  if (spec["template"].is_null()) return checks.required("spec.template");
  const Value& labels = spec["template"]["metadata"]["labels"];
  if (!spec["selector"].empty() && !selector_picks(Value::map({{"matchLabels", spec["selector"]}}), labels)) checks.invalid(kTemplateLabels, labels, kMismatch);
  check_pod_template(checks, "spec.template", spec["template"]);
  runs_always(checks, spec, "ReplicationController");
}

void pod_template(Checks& checks, const Value& object) { check_pod_template(checks, "template", object["template"]); }

void job(Checks& checks, const Value& object) {
  job_spec(checks, "spec", object["spec"]);
  if (object["spec"]["selector"].is_null()) {
    checks.required("spec.selector");
  } else {
    checks.selector("spec.selector", object["spec"]["selector"]);
  }
  matches_template(checks, object["spec"]);
}

// The parts of a template that may change while a Job is suspended and has not begun.
Value fixed_template(const Value& pod_template) {
  Value out = pod_template;
  for (const char* field : {"nodeSelector", "tolerations", "affinity", "schedulingGates"}) out.edit("spec").erase(field);
  out.erase("metadata");
  return out;
}

void job_update(Checks& checks, const Value& fresh, const Value& old) {
  // The server looks twice.
  job(checks, fresh);
  const Value& spec = fresh["spec"];
  const Value& before = old["spec"];
  const bool indexed = spec["completionMode"].as_string() == "Indexed";
  if (!indexed) checks.immutable("spec.completions", spec["completions"], before["completions"]);
  if (indexed && spec["completions"] != before["completions"] && spec["completions"] != spec["parallelism"]) {
    checks.invalid("spec.completions", spec["completions"], "can only be modified in tandem with spec.parallelism");
  }
  checks.immutable("spec.selector", spec["selector"], before["selector"]);
  const bool movable = before["suspend"].as_bool() && old["status"]["startTime"].is_null();
  const bool same = movable ? fixed_template(spec["template"]) == fixed_template(before["template"]) : spec["template"] == before["template"];
  if (!same) checks.invalid_text("spec.template", internal_json("core/v1.PodTemplateSpec", spec["template"]), "field is immutable");
  for (const char* field : {"completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"}) {
    checks.immutable(child("spec", field), spec[field], before[field]);
  }
}

bool known_zone(std::string_view zone) {
  static constexpr std::array<std::string_view, 18> kAreas{"Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/",
                                                           "Brazil/", "Canada/", "Chile/", "Etc/", "Europe/", "Indian/", "Mexico/", "Pacific/",
                                                           "US/", "UTC", "GMT"};
  for (std::string_view area : kAreas) {
    if (zone.starts_with(area)) return true;
  }
  return zone.find('/') == zone.npos && zone.size() <= 7 && !zone.empty();
}

void cron_job(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  const std::string schedule = spec["schedule"].str();
  if (schedule.empty()) {
    checks.required("spec.schedule");
  } else if (auto parsed = CronSchedule::parse(schedule); !parsed) {
    checks.invalid("spec.schedule", schedule, parsed.error().message());
  }
  checks.not_negative("spec.startingDeadlineSeconds", spec["startingDeadlineSeconds"]);
  if (const Value& zone = spec["timeZone"]; !zone.is_null()) {
    if (zone.empty()) {
      checks.invalid("spec.timeZone", "", "timeZone must be nil or non-empty string");
    } else if (!known_zone(zone.as_string())) {
      checks.invalid("spec.timeZone", zone, fmt::format("unknown time zone {}", zone.as_string()));
    }
  }
  checks.one_of("spec.concurrencyPolicy", spec["concurrencyPolicy"], {"Allow", "Forbid", "Replace"});
  job_spec(checks, "spec.jobTemplate.spec", spec["jobTemplate"]["spec"]);
  for (const char* field : {"successfulJobsHistoryLimit", "failedJobsHistoryLimit"}) checks.not_negative(child("spec", field), spec[field]);
  if (name_of(object).size() > 52) checks.invalid("metadata.name", name_of(object), "must be no more than 52 characters");
}

void revision(Checks& checks, const Value& object) { checks.not_negative("revision", object["revision"]); }
void revision_update(Checks& checks, const Value& fresh, const Value& old) { checks.immutable("data", fresh["data"], old["data"]); }

constexpr std::array<ValidationRule, 10> kRules{{
    {"core/v1.Pod", check_pod, check_pod_update},
    {"core/v1.ReplicationController", replication_controller, nullptr},
    {"core/v1.PodTemplate", pod_template, nullptr},
    {"apps/v1.Deployment", deployment, same_selector},
    {"apps/v1.ReplicaSet", replica_set, same_selector},
    {"apps/v1.StatefulSet", stateful_set, stateful_set_update},
    {"apps/v1.DaemonSet", daemon_set, same_selector, true},
    {"batch/v1.Job", job, job_update},
    {"batch/v1.CronJob", cron_job, nullptr},
    {"apps/v1.ControllerRevision", revision, revision_update},
}};

}  // namespace

std::span<const ValidationRule> workload_validation() { return kRules; }

}  // namespace taut::sandbox::kinds
