#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "base/strings.hh"
#include "io/kube/cluster.hh"
#include "io/kube/event_recorder.hh"
#include "io/kube/lease.hh"
#include "sandbox/server.hh"
#include "value/json.hh"

namespace taut::kube {
namespace {

using namespace std::chrono_literals;

const Gvk kConfigMap{"", "v1", "ConfigMap"};
const Gvk kNamespace{"", "v1", "Namespace"};
const Gvk kDeployment{"apps", "v1", "Deployment"};

// The cluster under test, shared by all tests: TAUT_TEST_KUBECONFIG, or a sandbox.
ClientConfig test_config() {
  if (const char* file = std::getenv("TAUT_TEST_KUBECONFIG")) {
    auto config = load_client_config({file, ""});
    if (config) return *config;
    ADD_FAILURE() << config.error().report();
    return {};
  }
  static std::unique_ptr<sandbox::Sandbox> server = [] {
    sandbox::SandboxOptions options;
    options.workloads = false;
    auto started = sandbox::start(options);
    if (!started) ADD_FAILURE() << started.error().report();
    return started ? std::move(*started) : nullptr;
  }();
  auto parsed = parse_kubeconfig(server->kubeconfig(), "sandbox");
  auto config = parsed ? resolve_context(*parsed) : fail(parsed.error());
  if (!config) ADD_FAILURE() << config.error().report();
  return config ? *config : ClientConfig{};
}

class KubeServer : public ::testing::Test {
 protected:
  KubeServer() : cluster(test_config(), options()) {
    static int number = 0;
    ns = fmt::format("taut-test-{}-{}", getpid(), ++number);
    auto made = cluster.write({WriteVerb::kCreate, {kNamespace, "", ns}, {}});
    EXPECT_TRUE(made) << made.error().report();
  }
  ~KubeServer() override { EXPECT_TRUE(cluster.remove({kNamespace, "", ns}, {})); }

  static KubeOptions options() {
    KubeOptions out;
    out.list_chunk = 3;
    out.watch_first_retry = net::Milliseconds(50);
    out.unknown_kind_retry = net::Milliseconds(100);
    return out;
  }

  WriteRequest apply(const std::string& name, Value data) {
    WriteRequest out;
    out.ref = {kConfigMap, ns, name};
    out.body = Value::map(
        {{"metadata", Value::map({{"labels", Value::map({{"app", name}})}})}, {"data", std::move(data)}});
    return out;
  }

  KubeCluster cluster;
  std::string ns;
};

// Collects what a watch says, and waits for it.
class Seen {
 public:
  Cluster::WatchHandler handler() {
    return [this](WatchEvent event) {
      using Type = WatchEvent::Type;
      static const char* const marks[] = {"+", "~", "-", "synced", "failed"};
      std::lock_guard lock(mutex_);
      std::string name(name_of(event.object));
      if (event.type == Type::kFailed) name = ' ' + std::string(code_name(event.error->code()));
      if (name == "kube-root-ca.crt") return;  // a controller's
      lines_.push_back(marks[static_cast<int>(event.type)] + name);
      changed_.notify_all();
    };
  }
  // True once this line has come, after those that earlier calls saw.
  bool sees(const std::string& line) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [&] {
      for (; at_ < lines_.size(); ++at_)
        if (lines_[at_] == line) return ++at_, true;
      return false;
    });
  }
  std::string all() {
    std::lock_guard lock(mutex_);
    return join(lines_, " ");
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  size_t at_ = 0;
};

TEST_F(KubeServer, discovery_knows_the_built_in_kinds) {
  auto found = cluster.discover();
  ASSERT_TRUE(found) << found.error().report();
  EXPECT_TRUE(found->version.starts_with("v1.")) << found->version;
  const ApiResource* deployment = found->find("apps", "Deployment");
  ASSERT_TRUE(deployment);
  EXPECT_EQ(deployment->plural, "deployments");
  EXPECT_TRUE(deployment->namespaced);
  EXPECT_EQ(std::count(deployment->subresources.begin(), deployment->subresources.end(), "scale"), 1);
  EXPECT_FALSE(found->find("", "Namespace")->namespaced);
  auto again = cluster.discover();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->resources.size(), found->resources.size());
}

TEST_F(KubeServer, an_apply_creates_changes_and_conflicts) {
  auto first = cluster.write(apply("a", Value::map({{"x", "1"}})));
  ASSERT_TRUE(first) << first.error().report();
  EXPECT_TRUE(first->created);
  auto same = cluster.write(apply("a", Value::map({{"x", "1"}})));
  ASSERT_TRUE(same);
  EXPECT_FALSE(same->created);
  EXPECT_EQ(same->object, first->object);
  auto other = apply("a", Value::map({{"x", "2"}}));
  other.field_manager = "other";
  auto refused = cluster.write(other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kConflict);
  EXPECT_EQ(refused.error().message(), "Apply failed with 1 conflict: conflict with \"taut\": .data.x");
  other.force = other.dry_run = true;
  EXPECT_EQ(cluster.write(other)->object["data"]["x"].str(), "2");
  EXPECT_EQ(cluster.get({kConfigMap, ns, "a"})->operator[]("data")["x"].str(), "1");
  auto dropped = cluster.write(apply("a", Value::map()));
  ASSERT_TRUE(dropped);
  EXPECT_FALSE(dropped->object["data"].contains("x"));
}

