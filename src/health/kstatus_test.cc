#include "health/kstatus.hh"

#include <gtest/gtest.h>

#include "health/go_fields.hh"
#include "value/json.hh"

namespace taut {
namespace {

const Time kNow = *parse_rfc3339("2024-01-01T00:01:00Z");

std::string computed(std::string_view json) {
  auto status = kstatus(parse_json(json).value(), kNow);
  if (!status) return "error: " + status.error().message();
  std::string out = fmt::format("{}: {}", kstatus_name(status->code), status->message);
  for (const auto& c : status->conditions) out += fmt::format(" [{}={} {}]", c.type, c.status, c.reason);
  return out;
}

TEST(Kstatus, no_news_is_good_news) {
  EXPECT_EQ(computed(R"({"apiVersion":"example.com/v1","kind":"Foo"})"), "Current: Resource is current");
  EXPECT_EQ(computed(R"({"apiVersion":"v1","kind":"ConfigMap"})"), "Current: Resource is always ready");
}

TEST(Kstatus, a_generation_that_was_not_observed_comes_first) {
  EXPECT_EQ(computed(R"({"apiVersion":"example.com/v1","kind":"Foo","metadata":{"generation":2},
                         "status":{"observedGeneration":1,"conditions":[{"type":"Ready","status":"True"}]}})"),
            "InProgress: Foo generation is 2, but latest observed generation is 1 "
            "[Reconciling=True LatestGenerationNotObserved]");
}

TEST(Kstatus, ready_false_is_never_failed_but_stalled_is) {
  EXPECT_EQ(
      computed(
          R"({"kind":"Foo","status":{"conditions":[{"type":"Ready","status":"False","reason":"R","message":"m"}]}})"),
      "InProgress: m [Reconciling=True R]");
  EXPECT_EQ(computed(R"({"kind":"Foo","status":{"conditions":[{"type":"Ready","status":"False"},
                         {"type":"Stalled","status":"True","reason":"S","message":"stuck"}]}})"),
            "Failed: stuck [Stalled=True S]");
}

TEST(Kstatus, an_unschedulable_pod_has_fifteen_seconds) {
  auto pod = [](std::string_view created) {
    return computed(fmt::format(
        R"({{"apiVersion":"v1","kind":"Pod","metadata":{{"creationTimestamp":"{}"}},"status":{{"phase":"Pending",
                                   "conditions":[{{"type":"PodScheduled","status":"False","reason":"Unschedulable"}}]}}}})",
        created));
  };
  EXPECT_EQ(pod("2024-01-01T00:00:46Z"),
            "InProgress: Pod has not been scheduled [Reconciling=True PodNotScheduled]");
  EXPECT_EQ(pod("2024-01-01T00:00:45Z"), "Failed: Pod could not be scheduled [Stalled=True PodUnschedulable]");
  EXPECT_EQ(pod("2999-01-01T00:00:00Z"),
            "InProgress: Pod has not been scheduled [Reconciling=True PodNotScheduled]");
}

TEST(Kstatus, a_partition_stops_the_comparison_of_revisions) {
  EXPECT_EQ(
      computed(
          R"({"apiVersion":"apps/v1","kind":"StatefulSet","spec":{"replicas":2,"updateStrategy":{"rollingUpdate":{"partition":1}}},
                         "status":{"replicas":2,"readyReplicas":2,"updatedReplicas":1,"currentRevision":"a","updateRevision":"b"}})"),
      "Current: Partition rollout complete. updated: 1");
}

TEST(Kstatus, wrong_types_are_refused_in_go_s_words) {
  EXPECT_EQ(computed(R"({"kind":"Foo","metadata":{"generation":1},"status":{"observedGeneration":"1"}})"),
            "error: looking up status.observedGeneration from resource: .status.observedGeneration accessor error: "
            "1 is of the type string, expected int64");
  EXPECT_EQ(computed(R"({"kind":"Foo","metadata":{"generation":1.5}})"),
            "error: looking up metadata.generation from resource: .metadata.generation accessor error: "
            "1.5 is of the type float64, expected int64");
  EXPECT_EQ(computed(R"({"kind":"Foo","metadata":{"generation":1},"status":"fine"})"),
            "error: looking up status.observedGeneration from resource: .status.observedGeneration accessor error: "
            "fine is of the type string, expected map[string]interface{}");
  EXPECT_EQ(computed(R"({"kind":"Foo","status":{"conditions":[{"type":"Ready","status":true}]}})"),
            "error: unrecognized type: string");
  EXPECT_EQ(computed(R"({"kind":"Foo","status":{"conditions":[{"type":5}]}})"),
            "error: cannot convert int64 to string");
  EXPECT_EQ(computed(R"({"apiVersion":"v1","kind":"Pod","status":{"phase":"Odd"}})"), "error: unknown phase Odd");
}

TEST(Kstatus, in_the_words_of_health) {
  EXPECT_EQ(health_of(Kstatus{KstatusCode::kFailed, "m", {}}), (Health{HealthState::kDegraded, "m"}));
  EXPECT_EQ(health_of(Kstatus{KstatusCode::kTerminating, "m", {}}), (Health{HealthState::kProgressing, "m"}));
  EXPECT_EQ(health_of(fail(Code::kInvalid, "odd")), (Health{HealthState::kUnknown, "odd"}));
}

}  // namespace
}  // namespace taut
