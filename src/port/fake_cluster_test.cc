#include "port/fake_cluster.hh"

#include <gtest/gtest.h>

namespace taut {
namespace {

const Gvk kConfigMap{"", "v1", "ConfigMap"};
const Gvk kDeployment{"apps", "v1", "Deployment"};

Value config_map(std::string_view name, Value data = Value::map({{"a", "1"}})) {
  return Value::map({{"apiVersion", "v1"},
                     {"kind", "ConfigMap"},
                     {"metadata", Value::map({{"name", name}})},
                     {"data", std::move(data)}});
}

WriteRequest apply(std::string name, Value data) {
  WriteRequest out;
  out.ref = {kConfigMap, "default", name};
  out.body = config_map(name, std::move(data));
  return out;
}

std::string describe(const WatchEvent& event) {
  using Type = WatchEvent::Type;
  switch (event.type) {
    case Type::kAdded: return "+" + std::string(name_of(event.object));
    case Type::kModified: return "~" + std::string(name_of(event.object));
    case Type::kDeleted: return "-" + std::string(name_of(event.object));
    case Type::kSynced: return "synced";
    case Type::kFailed: return "failed: " + event.error->message();
  }
  return "";
}

struct Seen {
  std::vector<std::string> events;
  Cluster::WatchHandler handler() {
    return [this](WatchEvent event) { events.push_back(describe(event)); };
  }
  std::vector<std::string> take() { return std::exchange(events, {}); }
};

using Lines = std::vector<std::string>;

TEST(FakeCluster, apply_creates_changes_and_leaves_alone_what_is_equal) {
  FakeCluster cluster;
  auto first = cluster.write(apply("a", Value::map({{"x", "1"}, {"y", "2"}})));
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->created);
  EXPECT_EQ(first->object["metadata"]["generation"].as_int(), 1);
  auto same = cluster.write(apply("a", Value::map({{"x", "1"}, {"y", "2"}})));
  EXPECT_FALSE(same->created);
  EXPECT_EQ(same->object, first->object);
  auto less = cluster.write(apply("a", Value::map({{"x", "3"}})));
  EXPECT_EQ(less->object["data"], Value::map({{"x", "3"}}));
  EXPECT_NE(less->object["metadata"]["resourceVersion"], first->object["metadata"]["resourceVersion"]);
}

TEST(FakeCluster, the_same_manager_drops_its_fields_and_others_keep_theirs) {
  FakeCluster cluster;
  ASSERT_TRUE(cluster.write(apply("a", Value::map({{"mine", "1"}}))));
  auto other = apply("a", Value::map({{"theirs", "2"}}));
  other.field_manager = "other";
  ASSERT_TRUE(cluster.write(other));
  auto third = cluster.write(apply("a", Value::map({})));
  EXPECT_EQ(third->object["data"], Value::map({{"theirs", "2"}}));
}

TEST(FakeCluster, a_field_of_another_manager_is_a_conflict_unless_taken_by_force) {
  FakeCluster cluster;
  ASSERT_TRUE(cluster.write(apply("a", Value::map({{"x", "1"}}))));
  auto other = apply("a", Value::map({{"x", "2"}}));
  other.field_manager = "other";
  auto refused = cluster.write(other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kConflict);
  EXPECT_EQ(refused.error().message(), "Apply failed with 1 conflict: conflict with \"taut\": .data.x");
  other.force = true;
  ASSERT_TRUE(cluster.write(other));
  cluster.edit({"", "ConfigMap", "default", "a"}, {"data", "x"}, "3");  // somebody's hand
  auto healed = cluster.write(other);
  ASSERT_TRUE(healed);
  EXPECT_EQ(healed->object["data"]["x"].str(), "2");
  EXPECT_EQ(healed->object["metadata"]["managedFields"][0]["manager"].str(), "other");
}

TEST(FakeCluster, patches_change_the_live_object) {
  FakeCluster cluster;
  cluster.put(config_map("a"));
  WriteRequest patch{WriteVerb::kJsonPatch,
                     {kConfigMap, "default", "a"},
                     Value::list({Value::map({{"op", "add"}, {"path", "/data/b"}, {"value", "2"}})})};
  ASSERT_TRUE(cluster.write(patch));
  patch.verb = WriteVerb::kMergePatch;
  patch.body = Value::map({{"data", Value::map({{"a", {}}})}});
  EXPECT_EQ(cluster.write(patch)->object["data"], Value::map({{"b", "2"}}));
  patch.verb = WriteVerb::kJsonPatch;
  patch.body = Value::list({Value::map({{"op", "test"}, {"path", "/data/b"}, {"value", "9"}})});
  EXPECT_FALSE(cluster.write(patch));
}

TEST(FakeCluster, dry_run_changes_nothing) {
  FakeCluster cluster;
  auto request = apply("a", Value::map({}));
  request.dry_run = true;
  ASSERT_TRUE(cluster.write(request));
  EXPECT_FALSE(cluster.exists({"", "ConfigMap", "default", "a"}));
}

TEST(FakeCluster, errors_carry_the_words_and_codes_of_the_server) {
  FakeCluster cluster;
  auto missing = cluster.get({kDeployment, "default", "web"});
  EXPECT_EQ(missing.error().message(), "deployments.apps \"web\" not found");
  EXPECT_EQ(missing.error().code(), Code::kNotFound);
  EXPECT_EQ(cluster.get({{"x.io", "v1", "Gizmo"}, "", "a"}).error().message(),
            "no matches for kind \"Gizmo\" in version \"x.io/v1\"");
  auto homeless = apply("a", {});
  homeless.ref.ns = "nowhere";
  EXPECT_EQ(cluster.write(homeless).error().message(), "namespaces \"nowhere\" not found");
  Value stored = cluster.put(config_map("a"));
  WriteRequest update{WriteVerb::kUpdate, {kConfigMap, "default", "a"}, stored};
  update.body.edit("data").set("a", "2");
  ASSERT_TRUE(cluster.write(update));
  auto stale = cluster.write(update);
  EXPECT_EQ(stale.error().code(), Code::kConflict);
  update.verb = WriteVerb::kCreate;
  update.body.edit("metadata").erase("resourceVersion");
  EXPECT_EQ(cluster.write(update).error().code(), Code::kAlreadyExists);
}

TEST(FakeCluster, status_is_written_only_through_its_subresource) {
  FakeCluster cluster;
  WriteRequest request{
      WriteVerb::kApply,
      {kDeployment, "default", "web"},
      Value::map({{"spec", Value::map({{"replicas", 1}})}, {"status", Value::map({{"replicas", 9}})}})};
  auto made = cluster.write(request);
  EXPECT_FALSE(made->object.contains("status"));
  request.subresource = "status";
  request.verb = WriteVerb::kMergePatch;
  auto status = cluster.write(request);
  EXPECT_EQ(status->object["status"]["replicas"].as_int(), 9);
  EXPECT_EQ(status->object["metadata"]["generation"].as_int(), 1);
  request.subresource = "scale";
  request.body = Value::map({{"spec", Value::map({{"replicas", 4}})}});
  EXPECT_EQ(cluster.write(request)->object["kind"], Value("Scale"));
  EXPECT_EQ(cluster.object({"apps", "Deployment", "default", "web"})["spec"]["replicas"].as_int(), 4);
}

TEST(FakeCluster, watches_list_then_follow_and_see_only_what_they_select) {
  FakeCluster cluster;
  cluster.put(config_map("a"));
  Seen all, labelled;
  auto one = cluster.watch(kConfigMap, {}, all.handler());
  auto two = cluster.watch(kConfigMap, {"default", "app=web", ""}, labelled.handler());
  EXPECT_EQ(all.take(), (Lines{"+a", "synced"}));
  EXPECT_EQ(labelled.take(), (Lines{"synced"}));
  cluster.edit({"", "ConfigMap", "default", "a"}, {"metadata", "labels", "app"}, "web");
  cluster.edit({"", "ConfigMap", "default", "a"}, {"metadata", "labels", "app"}, {});
  EXPECT_EQ(all.take(), (Lines{"~a", "~a"}));
  EXPECT_EQ(labelled.take(), (Lines{"+a", "-a"}));
  one.reset();
  cluster.erase({"", "ConfigMap", "default", "a"});
  EXPECT_EQ(all.take(), Lines{});
}

TEST(FakeCluster, a_broken_watch_reports_once_and_catches_up) {
  FakeCluster cluster;
  cluster.put(config_map("a"));
  cluster.put(config_map("b"));
  cluster.put(config_map("same"));
  Seen seen;
  auto watch = cluster.watch(kConfigMap, {}, seen.handler());
  seen.take();
  cluster.break_watches(Error(Code::kUnavailable, "connection refused"));
  cluster.erase({"", "ConfigMap", "default", "a"});
  cluster.edit({"", "ConfigMap", "default", "b"}, {"data", "a"}, "2");
  cluster.put(config_map("c"));
  EXPECT_EQ(seen.take(), (Lines{"failed: connection refused"}));
  cluster.restore_watches();
  EXPECT_EQ(seen.take(), (Lines{"-a", "~b", "+c", "synced"}));
}

TEST(FakeCluster, stepped_delivery_waits_and_handlers_may_call_back) {
  FakeCluster cluster;
  cluster.set_stepped(true);
  Lines seen;
  auto watch = cluster.watch(kConfigMap, {}, [&](WatchEvent event) {
    seen.push_back(describe(event));
    if (event.type == WatchEvent::Type::kAdded && name_of(event.object) == "a") cluster.put(config_map("b"));
  });
  cluster.put(config_map("a"));
  EXPECT_EQ(cluster.waiting_events(), 2u);
  EXPECT_EQ(cluster.deliver(1), 1u);
  EXPECT_EQ(seen, (Lines{"synced"}));
  EXPECT_EQ(cluster.deliver(), 2u);
  EXPECT_EQ(seen, (Lines{"synced", "+a", "+b"}));
}

TEST(FakeCluster, owners_take_their_dependents_along_unless_orphaned) {
  FakeCluster cluster;
  auto owned = [&](const char* name, const Value& owner) {
    Value out = config_map(name);
    out.edit("metadata").set("ownerReferences", Value::list({Value::map({{"uid", owner["metadata"]["uid"]}})}));
    return cluster.put(out);
  };
  Value root = cluster.put(config_map("root"));
  owned("leaf", owned("middle", root));
  ASSERT_TRUE(cluster.remove({kConfigMap, "default", "root"}, {}));
  EXPECT_FALSE(cluster.exists({"", "ConfigMap", "default", "leaf"}));
  owned("leaf", cluster.put(config_map("root")));
  ASSERT_TRUE(cluster.remove({kConfigMap, "default", "root"}, {"Orphan", "", false}));
  EXPECT_TRUE(cluster.exists({"", "ConfigMap", "default", "leaf"}));
}

TEST(FakeCluster, finalizers_and_namespaces_hold_an_object_until_they_are_dropped) {
  FakeCluster cluster;
  Value held = config_map("held");
  held.edit("metadata").set("namespace", "team");
  held.edit("metadata").set("finalizers", Value::list({"a/b"}));
  cluster.put(held);
  Seen seen;
  auto watch = cluster.watch({"", "v1", "Namespace"}, {}, seen.handler());
  seen.take();
  ASSERT_TRUE(cluster.remove({{"", "v1", "Namespace"}, "", "team"}, {}));
  ObjectId id{"", "ConfigMap", "team", "held"};
  EXPECT_TRUE(cluster.object(id)["metadata"].contains("deletionTimestamp"));
  EXPECT_EQ(seen.take(), (Lines{"~team"}));
  WriteRequest release{WriteVerb::kMergePatch,
                       {kConfigMap, "team", "held"},
                       Value::map({{"metadata", Value::map({{"finalizers", {}}})}})};
  ASSERT_TRUE(cluster.write(release));
  EXPECT_FALSE(cluster.exists(id));
  EXPECT_EQ(seen.take(), (Lines{"-team"}));
}

TEST(FakeCluster, faults_meet_the_calls_they_are_meant_for) {
  FakeCluster cluster;
  cluster.fail_next(2, Error(Code::kUnavailable, "overloaded"),
                    [](const FakeCluster::Call& call) { return call.verb == "apply"; });
  EXPECT_TRUE(cluster.list(kConfigMap, {}));
  EXPECT_FALSE(cluster.write(apply("a", {})));
  EXPECT_FALSE(cluster.write(apply("a", {})));
  EXPECT_TRUE(cluster.write(apply("a", {})));
  EXPECT_EQ(cluster.call_log(), (Lines{"list ConfigMap", "apply ConfigMap default/a", "apply ConfigMap default/a",
                                       "apply ConfigMap default/a"}));
}

TEST(FakeCluster, a_definition_makes_its_kind_appear) {
  FakeCluster cluster;
  Seen seen;
  auto watch = cluster.watch({"x.io", "v1", "Gizmo"}, {}, seen.handler());
  EXPECT_EQ(seen.take(), (Lines{"failed: no matches for kind \"Gizmo\" in version \"x.io/v1\""}));
  cluster.put(Value::map(
      {{"apiVersion", "apiextensions.k8s.io/v1"},
       {"kind", "CustomResourceDefinition"},
       {"metadata", Value::map({{"name", "gizmos.x.io"}})},
       {"spec", Value::map({{"group", "x.io"},
                            {"scope", "Namespaced"},
                            {"names", Value::map({{"kind", "Gizmo"}, {"plural", "gizmos"}})},
                            {"versions", Value::list({Value::map({{"name", "v1"}, {"served", true}})})}})}}));
  EXPECT_EQ(seen.take(), (Lines{"synced"}));
  WriteRequest create{WriteVerb::kCreate,
                      {{"x.io", "v1", "Gizmo"}, "default", ""},
                      Value::map({{"metadata", Value::map({{"generateName", "g-"}})}})};
  auto made = cluster.write(create);
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(seen.take(), (Lines{"+" + std::string(name_of(made->object))}));
}

}  // namespace
}  // namespace taut
