#include <gtest/gtest.h>

#include "base/base64.hh"
#include "dialect/flux/conditions.hh"
#include "dialect/flux/dialect.hh"
#include "dialect/flux/git_repository.hh"
#include "dialect/flux/inventory.hh"
#include "dialect/flux/receiver.hh"
#include "dialect/flux/source_ignore.hh"
#include "port/memory_repositories.hh"
#include "tree/memory.hh"
#include "value/json.hh"

namespace taut::flux {
namespace {

const Time kNow = Time(std::chrono::hours(24 * 365 * 56));

Value json(std::string_view text) { return *parse_json(text); }

Value kustomization(std::string_view spec) {
  Value out = Value::map({{"apiVersion", "kustomize.toolkit.fluxcd.io/v1"}, {"kind", "Kustomization"}});
  out.set("metadata", json(R"({"name": "apps", "namespace": "flux-system", "generation": 3, "uid": "u", "resourceVersion": "5",
                               "finalizers": ["finalizers.fluxcd.io"]})"));
  out.set("spec", json(spec));
  return out;
}

constexpr std::string_view kSpec =
    R"({"interval": "10m", "path": "./apps", "prune": true, "wait": true, "timeout": "1m",
        "sourceRef": {"kind": "GitRepository", "name": "home"}})";

TEST(FluxInventory, ids_are_read_from_both_ends) {
  ObjectId role{"rbac.authorization.k8s.io", "ClusterRole", "", "system:a_b:c"};
  EXPECT_EQ(inventory_id(role), "_system__a_b__c_rbac.authorization.k8s.io_ClusterRole");
  for (const ObjectId& id : {role, ObjectId{"", "Namespace", "", "podinfo"}, ObjectId{"apps", "Deployment", "default", "web"}}) {
    auto read = parse_inventory_id(inventory_id(id));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(*read, id);
  }
  EXPECT_EQ(parse_inventory_id("default_web").error().message(), "unable to parse stored object metadata: default_web");
}

TEST(FluxConditions, what_says_the_same_keeps_its_time_and_ready_is_first) {
  Conditions first(Value(), 1, kNow);
  first.set_true("Healthy", "Succeeded", "ok");
  first.set_true("Ready", "Succeeded", "done");
  Conditions second(first.list(), 2, kNow + std::chrono::hours(1));
  second.set_true("Ready", "Succeeded", "done");
  second.set_false("Healthy", "HealthCheckFailed", "no");
  Value list = second.list();
  EXPECT_EQ(list[0]["type"].str(), "Ready");
  EXPECT_EQ(list[0]["lastTransitionTime"].str(), format_rfc3339(kNow));
  EXPECT_EQ(list[0]["observedGeneration"].as_int(), 2);
  EXPECT_EQ(list[1]["lastTransitionTime"].str(), format_rfc3339(kNow + std::chrono::hours(1)));
}

TEST(FluxIgnore, patterns_are_read_as_go_git_reads_them) {
  IgnorePatterns patterns;
  patterns.add("# comment\n*.md\n/docs/\nbuild/\n**/tmp/*.txt\n!keep.md\n");
  EXPECT_TRUE(patterns.ignores("a/b/readme.md", false));
  EXPECT_FALSE(patterns.ignores("a/keep.md", false));
  EXPECT_TRUE(patterns.ignores("docs/x.yaml", false));
  EXPECT_FALSE(patterns.ignores("a/docs/x.yaml", false));
  EXPECT_TRUE(patterns.ignores("a/build/x.yaml", false));
  EXPECT_FALSE(patterns.ignores("a/build", false));
  EXPECT_TRUE(patterns.ignores("a/b/tmp/x.txt", false));
  EXPECT_FALSE(patterns.ignores("a/b/tmp/x.yaml", false));
  IgnorePatterns inside;
  inside.add("deploy/**\n");
  EXPECT_TRUE(inside.ignores("deploy/x", false));
  EXPECT_TRUE(inside.ignores("deploy", false));
}

TEST(FluxIgnore, a_sourceignore_file_takes_the_place_of_the_default_list) {
  auto names = [](const TreePtr& tree) {
    std::string out;
    auto entries = tree->list("");
    for (const auto& entry : *entries) out += entry.name + ' ';
    return out;
  };
  TreePtr plain = memory_tree({{"a.yaml", ""}, {"logo.png", ""}, {".gitignore", ""}});
  EXPECT_EQ(names(*without_ignored(plain, "")), "a.yaml ");
  EXPECT_EQ(names(*without_ignored(plain, "a.yaml\n")), "logo.png ");
  TreePtr told = memory_tree({{"a.yaml", ""}, {"logo.png", ""}, {"b.txt", ""}, {".sourceignore", "*.txt\n"}});
  EXPECT_EQ(names(*without_ignored(told, "")), ".sourceignore a.yaml logo.png ");
  EXPECT_NE(*(*without_ignored(plain, ""))->id(), *(*without_ignored(plain, "a.yaml"))->id());
}

