#include <fmt/format.h>

#include <array>

#include "base/strings.hh"
#include "sandbox/kinds/table_pod.hh"
#include "sandbox/kinds/table_text.hh"
#include "sandbox/kinds/tables.hh"

namespace taut::sandbox::kinds {
namespace {

using Cells = std::vector<Value>;

const Value& name(const Value& object) { return object["metadata"]["name"]; }
std::string age(const Value& object, Time now) { return age_of(object["metadata"]["creationTimestamp"], now); }
const Value& template_containers(const Value& object) { return object["spec"]["template"]["spec"]["containers"]; }
int64_t count(const Value& object, const char* field) { return object["status"][field].as_int(); }

Cells deployment(const Value& d, Time now) {
  return {name(d), fmt::format("{}/{}", count(d, "readyReplicas"), d["spec"]["replicas"].as_int()), count(d, "updatedReplicas"),
          count(d, "availableReplicas"), age(d, now), container_names(template_containers(d)), container_images(template_containers(d)),
          selector_text(d["spec"]["selector"])};
}

Cells replica_set(const Value& r, Time now) {
  return {name(r), r["spec"]["replicas"].as_int(), count(r, "replicas"), count(r, "readyReplicas"), age(r, now),
          container_names(template_containers(r)), container_images(template_containers(r)), selector_text(r["spec"]["selector"])};
}

Cells replication_controller(const Value& r, Time now) {
  Cells cells = replica_set(r, now);
  cells.back() = labels_text(r["spec"]["selector"]);
  return cells;
}

Cells daemon_set(const Value& d, Time now) {
  return {name(d), count(d, "desiredNumberScheduled"), count(d, "currentNumberScheduled"), count(d, "numberReady"),
          count(d, "updatedNumberScheduled"), count(d, "numberAvailable"),
          labels_text(d["spec"]["template"]["spec"]["nodeSelector"]), age(d, now), container_names(template_containers(d)),
          container_images(template_containers(d)), selector_text(d["spec"]["selector"])};
}

Cells stateful_set(const Value& s, Time now) {
  return {name(s), fmt::format("{}/{}", count(s, "readyReplicas"), s["spec"]["replicas"].as_int()), age(s, now),
          container_names(template_containers(s)), container_images(template_containers(s))};
}

bool job_condition(const Value& job, std::string_view type) {
  for (const Value& condition : job["status"]["conditions"].items()) {
    if (condition["type"].as_string() == type) return condition["status"].as_string() == "True";
  }
  return false;
}

std::string job_status(const Value& job) {
  if (job_condition(job, "Complete")) return "Complete";
  if (job_condition(job, "Failed")) return "Failed";
  if (!job["metadata"]["deletionTimestamp"].is_null()) return "Terminating";
  for (const char* type : {"Suspended", "FailureTarget", "SuccessCriteriaMet"}) {
    if (job_condition(job, type)) return type;
  }
  return "Running";
}

std::string job_completions(const Value& job) {
  const int64_t done = count(job, "succeeded");
  const Value& wanted = job["spec"]["completions"];
  if (!wanted.is_null()) return fmt::format("{}/{}", done, wanted.as_int());
  const int64_t parallelism = job["spec"]["parallelism"].as_int();
  return parallelism > 1 ? fmt::format("{}/1 of {}", done, parallelism) : fmt::format("{}/1", done);
}

Cells job(const Value& j, Time now) {
  std::string took;
  auto start = parse_rfc3339(j["status"]["startTime"].as_string());
  auto end = parse_rfc3339(j["status"]["completionTime"].as_string());
  if (start) took = human_duration((end ? *end : now) - *start);
  return {name(j), job_status(j), job_completions(j), took, age(j, now), container_names(template_containers(j)),
          container_images(template_containers(j)), selector_text(j["spec"]["selector"])};
}

Cells cron_job(const Value& c, Time now) {
  const Value& spec = c["spec"];
  const Value& last = c["status"]["lastScheduleTime"];
  const Value& containers = spec["jobTemplate"]["spec"]["template"]["spec"]["containers"];
  return {name(c), spec["schedule"], or_text(spec["timeZone"].as_string(), "<none>"), spec["suspend"].as_bool() ? "True" : "False",
          static_cast<int64_t>(c["status"]["active"].size()), last.is_null() ? "<none>" : age_of(last, now), age(c, now),
          container_names(containers), container_images(containers), selector_text(spec["jobTemplate"]["spec"]["selector"])};
}

std::string int_or_text(const Value& value, std::string_view absent) {
  if (value.is_null()) return std::string(absent);
  return value.is_string() ? value.str() : std::to_string(value.as_int());
}

Cells disruption_budget(const Value& p, Time now) {
  return {name(p), int_or_text(p["spec"]["minAvailable"], "N/A"), int_or_text(p["spec"]["maxUnavailable"], "N/A"),
          count(p, "disruptionsAllowed"), age(p, now)};
}

std::string resource_metric(const Value& metric, const Value& current) {
  const Value& target = metric["target"];
  const std::string resource = metric["name"].str();
  if (!target["averageValue"].is_null()) {
    return fmt::format("{}: {}/{}", resource, or_text(current["averageValue"].as_string(), "<unknown>"), target["averageValue"].as_string());
  }
  std::string now = current["averageUtilization"].is_null() ? "<unknown>" : fmt::format("{}%", current["averageUtilization"].as_int());
  std::string wanted = target["averageUtilization"].is_null() ? "<auto>" : fmt::format("{}%", target["averageUtilization"].as_int());
  return fmt::format("{}: {}/{}", resource, now, wanted);
}

std::string plain_metric(const Value& metric, const Value& current) {
  const Value& target = metric["target"];
  const char* field = target["averageValue"].is_null() ? "value" : "averageValue";
  return fmt::format("{}/{}", or_text(current[field].as_string(), "<unknown>"), target[field].as_string()) +
         (target["averageValue"].is_null() ? "" : " (avg)");
}

std::string metrics_text(const Value& specs, const Value& statuses) {
  if (specs.empty()) return "<none>";
  std::vector<std::string> parts;
  for (size_t i = 0; i < specs.size() && i < 2; ++i) {
    const std::string type = specs[i]["type"].str();
    const std::string key = type == "ContainerResource" ? "containerResource" : to_lower(type);
    const Value& metric = specs[i][key];
    const Value& current = statuses[i][key]["current"];
    if (type == "Resource" || type == "ContainerResource") {
      parts.push_back(resource_metric(metric, current));
    } else if (type == "Pods") {
      parts.push_back(fmt::format("{}/{}", or_text(current["averageValue"].as_string(), "<unknown>"), metric["target"]["averageValue"].as_string()));
    } else {
      parts.push_back(plain_metric(metric, current));
    }
  }
  std::string text = join(parts, ", ");
  return specs.size() > 2 ? fmt::format("{} + {} more...", text, specs.size() - 2) : text;
}

Cells autoscaler(const Value& h, Time now) {
  const Value& spec = h["spec"];
  const Value& target = spec["scaleTargetRef"];
  return {name(h), fmt::format("{}/{}", target["kind"].as_string(), target["name"].as_string()),
          metrics_text(spec["metrics"], h["status"]["currentMetrics"]),
          spec["minReplicas"].is_null() ? "<unset>" : std::to_string(spec["minReplicas"].as_int()), spec["maxReplicas"].as_int(),
          count(h, "currentReplicas"), age(h, now)};
}

Cells pod_template(const Value& t, Time) {
  const Value& containers = t["template"]["spec"]["containers"];
  return {name(t), container_names(containers), container_images(containers), labels_text(t["template"]["metadata"]["labels"])};
}

Cells controller_revision(const Value& r, Time now) {
  std::string owner = "<none>";
  for (const Value& reference : r["metadata"]["ownerReferences"].items()) {
    if (!reference["controller"].as_bool()) continue;
    std::string_view version = reference["apiVersion"].as_string();
    std::string_view group = version.substr(0, version.find('/') == version.npos ? 0 : version.find('/'));
    owner = to_lower(reference["kind"].as_string()) + (group.empty() ? "" : "." + std::string(group)) + "/" + reference["name"].str();
  }
  return {name(r), owner, r["revision"].as_int(), age(r, now)};
}

constexpr std::array<TableRule, 12> kTables{{
    {"core/v1.Pod", "Name|Ready|Status|Restarts|Age|IP+|Node+|Nominated Node+|Readiness Gates+", pod_cells},
    {"apps/v1.Deployment", "Name|Ready|Up-to-date|Available|Age|Containers+|Images+|Selector+", deployment},
    {"apps/v1.ReplicaSet", "Name|Desired:i|Current:i|Ready:i|Age|Containers+|Images+|Selector+", replica_set},
    {"core/v1.ReplicationController", "Name|Desired:i|Current:i|Ready:i|Age|Containers+|Images+|Selector+", replication_controller},
    {"apps/v1.DaemonSet",
     "Name|Desired:i|Current:i|Ready:i|Up-to-date:i|Available:i|Node Selector|Age|Containers+|Images+|Selector+", daemon_set},
    {"apps/v1.StatefulSet", "Name|Ready|Age|Containers+|Images+", stateful_set},
    {"batch/v1.Job", "Name|Status|Completions|Duration|Age|Containers+|Images+|Selector+", job},
    {"batch/v1.CronJob", "Name|Schedule|Timezone|Suspend:b|Active:i|Last Schedule|Age|Containers+|Images+|Selector+", cron_job},
    {"policy/v1.PodDisruptionBudget", "Name|Min Available|Max Unavailable|Allowed Disruptions:i|Age", disruption_budget},
    {"autoscaling/v2.HorizontalPodAutoscaler", "Name|Reference|Targets|MinPods|MaxPods|Replicas|Age", autoscaler},
    {"core/v1.PodTemplate", "Name|Containers|Images|Pod Labels", pod_template},
    {"apps/v1.ControllerRevision", "Name|Controller|Revision|Age", controller_revision},
}};

}  // namespace

std::span<const TableRule> workload_tables() { return kTables; }

}  // namespace taut::sandbox::kinds
