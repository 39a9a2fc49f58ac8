#include "health/reasons.hh"

#include <gtest/gtest.h>

#include <set>

#include "base/strings.hh"
#include "value/json.hh"

namespace taut {
namespace {

Value json(std::string_view text) { return parse_json(text).value(); }

std::string told(const std::optional<Reason>& reason) {
  return reason ? fmt::format("{} / {}", reason->sentence, reason->next_step) : "nothing";
}

// A pod with one container "web" of an image and a status of it.
Value pod(std::string_view status, std::string_view container = "",
          std::string_view image = "ghcr.io/acme/shop:v9") {
  return json(
      fmt::format(R"({{"kind":"Pod","metadata":{{"name":"web-1","namespace":"shop"}},"spec":{{"nodeName":"n1",
      "containers":[{{"name":"web","image":"{}"{}}}]}},"status":{{"phase":"Pending","startTime":"2026-11-23T03:27:00Z",
      "containerStatuses":[{{"name":"web","image":"x",{}}}]}}}})",
                  image, container, status));
}

Value waiting(std::string_view reason, std::string_view message, std::string_view image = "ghcr.io/acme/shop:v9") {
  return pod(fmt::format(R"("state":{{"waiting":{{"reason":"{}","message":"{}"}}}})", reason, message), "", image);
}

Value event(std::string_view message) {
  return Value::map({{"involvedObject", Value::map({{"kind", "Pod"}, {"name", "web-1"}})}, {"message", message}});
}

TEST(Reasons, an_image_that_is_not_there) {
  Surroundings around{.previous_revision = "1f3a9c2"};
  EXPECT_EQ(told(explain(waiting("ErrImagePull", "rpc error: code = NotFound desc = failed to resolve reference"),
                         around)),
            "Image ghcr.io/acme/shop:v9 was not found in ghcr.io. / Push the tag or roll back to 1f3a9c2.");
  EXPECT_EQ(told(explain(waiting("ImagePullBackOff", "Back-off pulling image", "nginx:no"), {})),
            "Probably image nginx:no was not found in docker.io. / Push the tag or roll back.");
}

TEST(Reasons, the_cause_of_a_back_off_is_in_an_earlier_event) {
  Surroundings around{.events = {event("Failed to pull image: 401 Unauthorized")}};
  auto reason = explain(waiting("ImagePullBackOff", "Back-off pulling image"), around);
  EXPECT_EQ(told(reason),
            "ghcr.io refused the login for image ghcr.io/acme/shop:v9. / Add a pull secret for ghcr.io in shop.");
  EXPECT_EQ(reason->raw, "ImagePullBackOff");
  EXPECT_EQ(reason->object, "Pod web-1");
  EXPECT_EQ(reason->name, "login-refused");
}

TEST(Reasons, a_registry_out_of_reach_and_a_name_that_is_none) {
  EXPECT_EQ(told(explain(waiting("ErrImagePull", "dial tcp: lookup ghcr.io: no such host"), {})),
            "ghcr.io could not be reached from node n1 (no such host). / Wait or check the network; pulls are "
            "tried again.");
  EXPECT_EQ(told(explain(waiting("InvalidImageName", "", "Bad Name"), {.source = "web.yaml:9"})),
            "\"Bad Name\" is not an image name. / Fix web.yaml:9.");
}

TEST(Reasons, a_container_that_keeps_ending) {
  auto reason =
      explain(pod(R"("restartCount":4,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":
      {"exitCode":3,"message":"starting\nno database\n","startedAt":"2026-11-23T03:27:00Z","finishedAt":"2026-11-23T03:27:12Z"}})"),
              {});
  EXPECT_EQ(told(reason),
            "Container web exits with code 3 after 12 s, 4 times since 2026-11-23 03:27 UTC. / "
            "Last line: \"no database\".");
  EXPECT_EQ(reason->raw, "CrashLoopBackOff");
}

TEST(Reasons, memory_and_commands_are_told_from_other_ends) {
  EXPECT_EQ(told(explain(pod(R"("restartCount":2,"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}})",
                             R"(,"resources":{"limits":{"memory":"64Mi"}})"),
                         {})),
            "Container web ran out of memory 2 times (limit 64Mi). / Raise the limit or look for a leak.");
  EXPECT_EQ(told(explain(pod(R"("lastState":{"terminated":{"exitCode":127,"reason":"Error"}})"), {})),
            "The command of web cannot run: not found. / Check command and that the image is built for the node's "
            "processor.");
}

TEST(Reasons, a_missing_key_is_named) {
  EXPECT_EQ(
      told(explain(waiting("CreateContainerConfigError", "couldn't find key url in ConfigMap shop/settings"), {})),
      "web needs ConfigMap settings, key url, which does not exist in shop. / Add it to Git or correct the name.");
  EXPECT_EQ(told(explain(waiting("CreateContainerConfigError", R"(secret \"login\" not found)"), {})),
            "web needs Secret login, which does not exist in shop. / Add it to Git or correct the name.");
}

