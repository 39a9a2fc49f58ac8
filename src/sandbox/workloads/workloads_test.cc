#include "sandbox/workloads/workloads.hh"

#include <gtest/gtest.h>

#include <algorithm>

#include "sandbox/workloads/fake_cluster.hh"
#include "sandbox/workloads/fake_garbage.hh"
#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/objects.hh"
#include "value/json.hh"

namespace taut::sandbox::workloads {
namespace {

using namespace std::chrono_literals;

class Scenario : public ::testing::Test {
 protected:
  void begin(Options options = {}) {
    options.default_class = false;
    workloads_ = Workloads::start_on([this](const std::string&) { return cluster_.client(); }, time_, options);
    garbage_ = collect_garbage(cluster_, time_);
    make(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"default"}})");
    time_.run_for(50ms);
  }
  Value make(std::string_view json) { return *cluster_.client()->create(*parse_json(json)); }
  Value deployment(std::string_view image, int replicas = 2) {
    return *parse_json(fmt::format(R"({{"apiVersion":"apps/v1","kind":"Deployment","metadata":{{"name":"web","namespace":"default"}},
        "spec":{{"replicas":{},"progressDeadlineSeconds":10,"selector":{{"matchLabels":{{"app":"web"}}}},
        "template":{{"metadata":{{"labels":{{"app":"web"}}}},"spec":{{"containers":[{{"name":"app","image":"{}"}}]}}}}}}}})",
                                   replicas, image));
  }
  Value get(const Gvk& gvk, std::string_view name, std::string_view ns = "default") {
    return cluster_.client()->get(gvk, ns, name).value_or(Value());
  }
  std::vector<Value> list(const Gvk& gvk) { return *cluster_.client()->list(gvk, ""); }
  bool happened(std::string_view text) {
    return std::ranges::any_of(cluster_.events(), [&](const std::string& event) { return event.find(text) != event.npos; });
  }

  FakeScheduler time_{*parse_rfc3339("2026-01-01T00:00:00Z")};
  FakeCluster cluster_{time_};
  std::unique_ptr<Workloads> workloads_;
  std::unique_ptr<Runtime> garbage_;
};

TEST_F(Scenario, a_deployment_becomes_available_in_under_half_a_second) {
  begin();
  ASSERT_TRUE(cluster_.client()->create(deployment("img:1")));
  time_.run_for(400ms);
  const Value web = get(known::kDeployment, "web");
  EXPECT_EQ(web["status"]["availableReplicas"].as_int(), 2) << to_json(web);
  EXPECT_EQ(condition_of(web["status"], "Progressing")["reason"].as_string(), "NewReplicaSetAvailable");
  EXPECT_EQ(annotation_of(web, "deployment.kubernetes.io/revision"), "1");
  for (const Value& pod : list(known::kPod)) EXPECT_TRUE(pod_ready(pod)) << to_json(pod);
  EXPECT_TRUE(happened("Successfully assigned default/web-"));
}

TEST_F(Scenario, nothing_is_pending_once_all_is_well) {
  begin();
  ASSERT_TRUE(cluster_.client()->create(deployment("img:1")));
  time_.run_for(20s);
  EXPECT_TRUE(time_.idle());
}

TEST_F(Scenario, a_rollout_replaces_the_pods_and_a_rollback_reuses_the_old_set) {
  begin();
  ASSERT_TRUE(cluster_.client()->create(deployment("img:1")));
  time_.run_for(2s);
  const std::string first = list(known::kReplicaSet)[0]["metadata"]["name"].str();
  ASSERT_TRUE(cluster_.client()->update(deployment("img:2")));
  time_.run_for(5s);
  ASSERT_EQ(list(known::kReplicaSet).size(), 2u);
  EXPECT_EQ(list(known::kPod).size(), 2u);
  ASSERT_TRUE(cluster_.client()->update(deployment("img:1")));
  time_.run_for(5s);
  const Value set = get(known::kReplicaSet, first);
  EXPECT_EQ(set["status"]["availableReplicas"].as_int(), 2);
  EXPECT_EQ(annotation_of(set, "deployment.kubernetes.io/revision"), "3");
  EXPECT_EQ(annotation_of(set, "deployment.kubernetes.io/revision-history"), "1");
}

