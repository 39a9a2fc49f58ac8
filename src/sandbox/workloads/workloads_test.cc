#include "sandbox/workloads/workloads.hh"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>

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

TEST_F(Scenario, an_init_container_that_fails_holds_up_the_others) {
  begin();
  make(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"default"},"spec":{"containers":[{"name":"a","image":"i"}],
           "initContainers":[{"name":"migrate","image":"i","command":["sh","-c","exit 2"]}]}})");
  time_.run_for(2s);
  const Value status = get(known::kPod, "p")["status"];
  EXPECT_EQ(status["initContainerStatuses"][0]["state"]["waiting"]["reason"].as_string(), "CrashLoopBackOff") << to_json(status);
  EXPECT_EQ(status["initContainerStatuses"][0]["lastState"]["terminated"]["exitCode"].as_int(), 2);
  EXPECT_EQ(status["phase"].as_string(), "Pending");
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

TEST_F(Scenario, a_job_counts_its_pods_once_and_completes) {
  begin();
  make(R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j","namespace":"default"},
           "spec":{"completions":3,"parallelism":2,"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"a","image":"i"}]}}}})");
  time_.run_for(10s);
  const Value status = get(known::kJob, "j")["status"];
  EXPECT_EQ(status["succeeded"].as_int(), 3) << to_json(status);
  EXPECT_TRUE(condition_is(status, "SuccessCriteriaMet", "True"));
  EXPECT_TRUE(condition_is(status, "Complete", "True"));
  for (const Value& pod : list(known::kPod)) EXPECT_TRUE(pod["metadata"]["finalizers"].empty());
}

TEST_F(Scenario, a_job_whose_command_fails_reaches_its_back_off_limit) {
  begin();
  make(R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j","namespace":"default"},
           "spec":{"backoffLimit":1,"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"a","image":"i","command":["sh","-c","echo no; exit 3"]}]}}}})");
  time_.run_for(10s);
  const Value status = get(known::kJob, "j")["status"];
  EXPECT_EQ(status["failed"].as_int(), 2) << to_json(status);
  EXPECT_EQ(condition_of(status, "Failed")["reason"].as_string(), "BackoffLimitExceeded");
  EXPECT_EQ(list(known::kPod)[0]["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"].as_int(), 3);
}

TEST_F(Scenario, a_cron_job_runs_at_each_full_minute_and_keeps_its_history_short) {
  begin();
  make(R"({"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c","namespace":"default"},"spec":{"schedule":"* * * * *","successfulJobsHistoryLimit":2,
           "jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"a","image":"i"}]}}}}}})");
  time_.run_for(5min + 30s);
  EXPECT_EQ(list(known::kJob).size(), 2u);
  EXPECT_FALSE(get(known::kCronJob, "c")["status"]["lastSuccessfulTime"].is_null());
}

TEST_F(Scenario, a_stateful_set_comes_up_in_order_each_pod_with_its_claim) {
  Options options;
  begin(options);
  make(R"({"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{"name":"fast"},"provisioner":"sandbox.taut.dev/simulated"})");
  make(R"({"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db","namespace":"default"},"spec":{"serviceName":"db","replicas":2,
           "selector":{"matchLabels":{"app":"db"}},"template":{"metadata":{"labels":{"app":"db"}},"spec":{"containers":[{"name":"a","image":"i"}]}},
           "volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"storageClassName":"fast","accessModes":["ReadWriteOnce"],
           "resources":{"requests":{"storage":"1Gi"}}}}]}})");
  time_.run_for(150ms);
  EXPECT_FALSE(get(known::kPod, "db-0").is_null());
  EXPECT_TRUE(get(known::kPod, "db-1").is_null());
  time_.run_for(2s);
  EXPECT_EQ(get(known::kStatefulSet, "db")["status"]["readyReplicas"].as_int(), 2);
  EXPECT_EQ(get(known::kClaim, "data-db-1")["status"]["phase"].as_string(), "Bound");
}