TEST_F(KubeServer, every_verb_and_its_refusals) {
  ObjectRef ref{kConfigMap, ns, "v"};
  EXPECT_EQ(cluster.get(ref).error().message(), "configmaps \"v\" not found");
  Value body = Value::map({{"metadata", Value::map({{"name", "v"}})}, {"data", Value::map({{"a", "1"}})}});
  auto made = cluster.write({WriteVerb::kCreate, ref, body});
  ASSERT_TRUE(made) << made.error().report();
  EXPECT_EQ(cluster.write({WriteVerb::kCreate, ref, body}).error().code(), Code::kAlreadyExists);
  Value changed = made->object;
  changed.edit("data").set("a", "2");
  ASSERT_TRUE(cluster.write({WriteVerb::kUpdate, ref, changed}));
  EXPECT_EQ(cluster.write({WriteVerb::kUpdate, ref, changed}).error().code(), Code::kConflict);
  Value operation = Value::map({{"op", "add"}, {"path", "/data/b"}, {"value", "3"}});
  EXPECT_EQ(cluster.write({WriteVerb::kJsonPatch, ref, Value::list({operation})})->object["data"]["b"].str(), "3");
  Value merge = Value::map({{"data", Value::map({{"b", {}}})}});
  EXPECT_FALSE(cluster.write({WriteVerb::kMergePatch, ref, merge})->object["data"].contains("b"));
  EXPECT_EQ(cluster.write({WriteVerb::kStrategicPatch, ref, Value::map({{"data", Value::map({{"c", "4"}})}})})
                ->object["data"]["c"]
                .str(),
            "4");
  Value wrong = Value::map({{"data", Value::map({{"no good", "1"}})}});
  auto invalid = cluster.write({WriteVerb::kMergePatch, ref, wrong});
  ASSERT_FALSE(invalid);
  EXPECT_EQ(invalid.error().code(), Code::kInvalid);
  EXPECT_TRUE(invalid.error().message().starts_with("ConfigMap \"v\" is invalid: data[no good]: Invalid value"))
      << invalid.error().message();
  WriteRequest warned{WriteVerb::kMergePatch, ref, Value::map({{"bogus", 1}})};
  warned.field_validation = "Warn";
  EXPECT_EQ(cluster.write(warned)->warnings, (std::vector<std::string>{"unknown field \"bogus\""}));
  EXPECT_EQ(cluster.remove(ref, {"Background", "not-its-uid", false}).error().code(), Code::kConflict);
  EXPECT_TRUE(cluster.remove(ref, {"Background", "", true}));
  EXPECT_TRUE(cluster.get(ref));
  EXPECT_TRUE(cluster.remove(ref, {}));
  EXPECT_EQ(cluster.get(ref).error().code(), Code::kNotFound);
}

TEST_F(KubeServer, a_large_object_goes_both_ways) {
  std::string text(900'000, 'x');
  auto written = cluster.write(apply("large", Value::map({{"x", text}})));
  ASSERT_TRUE(written) << written.error().report();
  EXPECT_EQ((*cluster.get({kConfigMap, ns, "large"}))["data"]["x"].as_string(), text);
}

TEST_F(KubeServer, subresources_are_written_by_their_own_path) {
  auto made = cluster.write({WriteVerb::kApply, {kDeployment, ns, "web"}, *parse_json(R"({"spec":{
    "selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},
    "spec":{"containers":[{"name":"c","image":"i"}]}}}})")});
  ASSERT_TRUE(made) << made.error().report();
  WriteRequest scale{
      WriteVerb::kMergePatch, {kDeployment, ns, "web"}, *parse_json(R"({"spec":{"replicas":3}})"), "scale"};
  auto scaled = cluster.write(scale);
  ASSERT_TRUE(scaled) << scaled.error().report();
  EXPECT_EQ(scaled->object["kind"].str(), "Scale");
  WriteRequest status{WriteVerb::kMergePatch,
                      {kDeployment, ns, "web"},
                      *parse_json(R"({"status":{"observedGeneration":7}})"),
                      "status"};
  ASSERT_TRUE(cluster.write(status));
  Value now = *cluster.get({kDeployment, ns, "web"});
  EXPECT_EQ(now["spec"]["replicas"].as_int(), 3);
  EXPECT_GE(now["status"]["observedGeneration"].as_int(), 1);
}

