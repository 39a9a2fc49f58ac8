#include "controller/controller.hh"

#include <gtest/gtest.h>

#include "controller/install.hh"
#include "controller/preview.hh"
#include "controller/rendering.hh"
#include "plan/print.hh"
#include "port/fake_cluster.hh"
#include "port/memory_repositories.hh"
#include "value/json.hh"

namespace taut::controller {
namespace {

using namespace std::chrono_literals;

Value json(std::string_view text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(Value());
}

// Every file of the source's folder is one object in JSON.
Result<engine::RenderedObjects> render_json(const TreePtr& tree, const engine::Render& wanted, const RefTrees&) {
  engine::RenderedObjects out;
  out.source_type = "Directory";
  auto entries = tree->list(wanted.source.path);
  if (!entries) return fail(Code::kNotFound, "{}: app path does not exist", wanted.source.path);
  for (const auto& entry : *entries) {
    TAUT_ASSIGN(auto text, tree->read(wanted.source.path + "/" + entry.name));
    TAUT_ASSIGN(auto object, parse_json(*text));
    out.objects.push_back(std::move(object));
  }
  return out;
}

constexpr const char* kRepo = "https://git.example.com/shop.git";

std::string config_map(std::string_view name, std::string_view value, std::string_view annotations = "{}") {
  return fmt::format(R"({{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"{}","annotations":{}}},"data":{{"k":"{}"}}}})",
                     name, annotations, value);
}

Value application(std::string_view name, std::string_view policy = R"({"automated":{"prune":true,"selfHeal":true}})",
                  std::string_view path = "app") {
  return json(fmt::format(R"({{"apiVersion":"argoproj.io/v1alpha1","kind":"Application","metadata":{{"name":"{}",
    "namespace":"argocd","finalizers":["resources-finalizer.argocd.argoproj.io"]}},"spec":{{"project":"default",
    "source":{{"repoURL":"{}","path":"{}","targetRevision":"main"}},"destination":{{"server":"https://kubernetes.default.svc",
    "namespace":"shop"}},"syncPolicy":{}}}}})", name, kRepo, path, policy));
}

class ControllerTest : public testing::Test {
 protected:
  ControllerTest() {
    cluster.put(json(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}})"));
    cluster.put(json(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"argocd"}})"));
  }
  ~ControllerTest() override {
    if (controller) controller->stop();
  }
  void start(RenderFunction render = render_json) {
    ControllerOptions options;
    options.render = std::move(render);
    options.engine.poll_interval = 1h;
    options.observer = [this](const engine::Notice& notice) {
      std::lock_guard lock(notices_mutex);
      notices.push_back(notice);
    };
    options.record_event = [this](const Value& application, const argo::EventText& event) {
      std::lock_guard lock(notices_mutex);
      recorded.push_back(fmt::format("{} {} {}: {}", name_of(application), event.type, event.reason, event.message));
    };
    controller = std::make_unique<Controller>(options, cluster, repositories, clock);
    controller->start();
  }
  // Waits at most five seconds.
  template <class F>
  bool eventually(F condition) {
    for (int i = 0; i < 1000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(5ms);
    }
    return false;
  }
  Value app(std::string_view name = "web") const { return cluster.object({"argoproj.io", "Application", "argocd", std::string(name)}); }
  Value map(std::string_view name) const { return cluster.object({"", "ConfigMap", "shop", std::string(name)}); }
  bool synced(std::string_view name = "web") const {
    Value object = app(name);
    return object["status"]["sync"]["status"].as_string() == "Synced" &&
           object["status"]["operationState"]["phase"].as_string() == "Succeeded";
  }
  size_t count(engine::Notice::Kind kind) {
    std::lock_guard lock(notices_mutex);
    return std::ranges::count_if(notices, [&](const auto& notice) { return notice.kind == kind; });
  }

  FakeCluster cluster;
  MemoryRepositories repositories;
  SystemClock clock;
  std::mutex notices_mutex;
  std::vector<engine::Notice> notices;
  std::vector<std::string> recorded;
  std::unique_ptr<Controller> controller;
};

