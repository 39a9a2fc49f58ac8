// Applications that go to other clusters than the one they are in.
#include <gtest/gtest.h>

#include "base/base64.hh"
#include "controller/controller.hh"
#include "port/fake_cluster.hh"
#include "port/memory_repositories.hh"
#include "value/json.hh"

namespace taut::controller {
namespace {

using namespace std::chrono_literals;

constexpr const char* kRepo = "https://git.example.com/shop.git";
constexpr const char* kEast = "https://east.example:6443";

Value json(std::string_view text) { return *parse_json(text); }

Value cluster_secret(std::string_view name, std::string_view server, std::string_view token = "t") {
  std::string config = fmt::format(R"({{"bearerToken":"{}"}})", token);
  return json(fmt::format(
      R"({{"apiVersion":"v1","kind":"Secret","metadata":{{"name":"cluster-{}","namespace":"argocd",
        "labels":{{"argocd.argoproj.io/secret-type":"cluster"}}}},
        "data":{{"name":"{}","server":"{}","config":"{}"}}}})",
      name, base64_encode(name), base64_encode(server), base64_encode(config)));
}

Value application(std::string_view name, std::string_view destination) {
  return json(fmt::format(R"({{"apiVersion":"argoproj.io/v1alpha1","kind":"Application","metadata":{{"name":"{}",
    "namespace":"argocd","finalizers":["resources-finalizer.argocd.argoproj.io"]}},"spec":{{"project":"default",
    "source":{{"repoURL":"{}","path":"app","targetRevision":"main"}},"destination":{{{},"namespace":"shop"}},
    "syncPolicy":{{"automated":{{"prune":true,"selfHeal":true}}}}}}}})", name, kRepo, destination));
}

Result<engine::RenderedObjects> render_map(const TreePtr& tree, const engine::Render&, const RefTrees&) {
  TAUT_ASSIGN(auto text, tree->read("app/map.json"));
  TAUT_ASSIGN(auto object, parse_json(*text));
  return engine::RenderedObjects{{object}, "Directory", {}};
}

class SitesTest : public testing::Test {
 protected:
  SitesTest() {
    for (FakeCluster* cluster : {home.get(), east.get()}) cluster->put(json(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}})"));
    home->put(json(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"argocd"}})"));
    repositories.commit(kRepo, {{"app/map.json", R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"k":"1"}})"}});
  }
  ~SitesTest() override {
    if (controller) controller->stop();
  }
  void start() {
    ControllerOptions options;
    options.engine.poll_interval = 1h;
    options.render = render_map;
    options.open_cluster = [this](const argo::ClusterSecret& secret) -> Result<std::shared_ptr<Cluster>> {
      std::lock_guard lock(mutex);
      opened.push_back(secret.server + " " + secret.connection.bearer_token);
      return east;
    };
    controller = std::make_unique<Controller>(options, *home, repositories, clock);
    controller->start();
  }
  template <class F>
  bool eventually(F condition) {
    for (int i = 0; i < 2000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(5ms);
    }
    return false;
  }
  Value app(std::string_view name) const { return home->object({"argoproj.io", "Application", "argocd", std::string(name)}); }
  bool synced(std::string_view name) const { return app(name)["status"]["sync"]["status"].as_string() == "Synced"; }
  std::string condition(std::string_view name) const { return app(name)["status"]["conditions"][0]["message"].str(); }
  static bool has_map(const FakeCluster& cluster) { return cluster.exists({"", "ConfigMap", "shop", "m"}); }

  std::shared_ptr<FakeCluster> home = std::make_shared<FakeCluster>(), east = std::make_shared<FakeCluster>();
  MemoryRepositories repositories;
  SystemClock clock;
  std::mutex mutex;
  std::vector<std::string> opened;
  std::unique_ptr<Controller> controller;
};