TEST(FluxGitRepository, its_revision_names_the_branch_and_the_commit) {
  MemoryRepositories repositories;
  std::string sha = repositories.commit("https://example.com/home", {{"a.yaml", "a: 1\n"}});
  Artifacts artifacts;
  Value object = json(R"({"kind": "GitRepository", "metadata": {"name": "home", "namespace": "flux-system"},
                          "spec": {"url": "https://example.com/home", "ref": {"commit": ")" + sha + R"(", "branch": "main"}}})");
  auto artifact = fetch_git(object, repositories, artifacts);
  ASSERT_TRUE(artifact) << artifact.error().message;
  EXPECT_EQ(artifact->revision, "main@sha1:" + sha);
  repositories.down = true;
  object.edit("spec").set("ref", json(R"({"branch": "main"})"));
  auto failed = fetch_git(object, repositories, artifacts);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().reason, "GitOperationFailed");
  EXPECT_TRUE(failed.error().message.starts_with("failed to checkout and determine revision: unable to list remote for 'https://example.com/home'"));
}

TEST(FluxSource, a_github_app_and_its_provider_go_together) {
  auto check = [](std::string_view provider, std::string_view keys) -> std::string {
    Value object = json(fmt::format(R"({{"metadata": {{"name": "home", "namespace": "apps"}},
                                         "spec": {{"url": "https://github.com/a/b", {} "secretRef": {{"name": "s"}}}}}})", provider));
    Value secret = Value::map({{"data", Value::map({})}});
    const Value data = json(keys);
    for (const Entry& entry : data.entries()) secret.edit("data").set(entry.key(), base64_encode(entry.value.as_string()));
    auto error = check_provider(object, *read_access(secret, "https://github.com/a/b"));
    return error ? error->reason + ": " + error->message : "";
  };
  constexpr std::string_view kGitHub = R"("provider": "github",)";
  EXPECT_EQ(check("", R"({"username": "u", "password": "p"})"), "");
  EXPECT_EQ(check(kGitHub, R"({"githubAppID": "7", "githubAppInstallationOwner": "acme", "githubAppPrivateKey": "pem"})"), "");
  EXPECT_EQ(check("", R"({"githubAppID": "7"})"), "InvalidProviderConfiguration: secretRef 'apps/s' has github app data but provider is not set to github");
  EXPECT_EQ(check(kGitHub, R"({"username": "u", "password": "p"})"),
            "InvalidProviderConfiguration: secretRef with github app data must be specified when provider is set to github");
  EXPECT_EQ(check(kGitHub, R"({"githubAppID": "7", "githubAppPrivateKey": "pem"})"),
            "AuthenticationFailed: failed to configure authentication options: app installation owner or ID must be provided to use github app authentication");
}

TEST(FluxSource, fields_that_are_not_supported_are_named) {
  EXPECT_NE(unsupported_git_field(json(R"({"provider": "azure"})"))->message.find("spec.provider"), std::string::npos);
  for (std::string_view field : {"healthCheckExprs"}) {
    Value object = kustomization(kSpec);
    object.edit("spec").set(field, Value::map({{"x", "y"}}));
    auto read = read_kustomization(object);
    ASSERT_TRUE(read.unsupported) << field;
    EXPECT_NE(read.unsupported->message.find(std::string("spec.") + std::string(field)), std::string::npos);
    EXPECT_TRUE(read.unsupported->stalled);
  }
}

class Status : public testing::Test {
 protected:
  Status() : object_(kustomization(kSpec)), read_(read_kustomization(object_)) {
    given_.artifact = Artifact{"main@sha1:abc", "abc", "xxh128:1", "", nullptr};
    unit_.sync = engine::SyncState::kSynced;
    unit_.compared_source = engine::Source{.stamp = "main@sha1:abc xxh128:1"};
  }
  void add(std::string name, HealthState health) {
    engine::ResourceState resource{{"apps", "v1", "Deployment"}, {"apps", "Deployment", "default", std::move(name)},
                                   engine::SyncState::kSynced, Health{health, ""}, false, false, 0};
    unit_.resources.push_back(std::move(resource));
  }
  StatusOutput run(Duration later = {}) {
    auto out = kustomization_status({object_, read_, given_, unit_, kNow + later, false}, progress_);
    object_.set("status", out.status);
    return out;
  }
  const Value& condition(std::string_view type) { return condition_of(object_, type); }