TEST_F(ControllerTest, what_templates_make_at_random_stays_as_it_is_in_the_cluster) {
  std::atomic<int> renders = 0;
  auto render = [&](const TreePtr& tree, const engine::Render& wanted, const RefTrees& refs) {
    auto out = render_json(tree, wanted, refs);
    if (!out) return out;
    out->objects[0].edit("data").set("password", fmt::format("random-{}", ++renders));
    out->generated[0] = {"/data/password"};
    return out;
  };
  repositories.commit(kRepo, {{"app/a.json", config_map("a", "1")}});
  cluster.put(application("web"));
  start(render);
  ASSERT_TRUE(eventually([&] { return synced(); })) << to_json(app()["status"]);
  std::string first = map("a")["data"]["password"].str();
  EXPECT_EQ(app()["status"]["conditions"][0]["message"].as_string(),
            "Templates make some values at random or of the time: they are kept as they are in the cluster, in ConfigMap shop/a");
  std::string second = repositories.commit(kRepo, {{"app/a.json", config_map("a", "2")}});
  controller->notify(kRepo);
  ASSERT_TRUE(eventually([&] { return map("a")["data"]["k"].as_string() == "2" && synced() && app()["status"]["sync"]["revision"].as_string() == second; }));
  EXPECT_GE(renders, 2);
  EXPECT_EQ(map("a")["data"]["password"].str(), first);
  // Unless the application says otherwise.
  Value renewed = app();
  renewed.edit("metadata").edit("annotations").set(argo::kGeneratedValuesAnnotation, "renew");
  cluster.put(renewed);
  repositories.commit(kRepo, {{"app/a.json", config_map("a", "3")}});
  controller->notify(kRepo);
  EXPECT_TRUE(eventually([&] { return map("a")["data"]["k"].as_string() == "3" && map("a")["data"]["password"].str() != first; }));
}

TEST_F(ControllerTest, several_sources_are_one_application) {
  constexpr const char* kOther = "https://git.example.com/settings.git";
  std::string first = repositories.commit(kRepo, {{"app/a.json", config_map("a", "1")}, {"app/both.json", config_map("both", "shop")}});
  std::string second = repositories.commit(kOther, {{"env/b.json", config_map("b", "1")}, {"env/both.json", config_map("both", "settings")}});
  Value several = application("web");
  auto source = [](const char* repo, const char* path) {
    return Value::map({{"repoURL", repo}, {"path", path}, {"targetRevision", "main"}});
  };
  several.edit("spec").erase("source");
  several.edit("spec").set("sources", Value::list({source(kRepo, "app"), source(kOther, "env")}));
  cluster.put(several);
  start();
  ASSERT_TRUE(eventually([&] { return synced(); })) << to_json(app()["status"]);
  EXPECT_EQ(map("a")["data"]["k"].as_string(), "1");
  EXPECT_EQ(map("both")["data"]["k"].as_string(), "settings");  // the last source wins
  Value status = app()["status"];
  EXPECT_EQ(status["sync"]["revisions"], Value::list({first, second}));
  EXPECT_EQ(status["sync"]["comparedTo"]["sources"].size(), 2u);
  EXPECT_EQ(status["history"][0]["revisions"].size(), 2u);
  EXPECT_EQ(status["sourceTypes"], Value::list({"Directory", "Directory"}));
  EXPECT_EQ(status["conditions"][0]["type"].as_string(), "RepeatedResourceWarning");
  // A commit to one of them.
  repositories.commit(kOther, {{"env/b.json", config_map("b", "2")}});
  controller->notify(kOther);
  ASSERT_TRUE(eventually([&] { return map("b")["data"]["k"].as_string() == "2" && map("both")["data"]["k"].as_string() == "shop" && synced(); }));
  // What is wrong with one of them is told by its number.
  repositories.commit(kOther, {{"env/b.json", "{"}});
  controller->notify(kOther);
  EXPECT_TRUE(eventually([&] {
    return app()["status"]["conditions"][0]["message"].as_string().starts_with("Failed to load target state: failed to generate manifest for source 2 of 2: ");
  })) << to_json(app()["status"]["conditions"]);
}

