#include "health/health.hh"

#include <gtest/gtest.h>

#include <set>

#include "health/argo.hh"
#include "value/json.hh"

namespace taut {
namespace {

Value object(std::string_view kind, std::string_view spec, std::string_view status, std::string_view meta = "") {
  std::string_view group = kind == "Pod" ? "v1" : "apps/v1";
  return parse_json(
             fmt::format(
                 R"({{"apiVersion":"{}","kind":"{}","metadata":{{"name":"web"{}}},"spec":{{{}}},"status":{{{}}}}})",
                 group, kind, meta, spec, status))
      .value();
}

std::string judged(const Value& object, Judgement judgement = Judgement::kArgo) {
  auto health = judge(object, judgement);
  if (!health) return "none";
  return fmt::format("{}: {}", health_name(health->state), health->message);
}

TEST(Health, the_worst_is_by_argo_s_order) {
  EXPECT_EQ(worst(HealthState::kMissing, HealthState::kProgressing), HealthState::kMissing);
  EXPECT_EQ(worst(HealthState::kDegraded, HealthState::kUnknown), HealthState::kUnknown);
  EXPECT_EQ(worst({}), HealthState::kHealthy);
  for (auto name : {"Healthy", "Suspended", "Progressing", "Missing", "Degraded", "Unknown"}) {
    EXPECT_EQ(health_name(*parse_health(name)), name);
  }
  EXPECT_FALSE(parse_health("healthy"));
}

TEST(Health, an_object_that_is_deleted_waits_whatever_its_kind) {
  Value map =
      parse_json(
          R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"deletionTimestamp":"2024-01-01T00:00:00Z"}})")
          .value();
  EXPECT_EQ(judged(map), "Progressing: Pending deletion");
  EXPECT_EQ(judged(map, Judgement::kFlux), "Progressing: Pending deletion");
}

TEST(Health, a_hook_held_by_its_finalizer_is_judged_by_its_kind) {
  Value job =
      parse_json(R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"deletionTimestamp":"2024-01-01T00:00:00Z",
      "finalizers":["argocd.argoproj.io/hook-finalizer"]},"status":{"conditions":[{"type":"Complete","status":"True"}]}})")
          .value();
  EXPECT_EQ(judged(job), "Healthy: ");
}

TEST(ArgoHealth, kinds_without_a_check_have_no_health) {
  EXPECT_EQ(judged(parse_json(R"({"apiVersion":"v1","kind":"ConfigMap"})").value()), "none");
  EXPECT_EQ(judged(parse_json(R"({"apiVersion":"example.com/v1","kind":"Deployment"})").value()), "none");
}

TEST(ArgoHealth, versions_that_the_tool_does_not_know_are_unknown) {
  EXPECT_EQ(judged(parse_json(R"({"apiVersion":"apps/v1beta1","kind":"Deployment"})").value()),
            "Unknown: unsupported Deployment GVK: apps/v1beta1, Kind=Deployment");
}

TEST(ArgoHealth, a_deployment_is_followed_through_its_rollout) {
  std::string_view spec = R"("replicas":3)";
  auto at = [&](std::string_view status) {
    return judged(object("Deployment", spec, status, R"(,"generation":2)"));
  };
  EXPECT_EQ(
      at(R"("observedGeneration":1)"),
      "Progressing: Waiting for rollout to finish: observed deployment generation less than desired generation");
  EXPECT_EQ(at(R"("observedGeneration":2,"replicas":3,"updatedReplicas":1)"),
            "Progressing: Waiting for rollout to finish: 1 out of 3 new replicas have been updated...");
  EXPECT_EQ(at(R"("observedGeneration":2,"replicas":4,"updatedReplicas":3)"),
            "Progressing: Waiting for rollout to finish: 1 old replicas are pending termination...");
  EXPECT_EQ(at(R"("observedGeneration":2,"replicas":3,"updatedReplicas":3,"availableReplicas":2)"),
            "Progressing: Waiting for rollout to finish: 2 of 3 updated replicas are available...");
  EXPECT_EQ(at(R"("observedGeneration":2,"replicas":3,"updatedReplicas":3,"availableReplicas":3)"), "Healthy: ");
  EXPECT_EQ(
      at(R"("observedGeneration":2,"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}])"),
      "Degraded: Deployment \"web\" exceeded its progress deadline");
}