TEST_F(KubeServer, lists_come_in_chunks_and_are_whole) {
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(cluster.write(apply("n" + std::to_string(i), {})));
  auto list = cluster.list(kConfigMap, {ns, "app", ""});
  ASSERT_TRUE(list) << list.error().report();
  ASSERT_EQ(list->items.size(), 8u);
  for (const auto& item : list->items) EXPECT_EQ(item["kind"].str(), "ConfigMap");
  EXPECT_FALSE(list->resource_version.empty());
  EXPECT_EQ(cluster.list(kConfigMap, {ns, "app in (n1,n2)", ""})->items.size(), 2u);
  EXPECT_EQ(cluster.list(kConfigMap, {ns, "", "metadata.name=n3"})->items.size(), 1u);
}

TEST_F(KubeServer, a_watch_tells_what_happens) {
  ASSERT_TRUE(cluster.write(apply("before", {})));
  Seen all, some;
  auto one = cluster.watch(kConfigMap, {ns, "", ""}, all.handler());
  auto two = cluster.watch(kConfigMap, {ns, "app=later", ""}, some.handler());
  EXPECT_TRUE(all.sees("+before") && all.sees("synced")) << all.all();
  EXPECT_TRUE(some.sees("synced"));
  ASSERT_TRUE(cluster.write(apply("later", {})));
  EXPECT_TRUE(all.sees("+later")) << all.all();
  EXPECT_TRUE(some.sees("+later"));
  ASSERT_TRUE(cluster.write(apply("later", Value::map({{"x", "1"}}))));
  EXPECT_TRUE(some.sees("~later"));
  ASSERT_TRUE(cluster.remove({kConfigMap, ns, "later"}, {}));
  EXPECT_TRUE(all.sees("-later")) << all.all();
  EXPECT_TRUE(some.sees("-later"));
  if (cluster.config().server.scheme == "https" && std::getenv("TAUT_TEST_KUBECONFIG")) {
    EXPECT_EQ(cluster.connections(), 1u);  // a real API server speaks HTTP/2
  }
}

TEST_F(KubeServer, a_kind_is_usable_as_soon_as_its_definition_is_there) {
  const Gvk gizmo{"taut-test.example.com", "v1", "Gizmo"};
  Seen seen;
  auto watch = cluster.watch(gizmo, {}, seen.handler());
  EXPECT_TRUE(seen.sees("failed not found")) << seen.all();
  ObjectRef crd{{"apiextensions.k8s.io", "v1", "CustomResourceDefinition"}, "", "gizmos.taut-test.example.com"};
  auto made = cluster.write({WriteVerb::kApply, crd, *parse_json(R"({"spec":{"group":"taut-test.example.com",
    "scope":"Namespaced","names":{"plural":"gizmos","singular":"gizmo","kind":"Gizmo","listKind":"GizmoList"},
    "versions":[{"name":"v1","served":true,"storage":true,
     "schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}})")});
  ASSERT_TRUE(made) << made.error().report();
  EXPECT_TRUE(seen.sees("synced")) << seen.all();
  auto object = cluster.write({WriteVerb::kApply, {gizmo, ns, "g"}, *parse_json(R"({"spec":{"a":1}})")});
  EXPECT_TRUE(object) << object.error().report();
  EXPECT_TRUE(seen.sees("+g")) << seen.all();
  EXPECT_TRUE(cluster.remove(crd, {}));
  EXPECT_TRUE(seen.sees("-g")) << seen.all();
}

TEST_F(KubeServer, leases_and_events_work) {
  Time now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  Lease one(cluster, {ns, "leader", "one"}), two(cluster, {ns, "leader", "two"});
  auto got = one.try_acquire(now);
  ASSERT_TRUE(got) << got.error().report();
  EXPECT_TRUE(*got);
  EXPECT_FALSE(*two.try_acquire(now));
  EXPECT_TRUE(*one.try_acquire(now + 1s));
  EXPECT_TRUE(one.release(now + 2s));
  EXPECT_TRUE(*two.try_acquire(now + 3s));
  Value object = cluster.write(apply("subject", {}))->object;
  EventRecorder recorder(cluster, "taut-test");
  for (int i = 0; i < 2; ++i) {
    auto recorded = recorder.record(object, {"Normal", "Tested", "it works"}, now + i * 1s);
    ASSERT_TRUE(recorded) << recorded.error().report();
  }
  auto events = cluster.list({"", "v1", "Event"}, {ns, "", "involvedObject.name=subject"});
  ASSERT_TRUE(events) << events.error().report();
  ASSERT_EQ(events->items.size(), 1u);
  EXPECT_EQ(events->items[0]["count"].as_int(), 2);
}

TEST_F(KubeServer, a_wrong_token_is_refused_and_not_shown) {
  ClientConfig config = test_config();
  config.auth = {};
  config.auth.token = "wrong-token";
  config.tls.certificate = config.tls.key = "";
  KubeCluster stranger(config);
  auto refused = stranger.get({kConfigMap, ns, "a"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kUnauthenticated);
  EXPECT_EQ(refused.error().report().find("wrong-token"), std::string::npos);
}

}  // namespace
}  // namespace taut::kube
