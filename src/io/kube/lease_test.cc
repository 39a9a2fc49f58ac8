#include "io/kube/lease.hh"

#include <gtest/gtest.h>

#include "io/kube/event_recorder.hh"
#include "port/fake_cluster.hh"

namespace taut::kube {
namespace {

using namespace std::chrono_literals;

LeaseOptions options(std::string identity) { return {"kube-system", "taut", std::move(identity)}; }

const ObjectId kLeaseId{"coordination.k8s.io", "Lease", "kube-system", "taut"};

TEST(Lease, one_holds_it_and_the_other_takes_over_when_it_is_no_longer_renewed) {
  FakeCluster cluster;
  Lease a(cluster, options("a")), b(cluster, options("b"));
  Time now = *parse_rfc3339("2026-01-01T00:00:00Z");
  EXPECT_TRUE(*a.try_acquire(now));
  EXPECT_FALSE(*b.try_acquire(now));
  EXPECT_EQ(b.holder(), "a");
  now += 10s;
  EXPECT_TRUE(*a.try_acquire(now));  // renews
  EXPECT_FALSE(*b.try_acquire(now));
  now += 14s;
  EXPECT_FALSE(*b.try_acquire(now));
  now += 2s;
  EXPECT_TRUE(*b.try_acquire(now));
  EXPECT_FALSE(*a.try_acquire(now));
  Value spec = cluster.object(kLeaseId)["spec"];
  EXPECT_EQ(spec["holderIdentity"].str(), "b");
  EXPECT_EQ(spec["leaseTransitions"].as_int(), 1);
  EXPECT_EQ(spec["leaseDurationSeconds"].as_int(), 15);
  EXPECT_EQ(spec["acquireTime"].str(), "2026-01-01T00:00:26.000000Z");
}

TEST(Lease, a_leader_that_cannot_renew_stops_before_another_may_start) {
  FakeCluster cluster;
  Lease a(cluster, options("a"));
  Time now{1h};
  EXPECT_TRUE(*a.try_acquire(now));
  cluster.fail_always(Error(Code::kUnavailable, "down"));
  EXPECT_FALSE(a.try_acquire(now + 5s));
  EXPECT_TRUE(a.held(now + 9s));
  EXPECT_FALSE(a.held(now + 10s));
}

TEST(Lease, whoever_writes_first_wins_and_a_released_one_is_free_at_once) {
  FakeCluster cluster;
  Lease a(cluster, options("a")), b(cluster, options("b"));
  Time now{1h};
  cluster.fail_next(1, Error(Code::kAlreadyExists, "leases \"taut\" already exists"),
                    [](const FakeCluster::Call& call) { return call.verb == "create"; });
  EXPECT_FALSE(*a.try_acquire(now));
  EXPECT_TRUE(*b.try_acquire(now));
  EXPECT_TRUE(b.release(now + 1s));
  EXPECT_FALSE(b.held(now + 1s));
  EXPECT_TRUE(*a.try_acquire(now + 1s));
}

Value pod() {
  return Value::map({{"apiVersion", "v1"},
                     {"kind", "Pod"},
                     {"metadata", Value::map({{"name", "web"}, {"namespace", "default"}, {"uid", "u1"}})}});
}

std::vector<Value> events(FakeCluster& cluster) { return cluster.list({"", "v1", "Event"}, {})->items; }

TEST(EventRecorder, repeats_raise_the_count_of_one_event) {
  FakeCluster cluster;
  EventRecorder recorder(cluster, "taut", "host-1");
  Time now = *parse_rfc3339("2026-01-01T00:00:00Z");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(*recorder.record(pod(), {"Warning", "SyncFailed", "no"}, now + i * 1s));
  EXPECT_TRUE(*recorder.record(pod(), {"Normal", "Synced", "yes"}, now + 9s));
  auto all = events(cluster);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0]["count"].as_int(), 3);
  EXPECT_EQ(all[0]["firstTimestamp"].str(), "2026-01-01T00:00:00Z");
  EXPECT_EQ(all[0]["lastTimestamp"].str(), "2026-01-01T00:00:02Z");
  EXPECT_EQ(all[0]["involvedObject"]["uid"].str(), "u1");
  EXPECT_EQ(all[0]["source"]["component"].str(), "taut");
  cluster.erase(ObjectId::of(all[0]));  // as its time to live ends
  EXPECT_TRUE(*recorder.record(pod(), {"Warning", "SyncFailed", "no"}, now + 1h));
  EXPECT_EQ(events(cluster).size(), 2u);
}

TEST(EventRecorder, many_alike_become_one_and_a_flood_is_stemmed) {
  FakeCluster cluster;
  EventRecorder recorder(cluster, "taut");
  Time now = *parse_rfc3339("2026-01-01T00:00:00Z");
  int written = 0;
  for (int i = 0; i < 40; ++i)
    written += *recorder.record(pod(), {"Normal", "Step", "at " + std::to_string(i)}, now + i * 1ms) ? 1 : 0;
  EXPECT_EQ(written, 25);
  auto all = events(cluster);
  ASSERT_EQ(all.size(), 10u);
  int64_t counted = 0, combined = 0;
  for (const auto& event : all) {
    counted += event["count"].as_int();
    combined += event["message"].str().starts_with("(combined from similar events): ") ? 1 : 0;
  }
  EXPECT_EQ(counted, 25);
  EXPECT_EQ(combined, 1);
  EXPECT_FALSE(*recorder.record(pod(), {"Normal", "Step", "x"}, now + 1min));
  EXPECT_TRUE(*recorder.record(pod(), {"Normal", "Step", "x"}, now + 6min));
}

}  // namespace
}  // namespace taut::kube