TEST_F(Scenario, an_image_that_cannot_be_pulled_ends_in_a_missed_deadline) {
  Options options;
  options.faults = {{"bad:*", Fault::kImagePull}};
  begin(options);
  ASSERT_TRUE(cluster_.client()->create(deployment("img:1")));
  time_.run_for(2s);
  ASSERT_TRUE(cluster_.client()->update(deployment("bad:1")));
  time_.run_for(2s);
  bool waiting = false;
  for (const Value& pod : list(known::kPod)) {
    waiting |= pod["status"]["containerStatuses"][0]["state"]["waiting"]["reason"].as_string() == "ImagePullBackOff";
  }
  EXPECT_TRUE(waiting);
  time_.run_for(15s);
  const Value web = get(known::kDeployment, "web");
  EXPECT_EQ(condition_of(web["status"], "Progressing")["reason"].as_string(), "ProgressDeadlineExceeded");
  EXPECT_EQ(condition_of(web["status"], "Available")["status"].as_string(), "True");
  EXPECT_TRUE(happened("Error: ErrImagePull"));
}

TEST_F(Scenario, a_crashing_container_backs_off_with_its_restarts_counted) {
  Options options;
  options.faults = {{"crash*", Fault::kCrash}};
  begin(options);
  make(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"default"},"spec":{"containers":[{"name":"a","image":"crash:1"}]}})");
  time_.run_for(5s);
  const Value status = get(known::kPod, "p")["status"]["containerStatuses"][0];
  EXPECT_EQ(status["state"]["waiting"]["reason"].as_string(), "CrashLoopBackOff");
  EXPECT_EQ(status["restartCount"].as_int(), 1);
  EXPECT_EQ(status["lastState"]["terminated"]["exitCode"].as_int(), 1);
}

TEST_F(Scenario, a_missing_config_map_holds_up_a_pod_until_it_appears) {
  begin();
  make(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"default"},
           "spec":{"containers":[{"name":"a","image":"i","envFrom":[{"configMapRef":{"name":"c"}}]}]}})");
  time_.run_for(2s);
  EXPECT_EQ(get(known::kPod, "p")["status"]["containerStatuses"][0]["state"]["waiting"]["reason"].as_string(), "CreateContainerConfigError");
  make(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","namespace":"default"}})");
  time_.run_for(100ms);
  EXPECT_TRUE(pod_ready(get(known::kPod, "p")));
}

TEST_F(Scenario, deleting_a_deployment_in_the_foreground_waits_for_its_pods) {
  begin();
  ASSERT_TRUE(cluster_.client()->create(deployment("img:1")));
  time_.run_for(2s);
  RemoveOptions options;
  options.propagation = "Foreground";
  ASSERT_TRUE(cluster_.client()->remove(known::kDeployment, "default", "web", options));
  time_.run_for(20ms);
  EXPECT_FALSE(get(known::kDeployment, "web").is_null());
  time_.run_for(1s);
  EXPECT_TRUE(get(known::kDeployment, "web").is_null());
  EXPECT_TRUE(list(known::kReplicaSet).empty());
  EXPECT_TRUE(list(known::kPod).empty());
}

TEST_F(Scenario, each_namespace_has_its_default_account_and_root_certificate) {
  begin();
  EXPECT_FALSE(get(known::kServiceAccount, "default").is_null());
  EXPECT_FALSE(get(known::kConfigMap, "kube-root-ca.crt").is_null());
}

TEST_F(Scenario, the_same_seed_gives_the_same_story) {
  std::vector<std::string> stories[2];
  for (auto& story : stories) {
    FakeScheduler time(*parse_rfc3339("2026-01-01T00:00:00Z"));
    FakeCluster cluster(time);
    auto workloads = Workloads::start_on([&](const std::string&) { return cluster.client(); }, time, Options{});
    ASSERT_TRUE(cluster.client()->create(deployment("img:1", 5)));
    time.run_for(3s);
    story = cluster.events();
  }
  EXPECT_EQ(stories[0], stories[1]);
}

TEST(ImageFaults, are_read_from_lines_and_refused_by_line) {
  auto faults = parse_image_faults("# broken\nbad:* image-pull\nx/*  crash # often\n");
  ASSERT_TRUE(faults);
  ASSERT_EQ(faults->size(), 2u);
  EXPECT_EQ((*faults)[1].fault, Fault::kCrash);
  EXPECT_EQ(parse_image_faults("a crash\nb nope").error().position().line, 2u);
}

}  // namespace
}  // namespace taut::sandbox::workloads