TEST(ArgoHealth, a_stateful_set_names_what_it_waits_for) {
  std::string_view spec = R"("replicas":3,"updateStrategy":{"type":"RollingUpdate"})";
  EXPECT_EQ(judged(object("StatefulSet", spec, "")),
            "Progressing: Waiting for statefulset spec update to be observed...");
  EXPECT_EQ(judged(object("StatefulSet", spec, R"("observedGeneration":1,"readyReplicas":1)")),
            "Progressing: Waiting for 2 pods to be ready...");
  EXPECT_EQ(judged(object("StatefulSet", spec, R"("observedGeneration":1,"readyReplicas":3,"updatedReplicas":1,
                          "currentRevision":"web-1","updateRevision":"web-2")")),
            "Progressing: waiting for statefulset rolling update to complete 1 pods at revision web-2...");
  std::string_view part =
      R"("replicas":3,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":1}})";
  EXPECT_EQ(judged(object("StatefulSet", part, R"("observedGeneration":1,"readyReplicas":3,"updatedReplicas":1)")),
            "Progressing: Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...");
}

TEST(ArgoHealth, a_daemon_set_waits_for_new_pods_then_for_available_ones) {
  EXPECT_EQ(
      judged(object("DaemonSet", "", R"("desiredNumberScheduled":3,"updatedNumberScheduled":1)")),
      "Progressing: Waiting for daemon set \"web\" rollout to finish: 1 out of 3 new pods have been updated...");
  EXPECT_EQ(judged(object("DaemonSet", "",
                          R"("desiredNumberScheduled":3,"updatedNumberScheduled":3,"numberAvailable":2)")),
            "Progressing: Waiting for daemon set \"web\" rollout to finish: 2 of 3 updated pods are available...");
}

TEST(ArgoHealth, a_replica_set_reports_why_pods_are_refused) {
  EXPECT_EQ(
      judged(object("ReplicaSet", "",
                    R"("conditions":[{"type":"ReplicaFailure","status":"True","message":"exceeded quota"}])")),
      "Degraded: exceeded quota");
  EXPECT_EQ(judged(object("ReplicaSet", R"("replicas":2)", R"("availableReplicas":1)")),
            "Progressing: Waiting for rollout to finish: 1 out of 2 new replicas are available...");
}

TEST(ArgoHealth, an_image_that_cannot_be_pulled_degrades_only_pods_that_stay) {
  std::string_view status =
      R"("phase":"Pending","containerStatuses":[{"name":"a","state":{"waiting":{"reason":"ImagePullBackOff","message":"no such image"}}}])";
  EXPECT_EQ(judged(object("Pod", R"("restartPolicy":"Always")", status)), "Degraded: no such image");
  EXPECT_EQ(judged(object("Pod", R"("restartPolicy":"Never")", status)), "Progressing: ");
}

TEST(ArgoHealth, a_failed_pod_says_which_container_and_how) {
  EXPECT_EQ(
      judged(object(
          "Pod", R"("restartPolicy":"Never")",
          R"("phase":"Failed","initContainerStatuses":[{"name":"init","state":{"terminated":{"exitCode":3}}}])")),
      "Degraded: container \"init\" failed with exit code 3");
  EXPECT_EQ(
      judged(object(
          "Pod", R"("restartPolicy":"Always")",
          R"("phase":"Running","containerStatuses":[{"name":"a","lastState":{"terminated":{"exitCode":1}}}])")),
      "Degraded: ");
}

TEST(ArgoHealth, the_registry_names_each_kind_once) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const ArgoCheck& check : argo_checks())
    EXPECT_TRUE(seen.emplace(check.group, check.kind).second) << check.kind;
}

}  // namespace
}  // namespace taut