TEST_F(ControllerTest, checks_and_rules_of_argocd_cm_are_followed_when_they_change) {
  auto settings = [&](std::string_view state) {
    cluster.put(json(fmt::format(R"({{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"argocd-cm","namespace":"argocd"}},"data":{{
      "resource.customizations.health.ConfigMap":"return {{status = '{}', message = obj.data.k}}",
      "resource.customizations.ignoreDifferences.ConfigMap":"jqPathExpressions: ['.data.mine']"}}}})", state)));
  };
  repositories.commit(kRepo, {{"app/a.json", config_map("a", "1")}});
  settings("Suspended");
  cluster.put(application("web"));
  start();
  auto health = [&] { return app()["status"]["health"]["status"].str(); };
  ASSERT_TRUE(eventually([&] { return synced() && health() == "Suspended"; })) << to_json(app()["status"]);
  settings("Degraded");
  EXPECT_TRUE(eventually([&] { return health() == "Degraded"; })) << to_json(app()["status"]);
  cluster.erase({"", "ConfigMap", "argocd", "argocd-cm"});
  EXPECT_TRUE(eventually([&] { return health() == "Healthy"; })) << to_json(app()["status"]);
}

TEST_F(ControllerTest, a_commit_is_rolled_out_drift_is_healed_and_what_is_removed_is_pruned) {
  std::string first = repositories.commit(kRepo, {{"app/a.json", config_map("a", "1")}, {"app/b.json", config_map("b", "1")}});
  cluster.put(application("web"));
  start();
  ASSERT_TRUE(eventually([&] { return synced(); })) << to_json(app()["status"], {.indent = "  "});
  EXPECT_EQ(map("a")["data"]["k"].as_string(), "1");
  EXPECT_EQ(annotation_of(map("a"), "argocd.argoproj.io/tracking-id"), "web:/ConfigMap:shop/a");
  Value status = app()["status"];
  EXPECT_EQ(status["sync"]["revision"].as_string(), first);
  EXPECT_EQ(status["health"]["status"].as_string(), "Healthy");
  EXPECT_EQ(status["operationState"]["message"].as_string(), "successfully synced (all tasks run)");
  EXPECT_EQ(status["history"].size(), 1u);
  EXPECT_EQ(status["resources"].size(), 2u);

  // Somebody edits.
  cluster.edit({"", "ConfigMap", "shop", "a"}, {"data", "k"}, "by hand");
  ASSERT_TRUE(eventually([&] { return map("a")["data"]["k"].as_string() == "1"; }));
  ASSERT_TRUE(eventually([&] { return count(engine::Notice::Kind::kHealed) == 1; }));
  ASSERT_TRUE(eventually([&] { return synced(); }));

  // Somebody deletes.
  cluster.erase({"", "ConfigMap", "shop", "b"});
  ASSERT_TRUE(eventually([&] { return !map("b").is_null(); }));

  // A commit changes one object and removes the other.
  std::string second = repositories.commit(kRepo, {{"app/a.json", config_map("a", "2")}});
  controller->notify(kRepo);
  ASSERT_TRUE(eventually([&] { return map("b").is_null() && map("a")["data"]["k"].as_string() == "2"; }));
  ASSERT_TRUE(eventually([&] { return synced() && app()["status"]["sync"]["revision"].as_string() == second; }));
  EXPECT_EQ(app()["status"]["history"].size(), 2u);
}

TEST_F(ControllerTest, a_wrong_path_and_a_lost_repository_are_conditions_and_pass) {
  repositories.commit(kRepo, {{"app/a.json", config_map("a", "1")}});
  cluster.put(application("web", R"({"automated":{}})", "nowhere"));
  start();
  auto condition = [&] { return app()["status"]["conditions"][0]["message"].str(); };
  ASSERT_TRUE(eventually([&] { return !condition().empty(); }));
  EXPECT_EQ(condition(), "Failed to load target state: failed to generate manifest for source 1 of 1: nowhere: app path does not exist");
  EXPECT_EQ(app()["status"]["conditions"][0]["type"].as_string(), "ComparisonError");
  EXPECT_EQ(app()["status"]["sync"]["status"].as_string(), "Unknown");
  repositories.commit(kRepo, {{"nowhere/a.json", config_map("a", "1")}});
  controller->notify(kRepo);
  ASSERT_TRUE(eventually([&] { return synced(); }));
  EXPECT_TRUE(app()["status"]["conditions"].is_null());
}