TEST(Reasons, probes) {
  Value unready = pod(R"("ready":false,"state":{"running":{}})",
                      R"(,"readinessProbe":{"httpGet":{"path":"/ready","port":8080}})");
  EXPECT_EQ(
      told(explain(unready, {.pods = {unready, pod(R"("ready":true,"state":{"running":{}})")},
                             .events = {event("Readiness probe failed: HTTP probe failed with statuscode: 503")}})),
      "1 of 2 pods run but are not ready: GET /ready:8080 answers 503. / They take no traffic.");
  Value killed = pod(R"("restartCount":3,"state":{"running":{}},"lastState":{"terminated":{"exitCode":143}})");
  EXPECT_EQ(
      told(explain(killed, {.events = {event("Liveness probe failed: dial tcp 10.0.0.1:80: connection refused")}})),
      "web is restarted because its liveness probe fails (dial tcp 10.0.0.1:80: connection refused). / "
      "Check whether it only needs more start time (startupProbe).");
}

Value unscheduled(std::string_view message) {
  return json(
      fmt::format(R"({{"kind":"Pod","metadata":{{"name":"web-1"}},"spec":{{"containers":[{{"resources":{{"requests":
      {{"cpu":"500m","memory":"1Gi"}}}}}},{{"resources":{{"requests":{{"cpu":1,"memory":"1Gi"}}}}}}]}},"status":{{"phase":"Pending",
      "conditions":[{{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"{}"}}]}}}})",
                  message));
}

TEST(Reasons, no_node_takes_the_pod) {
  Value full = unscheduled(
      "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims");
  EXPECT_EQ(told(explain(full, {.pods = {full, full}})),
            "No node has room for 2 pods (1500m CPU, 2Gi each). / Lower requests or add a node.");
  EXPECT_EQ(
      told(explain(
          unscheduled("0/9 nodes are available: 3 node(s) had untolerated taint {gpu: yes}, 6 node(s) didn't match "
                      "Pod's node affinity/selector."),
          {.source = "web.yaml:3"})),
      "No node fits web-1: 3 of 9 have taint gpu, 6 lack a label that it asks for. / "
      "Fix toleration or nodeSelector at web.yaml:3.");
}

TEST(Reasons, a_rollout_that_stands_still_names_its_pods_trouble) {
  Value deployment =
      json(R"({"kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":3,"progressDeadlineSeconds":600},
      "status":{"readyReplicas":2,"conditions":[{"type":"Progressing","reason":"ProgressDeadlineExceeded","status":"False"}]}})");
  EXPECT_EQ(told(explain(deployment, {.pods = {waiting("ErrImagePull", "not found")}})),
            "The rollout of web made no progress for 10 min: 2 of 3 pods are ready. / "
            "Because: Image ghcr.io/acme/shop:v9 was not found in ghcr.io.");
  deployment.edit("status").erase("conditions");
  EXPECT_EQ(told(explain(deployment, {.pods = {waiting("ErrImagePull", "not found")}})),
            "Image ghcr.io/acme/shop:v9 was not found in ghcr.io. / Push the tag or roll back.");
  EXPECT_EQ(told(explain(deployment, {})), "nothing");
}

TEST(Reasons, quota_policy_and_jobs) {
  auto refused = [](std::string_view message) {
    return json(fmt::format(
        R"({{"kind":"ReplicaSet","metadata":{{"name":"web-7d","namespace":"shop"}},"spec":{{"replicas":5}},
        "status":{{"replicas":2,"conditions":[{{"type":"ReplicaFailure","status":"True","message":"{}"}}]}}}})",
        message));
  };
  EXPECT_EQ(
      told(explain(
          refused(
              R"(pods \"web\" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2)"),
          {})),
      "Quota small of shop is used up (2 of 2 pods); 3 pods were refused. / Free some or raise it in Git.");
  EXPECT_EQ(told(explain(refused(R"(admission webhook \"no-root.acme\" denied the request: runs as root)"), {})),
            "Policy no-root.acme refused pods of web-7d: runs as root. / Change it in Git, or the policy.");
  EXPECT_EQ(
      told(explain(
          json(R"({"kind":"Job","metadata":{"name":"migrate","annotations":{"argocd.argoproj.io/hook":"PreSync"}},
      "status":{"failed":7,"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded"}]}})"),
          {})),
      "migrate failed after 7 tries; the sync stopped in phase PreSync. / Look at the logs of the last run.");
}

TEST(Reasons, rules_have_names_of_their_own) {
  std::set<std::string_view> names;
  for (const ReasonRule& rule : reason_rules()) EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
}

}  // namespace
}  // namespace taut