  Value object_;
  Kustomization read_;
  Given given_;
  engine::UnitStatus unit_;
  Progress progress_;
};

TEST_F(Status, is_ready_with_its_inventory_once_all_is_current) {
  add("web", HealthState::kHealthy);
  auto out = run();
  EXPECT_EQ(condition("Ready")["message"].str(), "Applied revision: main@sha1:abc");
  EXPECT_EQ(condition("Healthy")["message"].str(), "Health check passed in 0s");
  EXPECT_EQ(out.status["inventory"]["entries"], json(R"([{"id": "default_web_apps_Deployment", "v": "v1"}])"));
  EXPECT_EQ(out.status["observedGeneration"].as_int(), 3);
  ASSERT_EQ(out.notes.size(), 2u);
  EXPECT_EQ(out.notes[0].message, "Health check passed in 0s");
  EXPECT_EQ(out.notes[1].message, "Reconciliation finished in 0s, next run in 10m0s");
  EXPECT_TRUE(run().notes.empty());
}

TEST_F(Status, is_not_ready_by_what_an_earlier_revision_was) {
  add("web", HealthState::kHealthy);
  unit_.compared_source = engine::Source{.stamp = "main@sha1:old xxh128:0"};
  auto out = run();
  EXPECT_EQ(condition("Ready")["status"].str(), "Unknown");
  EXPECT_TRUE(out.status["lastAppliedRevision"].empty());
}

TEST_F(Status, waits_for_health_until_its_timeout) {
  add("web", HealthState::kProgressing);
  auto out = run();
  EXPECT_EQ(condition("Ready")["status"].str(), "Unknown");
  EXPECT_EQ(out.wake, kNow + std::chrono::minutes(1));
  run(std::chrono::minutes(1));
  EXPECT_EQ(condition("Ready")["reason"].str(), "HealthCheckFailed");
  EXPECT_EQ(condition("Ready")["message"].str(),
            "health check failed after 1m0s: timeout waiting for: [Deployment/default/web status: 'InProgress']");
  unit_.resources[0].health->state = HealthState::kDegraded;
  run(std::chrono::minutes(2));
  EXPECT_EQ(condition("Ready")["message"].str(),
            "health check failed after 2m0s: failed early due to stalled resources: [Deployment/default/web status: 'Failed']");
}

TEST_F(Status, tells_the_object_that_could_not_be_applied_and_keeps_the_inventory) {
  object_.set("status", json(R"({"inventory": {"entries": [{"id": "default_web_apps_Deployment", "v": "v1"}]}})"));
  add("web", HealthState::kHealthy);
  add("new", HealthState::kHealthy);
  unit_.resources[0].sync = unit_.resources[1].sync = engine::SyncState::kOutOfSync;
  unit_.sync = engine::SyncState::kOutOfSync;
  engine::OperationState operation;
  operation.phase = engine::OperationPhase::kRunning;
  operation.finished = kNow;
  operation.results.push_back({{"apps", "v1", "Deployment"}, unit_.resources[0].id, engine::ResultCode::kSyncFailed, "spec.x: Required value"});
  unit_.operation = operation;
  auto out = run();
  EXPECT_EQ(condition("Ready")["reason"].str(), "ReconciliationFailed");
  EXPECT_EQ(condition("Ready")["message"].str(), "Deployment/default/web dry-run failed: spec.x: Required value");
  EXPECT_EQ(out.status["inventory"]["entries"].size(), 1u);
  EXPECT_EQ(out.notes[0].type, "Warning");
}

