#include "controller/application_sets.hh"

#include <gtest/gtest.h>

#include "dialect/argo/application.hh"
#include "port/fake_cluster.hh"
#include "port/memory_repositories.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::controller {
namespace {

using namespace std::chrono_literals;

constexpr const char* kRepo = "https://git.example.com/shop.git";

Value yaml(std::string_view text) { return parse_yaml_document(text)->root; }

class ApplicationSetsTest : public testing::Test {
 protected:
  ApplicationSetsTest() {
    cluster.put(yaml("{apiVersion: v1, kind: Namespace, metadata: {name: argocd}}"));
    repositories.commit(kRepo, {{"apps/api/x.yaml", "a"}, {"apps/web/x.yaml", "a"}});
  }
  void start(ApplicationSetOptions options = {}) {
    sets = std::make_unique<ApplicationSets>(std::move(options), cluster, repositories, clock);
    sets->start();
  }
  void put_set(std::string_view more = "") {
    cluster.put(yaml(fmt::format(R"(
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: shop, namespace: argocd}}
spec:
  goTemplate: true
  generators:
  - git: {{repoURL: {}, revision: main, directories: [{{path: apps/*}}]}}
  template:
    metadata: {{name: '{{{{ .path.basename }}}}', labels: {{team: shop}}}}
    spec:
      project: default
      source: {{repoURL: {}, path: '{{{{ .path.path }}}}', targetRevision: main}}
      destination: {{server: https://kubernetes.default.svc, namespace: shop}}
{})", kRepo, kRepo, more)));
  }
  template <class F>
  bool eventually(F condition) {
    for (int i = 0; i < 1000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(5ms);
    }
    return false;
  }
  Value app(const std::string& name) { return cluster.object({"argoproj.io", "Application", "argocd", name}); }
  Value set() { return cluster.object({"argoproj.io", "ApplicationSet", "argocd", "shop"}); }
  std::string condition(std::string_view type) {
    Value object = set();
    for (const Value& one : object["status"]["conditions"].items())
      if (one["type"].as_string() == type) return fmt::format("{} {}: {}", one["status"].as_string(), one["reason"].as_string(), one["message"].as_string());
    return "";
  }

  FakeCluster cluster;
  MemoryRepositories repositories;
  SystemClock clock;
  std::unique_ptr<ApplicationSets> sets;
};

TEST_F(ApplicationSetsTest, applications_come_change_and_go_with_the_folders) {
  put_set();
  start();
  ASSERT_TRUE(eventually([&] { return !app("api").is_null() && !app("web").is_null(); }));
  EXPECT_EQ(app("web")["spec"]["source"]["path"].as_string(), "apps/web");
  EXPECT_EQ(app("web")["metadata"]["ownerReferences"][0]["name"].as_string(), "shop");
  ASSERT_TRUE(eventually([&] { return condition("ResourcesUpToDate") == "True ApplicationSetUpToDate: All applications have been generated successfully"; }))
      << to_json(set());
  repositories.commit(kRepo, {{"apps/web/x.yaml", "a"}, {"apps/cart/x.yaml", "a"}});
  sets->notify(kRepo);
  EXPECT_TRUE(eventually([&] { return !app("cart").is_null() && app("api")["metadata"].contains("deletionTimestamp"); }));
  EXPECT_FALSE(app("web").is_null());
}

TEST_F(ApplicationSetsTest, a_hand_edit_is_undone_without_asking_the_repository_and_kept_fields_stay) {
  put_set("  preservedFields: {annotations: [mine]}\n");
  start();
  ASSERT_TRUE(eventually([&] { return condition("ResourcesUpToDate").starts_with("True"); }));
  int asked = repositories.resolves;
  Value edited = app("web");
  edited.edit("spec").edit("source").set("path", "elsewhere");
  edited.edit("metadata").edit("annotations").set("mine", "1");
  edited.edit("metadata").edit("annotations").set("other", "1");
  cluster.put(edited);
  EXPECT_TRUE(eventually([&] { return app("web")["spec"]["source"]["path"].as_string() == "apps/web"; }));
  EXPECT_TRUE(eventually([&] { return app("web")["metadata"]["annotations"] == yaml("{mine: '1'}"); })) << to_json(app("web")["metadata"]);
  EXPECT_EQ(repositories.resolves, asked);
}

TEST_F(ApplicationSetsTest, a_policy_holds_back_updates_and_deletions) {
  put_set("  syncPolicy: {applicationsSync: create-only}\n");
  start();
  ASSERT_TRUE(eventually([&] { return !app("api").is_null() && !app("web").is_null(); }));
  repositories.commit(kRepo, {{"apps/cart/x.yaml", "a"}});
  sets->notify(kRepo);
  ASSERT_TRUE(eventually([&] { return !app("cart").is_null(); }));
  EXPECT_FALSE(app("api").is_null());
}

TEST_F(ApplicationSetsTest, the_controllers_policy_comes_before_that_of_a_set_unless_it_yields) {
  ApplicationSetOptions options;
  options.policy = "create-update";
  options.policy_yields = false;
  put_set("  syncPolicy: {applicationsSync: sync}\n");
  start(options);
  ASSERT_TRUE(eventually([&] { return !app("web").is_null() && !app("api").is_null(); }));
  repositories.commit(kRepo, {{"apps/api/x.yaml", "b"}, {"apps/new/x.yaml", "a"}});
  sets->notify(kRepo);
  ASSERT_TRUE(eventually([&] { return !app("new").is_null(); }));
  EXPECT_FALSE(app("web")["metadata"].contains("deletionTimestamp"));
  sets->stop();
  options.policy_yields = true;
  start(options);
  EXPECT_TRUE(eventually([&] { return app("web")["metadata"].contains("deletionTimestamp"); }));
}

TEST_F(ApplicationSetsTest, what_cannot_be_generated_is_told_and_nothing_is_deleted) {
  put_set();
  start();
  ASSERT_TRUE(eventually([&] { return condition("ResourcesUpToDate").starts_with("True"); }));
  repositories.down = true;
  sets->notify(kRepo);
  ASSERT_TRUE(eventually([&] { return condition("ErrorOccurred").starts_with("True"); }));
  EXPECT_EQ(condition("ErrorOccurred"),
            "True ApplicationGenerationFromParamsError: error generating params from git: error getting directories from repo: failed to "
            "list refs: dial tcp: connection refused");
  EXPECT_TRUE(condition("ParametersGenerated").starts_with("False ErrorOccurred"));
  EXPECT_FALSE(app("web").is_null());
}

TEST_F(ApplicationSetsTest, a_rollout_goes_step_by_step) {
  put_set(R"(
  strategy:
    type: RollingSync
    rollingSync:
      steps:
      - matchExpressions: [{key: name, operator: In, values: [api]}]
      - matchExpressions: [{key: name, operator: In, values: [web]}]
  templatePatch: '{"metadata": {"labels": {"name": "{{ .path.basename }}"}}, "spec": {"syncPolicy": {"automated": {"prune": true}}}}'
)");
  start();
  ASSERT_TRUE(eventually([&] { return !app("api").is_null() && !app("web").is_null(); }));
  EXPECT_FALSE(app("api")["spec"]["syncPolicy"]["automated"]["enabled"].as_bool(true));
  auto report = [&](const std::string& name, std::string_view sync, std::string_view health, bool synced_now = false) {
    Value object = app(name);
    Value& status = object.edit("status");
    status.edit("sync").set("status", sync);
    status.edit("sync").set("revision", "r1");
    status.edit("health").set("status", health);
    if (synced_now) {
      status.set("operationState", Value::map({{"phase", "Succeeded"}, {"startedAt", format_rfc3339(clock.now())}}));
      object.erase("operation");
    }
    cluster.put(object);
  };
  report("api", "OutOfSync", "Missing");
  report("web", "OutOfSync", "Missing");
  ASSERT_TRUE(eventually([&] { return app("api")["operation"]["sync"]["prune"].as_bool(); })) << to_json(set());
  EXPECT_EQ(condition("RolloutProgressing"), "True ApplicationSetModified: ApplicationSet is performing rollout of step 1");
  EXPECT_FALSE(app("web").contains("operation"));
  report("api", "Synced", "Healthy", true);
  ASSERT_TRUE(eventually([&] { return app("web")["operation"].is_map(); })) << to_json(set());
  report("web", "Synced", "Healthy", true);
  ASSERT_TRUE(eventually([&] { return condition("RolloutProgressing") == "False ApplicationSetRolloutComplete: ApplicationSet Rollout has completed"; }))
      << to_json(set());
  EXPECT_EQ(set()["status"]["applicationStatus"][1]["step"].as_string(), "2");
}

TEST_F(ApplicationSetsTest, a_policy_against_deletion_lets_the_applications_go_free) {
  put_set("  syncPolicy: {applicationsSync: create-update}\n");
  start();
  ASSERT_TRUE(eventually([&] { return !app("api").is_null() && !app("web").is_null(); }));
  Value held = set();
  held.edit("metadata").set("finalizers", Value::list({"resources-finalizer.argocd.argoproj.io"}));
  cluster.put(held);
  ASSERT_TRUE(cluster.remove({{"argoproj.io", "v1alpha1", "ApplicationSet"}, "argocd", "shop"}, {}));
  ASSERT_TRUE(eventually([&] { return set().is_null(); })) << to_json(set());
  EXPECT_TRUE(app("api")["metadata"]["ownerReferences"].empty());
  EXPECT_FALSE(app("api")["metadata"].contains("deletionTimestamp"));
}

}  // namespace
}  // namespace taut::controller