TEST_F(ControllerTest, an_application_that_is_deleted_takes_its_objects_with_it) {
  repositories.commit(kRepo, {{"app/a.json", config_map("a", "1")}});
  cluster.put(application("web"));
  start();
  ASSERT_TRUE(eventually([&] { return synced(); }));
  ASSERT_TRUE(cluster.remove({argo::application_gvk(), "argocd", "web"}, {}));
  ASSERT_TRUE(eventually([&] { return app().is_null(); }));
  EXPECT_TRUE(map("a").is_null());
}

TEST_F(ControllerTest, a_manual_sync_a_rollback_and_the_sync_after_it) {
  std::string first = repositories.commit(kRepo, {{"app/a.json", config_map("a", "1")}});
  cluster.put(application("web"));
  start();
  ASSERT_TRUE(eventually([&] { return synced(); }));
  repositories.commit(kRepo, {{"app/a.json", config_map("a", "2")}});
  controller->notify(kRepo);
  ASSERT_TRUE(eventually([&] { return map("a")["data"]["k"].as_string() == "2" && synced(); }));
  ASSERT_TRUE(eventually([&] { return app()["status"]["history"].size() == 2; }));

  auto back = argo::rollback_operation(app(), std::nullopt, true);
  ASSERT_TRUE(back) << back.error().message();
  auto patch = [&](Value body) {
    WriteRequest request;
    request.verb = WriteVerb::kMergePatch;
    request.ref = {argo::application_gvk(), "argocd", "web"};
    request.body = std::move(body);
    ASSERT_TRUE(cluster.write(request));
  };
  patch(argo::operation_patch(*back));
  ASSERT_TRUE(eventually([&] { return map("a")["data"]["k"].as_string() == "1"; }));
  ASSERT_TRUE(eventually([&] { return app()["operation"].is_null() && synced(); }));
  // It stays there, and heals there.
  ASSERT_TRUE(eventually([&] { return app()["status"]["conditions"][0]["type"].as_string() == "AutoSyncHeldWarning"; }));
  cluster.edit({"", "ConfigMap", "shop", "a"}, {"data", "k"}, "by hand");
  ASSERT_TRUE(eventually([&] { return map("a")["data"]["k"].as_string() == "1"; }));
  EXPECT_EQ(app()["status"]["sync"]["revision"].as_string(), first);

  engine::Operation sync;
  sync.prune = true;
  patch(argo::operation_patch(sync));
  ASSERT_TRUE(eventually([&] { return map("a")["data"]["k"].as_string() == "2"; }));
  ASSERT_TRUE(eventually([&] { return synced() && app()["status"]["conditions"].is_null(); }));
}

TEST_F(ControllerTest, a_restart_goes_on_where_the_last_one_stopped) {
  repositories.commit(kRepo, {{"app/a.json", config_map("a", "1")}, {"app/b.json", config_map("b", "1")}});
  cluster.put(application("web"));
  start();
  ASSERT_TRUE(eventually([&] { return synced(); }));
  controller.reset();
  repositories.commit(kRepo, {{"app/a.json", config_map("a", "2")}});
  cluster.clear_calls();
  start();
  ASSERT_TRUE(eventually([&] { return map("b").is_null() && map("a")["data"]["k"].as_string() == "2" && synced(); }));
}