TEST_F(Scenario, a_daemon_set_has_a_pod_on_every_node_that_is_not_excluded) {
  begin();
  make(R"({"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"ag","namespace":"default"},"spec":{"selector":{"matchLabels":{"app":"ag"}},
           "template":{"metadata":{"labels":{"app":"ag"}},"spec":{"containers":[{"name":"a","image":"i"}]}}}})");
  time_.run_for(2s);
  EXPECT_EQ(get(known::kDaemonSet, "ag")["status"]["numberAvailable"].as_int(), 3);
  Value node = get(known::kNode, "sandbox-2", "");
  node.edit("spec").set("taints", *parse_json(R"([{"key":"dedicated","value":"x","effect":"NoSchedule"}])"));
  ASSERT_TRUE(cluster_.client()->update(node));
  time_.run_for(2s);
  EXPECT_EQ(get(known::kDaemonSet, "ag")["status"]["desiredNumberScheduled"].as_int(), 2);
}

TEST_F(Scenario, a_service_leads_to_the_pods_that_are_ready) {
  Options options;
  options.faults = {{"never:*", Fault::kNeverReady}};
  begin(options);
  make(R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"default"},"spec":{"selector":{"app":"web"},"ports":[{"port":80,"targetPort":8080}]}})");
  ASSERT_TRUE(cluster_.client()->create(deployment("img:1")));
  time_.run_for(1s);
  Value subsets = get(known::kEndpoints, "web")["subsets"];
  EXPECT_EQ(subsets[0]["addresses"].size(), 2u) << to_json(subsets);
  EXPECT_EQ(subsets[0]["ports"][0]["port"].as_int(), 8080);
  ASSERT_TRUE(cluster_.client()->update(deployment("never:1")));
  time_.run_for(5s);
  subsets = get(known::kEndpoints, "web")["subsets"];
  EXPECT_EQ(subsets[0]["notReadyAddresses"].size(), 1u) << to_json(subsets);
}

TEST_F(Scenario, a_pod_that_fits_nowhere_says_why_and_is_placed_when_it_can_be) {
  begin();
  make(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"default"},
           "spec":{"nodeSelector":{"disk":"ssd"},"containers":[{"name":"a","image":"i"}]}})");
  time_.run_for(1s);
  EXPECT_TRUE(happened("0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector."));
  Value node = get(known::kNode, "sandbox-3", "");
  node.edit("metadata").edit("labels").set("disk", "ssd");
  ASSERT_TRUE(cluster_.client()->update(node));
  time_.run_for(1s);
  EXPECT_EQ(get(known::kPod, "p")["spec"]["nodeName"].as_string(), "sandbox-3");
}

TEST_F(Scenario, a_budget_says_how_many_pods_may_go) {
  begin();
  make(R"({"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"b","namespace":"default"},
           "spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"web"}}}})");
  ASSERT_TRUE(cluster_.client()->create(deployment("img:1", 3)));
  time_.run_for(1s);
  EXPECT_EQ(get(known::kDisruptionBudget, "b")["status"]["disruptionsAllowed"].as_int(), 2);
}

TEST_F(Scenario, controllers_that_start_again_go_on_where_they_were) {
  begin();
  ASSERT_TRUE(cluster_.client()->create(deployment("img:1", 3)));
  time_.run_for(30ms);
  workloads_.reset();
  time_.run_for(1s);
  EXPECT_NE(get(known::kDeployment, "web")["status"]["availableReplicas"].as_int(), 3);
  workloads_ = Workloads::start_on([this](const std::string&) { return cluster_.client(); }, time_, Options{});
  time_.run_for(1s);
  EXPECT_EQ(get(known::kDeployment, "web")["status"]["availableReplicas"].as_int(), 3);
  EXPECT_EQ(list(known::kPod).size(), 3u);
}

TEST(ThreadScheduler, runs_tasks_in_order_and_stops_without_the_rest) {
  ThreadScheduler scheduler;
  std::vector<int> seen;
  std::promise<void> done;
  scheduler.after(20ms, [&] {
    seen.push_back(2);
    done.set_value();
  });
  scheduler.after(0ms, [&] { seen.push_back(1); });
  scheduler.after(1h, [&] { seen.push_back(3); });
  done.get_future().wait();
  scheduler.stop();
  EXPECT_EQ(seen, (std::vector<int>{1, 2}));
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
