#include "health/known_kinds.hh"

#include <gtest/gtest.h>

#include "yaml/reader.hh"

namespace taut {
namespace {

std::string judged(std::string_view yaml) {
  auto health = judge_known(parse_yaml_document(yaml)->root);
  return health ? fmt::format("{}: {}", health_name(health->state), health->message) : "not known";
}

TEST(KnownKinds, conditions_decide) {
  EXPECT_EQ(judged(R"({apiVersion: cert-manager.io/v1, kind: Certificate, status: {conditions: [
      {type: Ready, status: "False", message: old}, {type: Issuing, status: "True", message: Issuing certificate}]}})"),
            "Progressing: Issuing certificate");
  EXPECT_EQ(judged(R"({apiVersion: cert-manager.io/v1, kind: Certificate, status: {conditions: [{type: Ready, status: "True", message: up to date}]}})"),
            "Healthy: up to date");
  EXPECT_EQ(judged("{apiVersion: cert-manager.io/v1, kind: Certificate}"), "Progressing: Waiting for the status of Certificate");
}

TEST(KnownKinds, a_suspended_object_is_suspended) {
  EXPECT_EQ(judged("{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, spec: {suspend: true}}"), "Suspended: HelmRelease is suspended");
  EXPECT_EQ(judged(R"({apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {annotations: {cnpg.io/reconciliationLoop: disabled}}})"),
            "Suspended: Cluster is suspended");
}

TEST(KnownKinds, a_status_of_an_older_generation_says_nothing) {
  EXPECT_EQ(judged(R"({apiVersion: serving.knative.dev/v1, kind: Service, metadata: {generation: 2}, status: {observedGeneration: 1,
      conditions: [{type: Ready, status: "True"}]}})"),
            "Progressing: Waiting for the controller to see the latest change");
}

TEST(KnownKinds, phases_and_globs) {
  EXPECT_EQ(judged("{apiVersion: velero.io/v1, kind: Backup, status: {phase: PartiallyFailed, failureReason: disk full}}"), "Degraded: disk full");
  EXPECT_EQ(judged("{apiVersion: velero.io/v1, kind: Backup, status: {phase: InProgress}}"), "Progressing: InProgress");
  EXPECT_EQ(judged(R"({apiVersion: s3.aws.crossplane.io/v1, kind: Bucket, status: {conditions: [{type: Synced, status: "True"}, {type: Ready, status: "False", reason: Creating}]}})"),
            "Progressing: Creating");
}

TEST(KnownKinds, the_worst_of_a_list_counts) {
  EXPECT_EQ(judged(R"({apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, status: {parents: [
      {conditions: [{type: Accepted, status: "True"}, {type: ResolvedRefs, status: "True"}]},
      {conditions: [{type: Accepted, status: "False", message: no such listener}]}]}})"),
            "Degraded: no such listener");
}

TEST(KnownKinds, others_are_left_to_others) {
  EXPECT_EQ(judged("{apiVersion: apps/v1, kind: Deployment}"), "not known");
  EXPECT_EQ(judged("{apiVersion: velero.io/v1, kind: Backup, metadata: {deletionTimestamp: x}}"), "not known");
}

}  // namespace
}  // namespace taut