TEST_F(ControllerTest, custom_resources_wait_for_their_definition_in_the_same_sync) {
  repositories.commit(kRepo, {{"app/crd.json", R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
      "metadata":{"name":"tests.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"kind":"Test","plural":"tests"},
      "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}})"},
                              {"app/test.json", R"({"apiVersion":"example.com/v1","kind":"Test","metadata":{"name":"t"}})"}});
  cluster.put(application("web"));
  start();
  ASSERT_TRUE(eventually([&] { return cluster.exists({"apiextensions.k8s.io", "CustomResourceDefinition", "", "tests.example.com"}); }));
  cluster.edit({"apiextensions.k8s.io", "CustomResourceDefinition", "", "tests.example.com"}, {"status"},
               json(R"({"conditions":[{"type":"Established","status":"True"}]})"));
  ASSERT_TRUE(eventually([&] { return cluster.exists({"example.com", "Test", "shop", "t"}); })) << to_json(app()["status"], {.indent = " "});
  ASSERT_TRUE(eventually([&] { return synced(); })) << to_json(app()["status"], {.indent = " "});
}

TEST_F(ControllerTest, a_preview_says_what_a_sync_would_do_and_does_nothing) {
  repositories.commit(kRepo, {{"app/a.json", config_map("a", "1")}, {"app/b.json", config_map("b", "1")}});
  cluster.put(application("web"));
  start();
  ASSERT_TRUE(eventually([&] { return synced(); }));
  controller->stop();
  std::string sha = repositories.commit(kRepo, {{"app/a.json", config_map("a", "2")}, {"app/c.json", config_map("c", "1")}});
  cluster.clear_calls();
  ControllerOptions options;
  options.render = render_json;
  auto plan = preview({app(), nullptr, sha, nullptr, true}, cluster, repositories, options, clock.now());
  ASSERT_TRUE(plan) << plan.error().to_string();
  EXPECT_EQ(plan::to_text(*plan),
            "~ change ConfigMap shop/a\n    ~ .data.k: \"1\" -> \"2\"   (argocd-controller)\n- prune ConfigMap shop/b\n+ create ConfigMap shop/c\n"
            "1 to create, 1 to change, 1 to prune\n");
  for (const auto& call : cluster.calls()) EXPECT_TRUE(call.verb == "discover" || call.verb == "list") << call.to_string();

  auto lost = preview({application("x", "{}", "nowhere"), nullptr, sha, nullptr, true}, cluster, repositories, options, clock.now());
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().message(), "nowhere: app path does not exist");
}

TEST_F(ControllerTest, folders_of_yaml_are_rendered_and_what_is_wrong_in_them_has_a_line) {
  repositories.commit(kRepo, {{"app/all.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: \"1\"\n"}});
  cluster.put(application("web"));
  start(make_renderer(std::make_shared<render::Memo>(), {"1.36.1", {}}));
  ASSERT_TRUE(eventually([&] { return synced(); }));
  EXPECT_EQ(map("a")["data"]["k"].as_string(), "1");
  EXPECT_EQ(app()["status"]["sourceType"].as_string(), "Directory");
  repositories.commit(kRepo, {{"app/all.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: [\n"}});
  controller->notify(kRepo);
  ASSERT_TRUE(eventually([&] { return app()["status"]["sync"]["status"].as_string() == "Unknown"; }));
  std::string message = app()["status"]["conditions"][0]["message"].str();
  EXPECT_NE(message.find("app/all.yaml:"), std::string::npos) << message;
  EXPECT_FALSE(map("a").is_null());
}

TEST_F(ControllerTest, events_are_written_in_argo_cd_s_words) {
  std::string sha = repositories.commit(kRepo, {{"app/a.json", config_map("a", "1")}});
  cluster.put(application("web"));
  start();
  std::vector<std::string> wanted = {"web Normal OperationStarted: Initiated automated sync to '" + sha + "'",
                                     "web Normal OperationCompleted: Sync operation to " + sha + " succeeded",
                                     "web Normal ResourceUpdated: Updated health status: Unknown -> Healthy"};
  std::ranges::sort(wanted);
  ASSERT_TRUE(eventually([&] {
    std::lock_guard lock(notices_mutex);
    return recorded.size() == wanted.size();
  }));
  std::ranges::sort(recorded);
  EXPECT_EQ(recorded, wanted);
}

TEST_F(ControllerTest, installing_leaves_alone_what_is_there) {
  FakeCluster bare;
  ASSERT_TRUE(install(bare, "argocd"));
  EXPECT_TRUE(bare.exists({"", "Namespace", "", "argocd"}));
  EXPECT_TRUE(bare.exists({"apiextensions.k8s.io", "CustomResourceDefinition", "", "applications.argoproj.io"}));
  ASSERT_TRUE(install(bare, "argocd"));
}

}  // namespace
}  // namespace taut::controller