TEST_F(SitesTest, an_application_is_applied_and_healed_where_it_goes) {
  home->put(cluster_secret("east", kEast));
  home->put(application("by-name", R"("name":"east")"));
  start();
  ASSERT_TRUE(eventually([&] { return synced("by-name"); })) << to_json(app("by-name")["status"]);
  EXPECT_TRUE(has_map(*east));
  EXPECT_FALSE(has_map(*home));
  east->edit({"", "ConfigMap", "shop", "m"}, {"data", "k"}, "edited");
  EXPECT_TRUE(eventually([&] { return east->object({"", "ConfigMap", "shop", "m"})["data"]["k"].as_string() == "1"; }));
}

TEST_F(SitesTest, a_cluster_that_is_away_holds_up_its_own_only_and_comes_back_by_itself) {
  east->fail_always(Error(Code::kUnavailable, "dial tcp 10.0.0.1:6443: connect: connection refused"));
  home->put(cluster_secret("east", kEast));
  home->put(application("far", R"("server":"https://east.example:6443/")"));
  home->put(application("near", R"("server":"https://kubernetes.default.svc")"));
  start();
  ASSERT_TRUE(eventually([&] { return synced("near"); }));
  ASSERT_TRUE(eventually([&] { return !condition("far").empty(); }));
  EXPECT_NE(condition("far").find("failed to get cluster info for \"https://east.example:6443\": dial tcp 10.0.0.1:6443: connect: connection refused"),
            std::string::npos) << condition("far");
  EXPECT_EQ(app("far")["status"]["sync"]["status"].as_string(), "Unknown");
  east->clear_faults();
  ASSERT_TRUE(eventually([&] { return synced("far"); })) << to_json(app("far")["status"]);
  EXPECT_TRUE(has_map(*east));
}

TEST_F(SitesTest, a_cluster_may_come_later_and_change_its_credentials) {
  home->put(application("far", R"("name":"east")"));
  start();
  ASSERT_TRUE(eventually([&] { return condition("far") == "there are no clusters with this name: east"; })) << condition("far");
  home->put(cluster_secret("east", kEast, "one"));
  ASSERT_TRUE(eventually([&] { return synced("far"); })) << to_json(app("far")["status"]);
  EXPECT_EQ(app("far")["status"]["conditions"].size(), 0u);
  home->put(cluster_secret("east", kEast, "two"));
  ASSERT_TRUE(eventually([&] { std::lock_guard lock(mutex); return opened.size() == 2; }));
  EXPECT_EQ(opened, (std::vector<std::string>{"https://east.example:6443 one", "https://east.example:6443 two"}));
  east->erase({"", "ConfigMap", "shop", "m"});
  EXPECT_TRUE(eventually([&] { return has_map(*east); }));
}

TEST_F(SitesTest, an_application_of_a_vanished_cluster_can_be_deleted) {
  home->put(cluster_secret("east", kEast));
  home->put(application("far", R"("name":"east")"));
  start();
  ASSERT_TRUE(eventually([&] { return synced("far"); }));
  home->erase({"", "Secret", "argocd", "cluster-east"});
  ASSERT_TRUE(eventually([&] { return condition("far") == "there are no clusters with this name: east"; }));
  ASSERT_TRUE(home->remove({argo::application_gvk(), "argocd", "far"}, {}));
  EXPECT_TRUE(eventually([&] { return app("far").is_null(); })) << to_json(app("far"));
  EXPECT_TRUE(has_map(*east));
}

TEST_F(SitesTest, what_a_secret_says_wrongly_is_said_by_its_applications) {
  Value secret = cluster_secret("east", kEast);
  secret.edit("data").set("config", base64_encode(R"({"awsAuthConfig":{"clusterName":"x"}})"));
  home->put(secret);
  home->put(application("far", R"("name":"east")"));
  start();
  ASSERT_TRUE(eventually([&] { return condition("far").find("awsAuthConfig is not supported by taut") != std::string::npos; })) << condition("far");
}

}  // namespace
}  // namespace taut::controller