TEST(FluxRules, annotations_and_labels_say_what_is_touched) {
  Rules rules(false);
  auto object = [](std::string_view key, std::string_view value) {
    return Value::map({{"kind", "ConfigMap"}, {"metadata", Value::map({{"annotations", Value::map({{key, value}})}})}});
  };
  Value plain = object("x", "y");
  EXPECT_FALSE(rules.leaves_alone(plain, plain));
  EXPECT_TRUE(rules.leaves_alone(object("kustomize.toolkit.fluxcd.io/ssa", "Ignore"), Value()));
  EXPECT_TRUE(rules.leaves_alone(plain, object("kustomize.toolkit.fluxcd.io/reconcile", "Disabled")));
  Value once = object("kustomize.toolkit.fluxcd.io/ssa", "IfNotPresent");
  EXPECT_FALSE(rules.leaves_alone(once, Value()));
  EXPECT_TRUE(rules.leaves_alone(once, plain));
  EXPECT_TRUE(rules.keeps(object("kustomize.toolkit.fluxcd.io/prune", "disabled")));
  EXPECT_TRUE(rules.intent(object("kustomize.toolkit.fluxcd.io/force", "enabled")).recreate);
  EXPECT_LT(rules.intent(Value::map({{"kind", "Namespace"}})).wave, rules.intent(Value::map({{"kind", "IngressClass"}})).wave);
  EXPECT_LT(rules.intent(Value::map({{"kind", "Widget"}})).wave, rules.intent(Value::map({{"kind", "ValidatingWebhookConfiguration"}})).wave);
}

TEST(FluxRules, what_kubectl_wrote_is_taken_over_unless_ssa_says_merge) {
  Rules rules(false);
  Value live = json(R"({"metadata": {"name": "a", "managedFields": [
    {"manager": "kustomize-controller", "operation": "Apply", "fieldsV1": {"f:data": {"f:a": {}}}},
    {"manager": "kubectl-edit", "operation": "Update", "fieldsV1": {"f:data": {"f:b": {}}}},
    {"manager": "kubectl", "operation": "Update", "subresource": "scale", "fieldsV1": {"f:spec": {"f:replicas": {}}}},
    {"manager": "flux-client-side-apply", "operation": "Update", "fieldsV1": {"f:data": {"f:c": {}}}}]}})");
  Value taken = rules.taken_over(Value::map(), live, "kustomize-controller");
  ASSERT_EQ(taken.size(), 3u);
  EXPECT_EQ(taken[2]["manager"].as_string(), "kustomize-controller");
  EXPECT_EQ(taken[2]["fieldsV1"], json(R"({"f:data": {"f:a": {}, "f:b": {}}})"));
  EXPECT_TRUE(rules.taken_over(Value::map(), Value::map({{"metadata", Value::map({{"managedFields", taken}})}}), "kustomize-controller").is_null());
  Value merges = json(R"({"metadata": {"annotations": {"kustomize.toolkit.fluxcd.io/ssa": "merge"}}})");
  EXPECT_TRUE(rules.taken_over(merges, live, "kustomize-controller").is_null());
}

Value receiver(std::string_view spec) {
  Value out = Value::map({{"spec", json(spec)}});
  out.set("metadata", json(R"({"name": "push", "namespace": "flux-system", "generation": 2})"));
  return out;
}

TEST(FluxReceiver, the_path_is_made_of_token_name_and_namespace) {
  // echo -n 'tokenpushflux-system' | sha256sum
  EXPECT_EQ(receiver_path("token", "push", "flux-system"), "/hook/566ec925a0d7c757da07fe5087514d520fb8080f456ccc33c827146bebbb9860");
  std::vector<Note> notes;
  Value status = receiver_status(receiver(R"({"type": "gcr"})"), std::string("token"), kNow, notes);
  EXPECT_EQ(status["conditions"][0]["reason"].as_string(), "UnsupportedField");
  EXPECT_FALSE(status.contains("webhookPath"));
}

TEST(FluxReceiver, resources_are_named_or_chosen_by_labels) {
  Value object = receiver("{}");
  auto named = receiver_target(object, json(R"({"kind": "Bucket", "name": "b", "namespace": "team"})"));
  EXPECT_EQ(named->ns + '/' + named->name + ' ' + named->gvk.group, "team/b source.toolkit.fluxcd.io");
  auto foreign = receiver_target(object, json(R"({"kind": "Bucket", "name": "b", "namespace": "team"})"), true);
  EXPECT_EQ(foreign.error().message(), "resources 'Bucket/team/b' is not allowed: cross-namespace references have been blocked");
  auto chosen = receiver_target(object, json(R"({"kind": "ImageRepository", "name": "*", "matchLabels": {"a": "b", "c": "d"}})"));
  EXPECT_EQ(chosen->ns + ' ' + chosen->name + chosen->label_selector, "flux-system a=b,c=d");
  EXPECT_EQ(receiver_target(object, json(R"({"kind": "Thing", "name": "x"})")).error().message(), "apiVersion must be specified for kind \"Thing\"");
}

}  // namespace
}  // namespace taut::flux
