#include "dialect/argo/orphans.hh"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut::argo {
namespace {

Value json(std::string_view text) { return *parse_json(text); }

HeldObject object(const Gvk& gvk, const std::string& name, std::vector<std::string> owners = {}, std::string application = {}) {
  return {{gvk.group, gvk.kind, "team", name}, gvk.kind + name, std::move(owners), std::move(application)};
}

const Gvk kMap{"", "v1", "ConfigMap"}, kDeployment{"apps", "v1", "Deployment"}, kSet{"apps", "v1", "ReplicaSet"}, kPod{"", "v1", "Pod"};

size_t count(const std::vector<HeldObject>& objects, std::string_view orphaned = "{}", std::string_view more = "", std::string_view resources = "[]") {
  Value project = json(std::string(R"({"metadata":{"name":"p"},"spec":{"destinations":[{"server":"*","namespace":"*"}],"orphanedResources":)") +
                       std::string(orphaned) + std::string(more) + "}}");
  return OrphanCounter(objects, {Project(project), {"https://c", "c", "team"}}, [](const std::string& name) { return name == "shop"; }).count(json(resources));
}

TEST(Orphans, what_belongs_to_no_application_counts_with_all_it_owns) {
  std::vector<HeldObject> objects{object(kDeployment, "web"), object(kSet, "web-1", {"Deploymentweb"}), object(kPod, "web-1-a", {"ReplicaSetweb-1"}),
                                  object(kMap, "mine", {}, "shop"), object(kMap, "of-a-gone-one", {}, "gone")};
  EXPECT_EQ(count(objects), 4u);
}

TEST(Orphans, what_an_application_owns_in_turn_is_its_own) {
  std::vector<HeldObject> objects{object(kDeployment, "web", {}, "shop"), object(kSet, "web-1", {"Deploymentweb"}), object(kPod, "x", {"ReplicaSetweb-1"})};
  EXPECT_EQ(count(objects), 0u);
}

TEST(Orphans, what_the_application_names_is_its_own_before_it_is_marked) {
  EXPECT_EQ(count({object(kMap, "a"), object(kMap, "b")}, "{}", "", R"([{"kind":"ConfigMap","namespace":"team","name":"a","version":"v1"}])"), 1u);
}

TEST(Orphans, objects_of_many_applications_are_walked_once) {
  std::vector<HeldObject> objects{object(kMap, "free"), object(kDeployment, "new"), object(kSet, "new-1", {"Deploymentnew"})};
  for (int i = 0; i < 300; ++i) objects.push_back(object(kMap, fmt::format("map-{}", i), {}, fmt::format("app-{}", i)));
  size_t asked = 0;
  Value project = json(R"({"spec":{"destinations":[{"server":"*","namespace":"*"}],"orphanedResources":{}}})");
  OrphanCounter counter(objects, {Project(project), {"https://c", "c", "team"}}, [&](const std::string&) { return ++asked > 0; });
  for (int i = 0; i < 300; ++i)
    EXPECT_EQ(counter.count(json(fmt::format(R"([{{"kind":"ConfigMap","namespace":"team","name":"map-{}"}}])", i))), 3u);
  EXPECT_EQ(asked, 300u);
  EXPECT_EQ(counter.count(json(R"([{"group":"apps","kind":"Deployment","namespace":"team","name":"new"}])")), 1u);
}

TEST(Orphans, what_every_namespace_has_is_left_out) {
  EXPECT_EQ(count({object(kMap, "kube-root-ca.crt"), object({"", "v1", "ServiceAccount"}, "default")}), 0u);
  EXPECT_EQ(count({object({"", "v1", "Service"}, "kubernetes")}), 1u);  // only in the namespace default
}

TEST(Orphans, ignore_rules_are_globs_and_an_empty_group_is_the_core) {
  std::vector<HeldObject> objects{object(kMap, "a.example.com"), object(kMap, "b"), object(kDeployment, "a.example.com")};
  EXPECT_EQ(count(objects, R"({"ignore":[{"kind":"ConfigMap","name":"*.example.com"}]})"), 2u);
  EXPECT_EQ(count(objects, R"({"ignore":[{"group":"*","name":"a.*"}]})"), 1u);
  EXPECT_EQ(count(objects, R"({"ignore":[{"group":"apps"}]})"), 2u);
  EXPECT_EQ(count(objects, R"({"ignore":[{}]})"), 1u);
}

TEST(Orphans, kinds_that_the_project_denies_are_nobodys_concern) {
  EXPECT_EQ(count({object(kMap, "a"), object(kDeployment, "b")}, "{}", R"(,"namespaceResourceBlacklist":[{"group":"","kind":"ConfigMap"}])"), 1u);
}

TEST(Orphans, metadata_tells_owners_and_marks) {
  Value map = json(R"({"metadata":{"name":"a","namespace":"n","uid":"1","annotations":{"argocd.argoproj.io/tracking-id":"shop:/ConfigMap:n/a"},"ownerReferences":[{"uid":"9"}]}})");
  HeldObject held = held_object(kMap, map);
  EXPECT_EQ(held.application, "shop");
  EXPECT_EQ(held.owners, std::vector<std::string>{"9"});
  Value labelled = json(R"({"metadata":{"name":"a","labels":{"app.kubernetes.io/instance":"shop"}}})");
  EXPECT_EQ(held_object(kMap, labelled).application, "");
  EXPECT_EQ(held_object(kMap, labelled, "app.kubernetes.io/instance").application, "shop");
  Value token = json(R"({"metadata":{"name":"t","annotations":{"kubernetes.io/service-account.uid":"7"}}})");
  EXPECT_EQ(held_object({"", "v1", "Secret"}, token).owners, std::vector<std::string>{"7"});
}

TEST(Orphans, claims_of_stateful_sets_are_theirs) {
  std::vector<HeldObject> objects{object({"", "v1", "PersistentVolumeClaim"}, "data-web-0"), object({"", "v1", "PersistentVolumeClaim"}, "data-web-x")};
  adopt_claims(objects, {json(R"({"metadata":{"name":"web","namespace":"team","uid":"5"},"spec":{"volumeClaimTemplates":[{"metadata":{"name":"data"}}]}})")});
  EXPECT_EQ(objects[0].owners, std::vector<std::string>{"5"});
  EXPECT_TRUE(objects[1].owners.empty());
}

TEST(Orphans, a_project_warns_unless_it_is_told_not_to) {
  EXPECT_FALSE(warns_of_orphans(json(R"({"spec":{}})")));
  EXPECT_TRUE(warns_of_orphans(json(R"({"spec":{"orphanedResources":{}}})")));
  EXPECT_FALSE(warns_of_orphans(json(R"({"spec":{"orphanedResources":{"warn":false}}})")));
}

}  // namespace
}  // namespace taut::argo
