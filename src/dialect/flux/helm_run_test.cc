#include "dialect/flux/helm_run.hh"

#include <gtest/gtest.h>

#include "base/sha256.hh"
#include "dialect/flux/conditions.hh"
#include "dialect/flux/helm_digest.hh"
#include "port/fake_cluster.hh"
#include "release/storage.hh"
#include "tree/memory.hh"
#include "value/json.hh"

namespace taut::flux {
namespace {

using namespace std::chrono_literals;
using Kind = HelmEnd::Kind;

constexpr std::string_view kMap =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"{{ .Release.Name }}\"}\ndata: {text: {{ .Values.text | quote }}}\n";
constexpr std::string_view kWeb =
    "{{ if .Values.web }}\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1}\n{{ end }}\n";

const SourceRef kChart{"HelmChart", "apps", "shop"};

Value json(std::string_view text) { return *parse_json(text); }

class HelmReleases : public testing::Test {
 protected:
  HelmReleases() {
    for (const auto& [gvk, plural] : {std::pair(helm_release_gvk(), "helmreleases"), std::pair(source_gvk("HelmChart"), "helmcharts"),
                                      std::pair(source_gvk("OCIRepository"), "ocirepositories")})
      cluster.add_kind({gvk, plural, true, {"get"}, {"status"}, {}, {}});
    publish("1.0.0");
  }

  void publish(const std::string& version) {
    Artifact artifact{.revision = version, .sha = version, .digest = "sha256:" + version};
    artifact.tree = memory_tree({{"Chart.yaml", "apiVersion: v2\nname: shop\nversion: " + version + "\n"},
                                 {"values.yaml", "text: one\nweb: false\n"},
                                 {"templates/map.yaml", kMap},
                                 {"templates/web.yaml", kWeb}});
    artifacts.put(kChart, artifact);
    Value chart = Value::map({{"apiVersion", "source.toolkit.fluxcd.io/v1"}, {"kind", "HelmChart"}});
    chart.set("metadata", Value::map({{"name", "shop"}, {"namespace", "apps"}}));
    chart.set("status", Value::map({{"observedGeneration", 1}, {"artifact", Value::map({{"revision", version}})}}));
    cluster.put(chart);
  }

  void wish(std::string_view more = "{}") {
    Value spec = json(R"({"interval": "1m", "chartRef": {"kind": "HelmChart", "name": "shop"}})");
    const Value fields = json(more);
    for (const Entry& entry : fields.entries()) spec.set(entry.key(), entry.value);
    Value object = Value::map({{"apiVersion", "helm.toolkit.fluxcd.io/v2"}, {"kind", "HelmRelease"}, {"spec", spec}});
    Value old = cluster.object(kId);
    object.set("metadata", old.is_null() ? json(R"({"name": "shop", "namespace": "apps"})") : old["metadata"]);
    if (!old.is_null()) object.set("status", old["status"]);
    cluster.put(object);
  }
  void annotate(std::initializer_list<std::pair<std::string_view, Value>> annotations) {
    cluster.edit(kId, {"metadata", "annotations"}, Value::map(annotations));
  }

  HelmWorld world() {
    return {.cluster = cluster, .artifacts = artifacts, .cache = cache, .random = {},
            .note = [this](const Value&, const Note& note) { notes.push_back(note.reason); }};
  }
  HelmEnd reconcile() {
    HelmRun run(world(), cluster.object(kId));
    for (int steps = 0; auto again = run.step(now); ++steps) {
      now = std::max(*again, now);
      if (steps > 1000) ADD_FAILURE() << "it never ends";
      if (steps > 1000) break;
    }
    return run.end();
  }

  Value status() { return cluster.object(kId)["status"]; }
  std::string condition(std::string_view type) {
    const Value object = cluster.object(kId);
    const Value& found = condition_of(object, type);
    return found.is_null() ? "" : fmt::format("{} {}: {}", found["status"].as_string(), found["reason"].as_string(), found["message"].as_string());
  }
  std::string text() { return cluster.object({"", "ConfigMap", "apps", "shop"})["data"]["text"].str(); }
  std::vector<std::string> states() {
    std::vector<std::string> out;
    auto records = release::Storage(cluster, "apps").history("shop");
    if (!records) return out;
    for (const auto& release : *records) out.push_back(fmt::format("{} {}", release.version, release.status));
    return out;
  }
  // The server takes no object that says this.
  void refuse(const std::string& text) {
    cluster.fail_always(Error(Code::kInvalid, "refused"), [text](const FakeCluster::Call& call) { return call.write.body["data"]["text"].as_string() == text; });
  }

  const ObjectId kId{"helm.toolkit.fluxcd.io", "HelmRelease", "apps", "shop"};
  FakeCluster cluster;
  Artifacts artifacts;
  helm::RenderCache cache;
  Time now = *parse_rfc3339("2026-01-01T00:00:00Z");
  std::vector<std::string> notes;
};

using Texts = std::vector<std::string>;

TEST(HelmDigest, is_that_of_helm_controller) {
  release::Release release;
  release.name = "foo";
  release.version = 0;
  release.status = "";
  EXPECT_EQ(release_digest(release, ""), "sha256:f1498f27a16a09cd7e1ee610d924df065c03d30035638babc95dd9a8d412ce4d");
  EXPECT_EQ(values_digest(Value::map()), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(values_digest(json(R"({"replicas": 3, "image": {"tag": "latest", "repository": "nginx"},
                                   "ports": [{"protocol": "TCP", "port": 8080}, {"port": 9090, "protocol": "UDP"}]})")),
            "sha256:fcdc2b0de1581a3633ada4afee3f918f6eaa5b5ab38c3fef03d5b48d3f85d9f6");
  EXPECT_EQ(values_digest(json(R"({"replicas": 3, "test": {"632bd80235a05f4192aefade": "value1", "632bd80ddf416cf32fd50679": "value2",
                                   "632bd817c559818a52307da2": "value3", "632bd82398e71231a98004b6": "value4"}})")),
            "sha256:8a980fcbeadd6f05818f07e8aec14070c22250ca3d96af1fcd5f93b3e85b4d70");
  EXPECT_EQ(post_renderers_digest(json(R"([{"kustomize": {"images": [{"newTag": "2", "name": "a"}], "patches": [{"target": {"name": "x", "kind": "K"}, "patch": "p"}]}}])")),
            sha256_digest("[{\"kustomize\":{\"patches\":[{\"patch\":\"p\",\"target\":{\"kind\":\"K\",\"name\":\"x\"}}],\"images\":[{\"name\":\"a\",\"newTag\":\"2\"}]}}]\n"));
}

TEST(HelmReleaseNames, longer_names_end_in_a_hash) {
  std::string name(60, 'a');
  EXPECT_EQ(short_release_name(name), std::string(40, 'a') + "-" + sha256_hex(name).substr(0, 12));
  Value object = json(R"({"metadata": {"name": "shop", "namespace": "apps"}, "spec": {"targetNamespace": "prod", "chart": {"spec": {}}}})");
  HelmRelease read = read_helm_release(object);
  EXPECT_EQ(read.release, "prod-shop");
  EXPECT_EQ(read.ns, "prod");
  EXPECT_EQ(read.storage_ns, "apps");
  EXPECT_EQ(read.chart.name, "apps-shop");
}

TEST_F(HelmReleases, is_installed_and_left_alone_when_in_sync) {
  wish();
  HelmEnd end = reconcile();
  EXPECT_EQ(end.kind, Kind::kDone);
  EXPECT_EQ(end.after, 1min);
  EXPECT_EQ(condition("Ready"), "True InstallSucceeded: Helm install succeeded for release apps/shop.v1 with chart shop@1.0.0");
  EXPECT_EQ(condition("Reconciling"), "");
  EXPECT_EQ(status()["observedGeneration"], cluster.object(kId)["metadata"]["generation"]);
  EXPECT_EQ(status()["inventory"]["entries"][0]["id"].str(), "apps_shop__ConfigMap");
  EXPECT_EQ(notes, Texts{"InstallSucceeded"});
  cluster.clear_calls();
  EXPECT_EQ(reconcile().kind, Kind::kDone);
  for (const std::string& call : cluster.call_log()) EXPECT_TRUE(call.starts_with("get ") || call.starts_with("list ")) << call;
}

TEST_F(HelmReleases, other_values_and_charts_are_upgrades) {
  wish();
  reconcile();
  wish(R"({"values": {"text": "two"}})");
  reconcile();
  EXPECT_EQ(text(), "two");
  publish("1.1.0");
  reconcile();
  EXPECT_EQ(condition("Released"), "True UpgradeSucceeded: Helm upgrade succeeded for release apps/shop.v3 with chart shop@1.1.0");
  EXPECT_EQ(states(), (Texts{"1 superseded", "2 superseded", "3 deployed"}));
  // What is in sync needs only what it could go back to.
  EXPECT_EQ(status()["history"].size(), 2u);
  EXPECT_EQ(status()["history"][1]["status"].str(), "superseded");
}

TEST_F(HelmReleases, a_failure_without_retries_is_final_until_something_changes) {
  refuse("bad");
  wish(R"({"values": {"text": "bad"}})");
  EXPECT_EQ(reconcile().kind, Kind::kStalled);
  EXPECT_TRUE(condition("Ready").starts_with("False InstallFailed: Helm install failed for release apps/shop with chart shop@1.0.0: ")) << condition("Ready");
  EXPECT_EQ(condition("Stalled"), "True RetriesExceeded: Failed to install after 1 attempt(s)");
  EXPECT_EQ(reconcile().kind, Kind::kStalled);
  EXPECT_EQ(states(), Texts{"1 failed"});
  wish(R"({"values": {"text": "good"}})");
  EXPECT_EQ(reconcile().kind, Kind::kDone);
  EXPECT_EQ(condition("Stalled"), "");
  EXPECT_EQ(text(), "good");
}

TEST_F(HelmReleases, a_failed_upgrade_is_rolled_back_as_often_as_it_may_be_tried) {
  wish();
  reconcile();
  refuse("bad");
  wish(R"({"values": {"text": "bad"}, "upgrade": {"remediation": {"retries": 1}}})");
  EXPECT_EQ(reconcile().kind, Kind::kAgain);
  EXPECT_EQ(condition("Remediated"), "True RollbackSucceeded: Helm rollback to previous release apps/shop.v1 with chart shop@1.0.0 succeeded");
  EXPECT_TRUE(condition("Ready").starts_with("False RollbackSucceeded: ")) << condition("Ready");
  EXPECT_EQ(status()["upgradeFailures"].as_int(), 1);
  EXPECT_EQ(reconcile().kind, Kind::kStalled);
  EXPECT_EQ(condition("Stalled"), "True RetriesExceeded: Failed to upgrade after 2 attempt(s)");
  EXPECT_EQ(states(), (Texts{"1 superseded", "2 failed", "3 superseded", "4 failed", "5 deployed"}));
  EXPECT_EQ(text(), "one");
  annotate({{kRequestedAt, "a"}, {kResetAt, "a"}});
  cluster.clear_faults();
  EXPECT_EQ(reconcile().kind, Kind::kDone);
  EXPECT_EQ(text(), "bad");
  EXPECT_EQ(status()["lastHandledResetAt"].str(), "a");
}

TEST_F(HelmReleases, a_failed_install_is_removed_before_it_is_tried_again) {
  refuse("bad");
  wish(R"({"values": {"text": "bad"}, "install": {"remediation": {"retries": 1}}})");
  EXPECT_EQ(reconcile().kind, Kind::kAgain);
  EXPECT_EQ(condition("Remediated"), "True UninstallSucceeded: Helm uninstall remediation for release apps/shop.v1 with chart shop@1.0.0 succeeded");
  EXPECT_EQ(states(), Texts{});
  EXPECT_EQ(reconcile().kind, Kind::kStalled);
  EXPECT_EQ(status()["installFailures"].as_int(), 2);
}

TEST_F(HelmReleases, with_retry_on_failure_it_is_upgraded_after_an_interval) {
  refuse("bad");
  wish(R"({"values": {"text": "bad"}, "install": {"strategy": {"name": "RetryOnFailure", "retryInterval": "7s"}}})");
  HelmEnd end = reconcile();
  EXPECT_EQ(end.kind, Kind::kDone);
  EXPECT_EQ(end.after, 7s);
  EXPECT_EQ(condition("Reconciling"), "True ProgressingWithRetry: retrying after 7s");
  cluster.clear_faults();
  EXPECT_EQ(reconcile().kind, Kind::kDone);
  EXPECT_EQ(text(), "bad");
}

TEST_F(HelmReleases, what_somebody_else_released_is_taken_back) {
  wish();
  reconcile();
  release::Storage storage(cluster, "apps");
  auto last = *storage.last("shop");
  last.version = 2;
  last.config = json(R"({"text": "theirs"})");
  ASSERT_TRUE(storage.create(last, now));
  reconcile();
  EXPECT_EQ(states().back(), "3 deployed");
  EXPECT_EQ(status()["history"].size(), 1u);
  EXPECT_EQ(text(), "one");
}

TEST_F(HelmReleases, a_record_that_nobody_works_on_is_unlocked) {
  wish();
  reconcile();
  release::Storage storage(cluster, "apps");
  auto last = *storage.last("shop");
  last.set(release::kPendingUpgrade, "Preparing upgrade");
  last.version = 2;
  ASSERT_TRUE(storage.create(last, now));
  EXPECT_EQ(reconcile().kind, Kind::kDone);
  EXPECT_EQ(storage.get("shop", 2)->description, "Release unlocked from stale 'pending-upgrade' state");
  EXPECT_EQ(states().back(), "3 deployed");
  EXPECT_EQ(notes.at(1), "PendingRelease");
}

TEST_F(HelmReleases, force_is_for_once) {
  wish();
  reconcile();
  annotate({{kRequestedAt, "b"}, {kForceAt, "b"}});
  reconcile();
  EXPECT_EQ(states().back(), "2 deployed");
  reconcile();
  EXPECT_EQ(states().back(), "2 deployed");
}

TEST_F(HelmReleases, drift_is_told_or_corrected) {
  wish(R"({"driftDetection": {"mode": "warn"}})");
  reconcile();
  cluster.edit({"", "ConfigMap", "apps", "shop"}, {"data", "text"}, "theirs");
  EXPECT_EQ(reconcile().kind, Kind::kDone);
  EXPECT_EQ(condition("Drifted"), "True DriftDetected: Cluster state of release apps/shop.v1 has drifted from the desired state:\n"
                                  "ConfigMap/apps/shop changed (0 additions, 1 changes, 0 removals)");
  EXPECT_EQ(text(), "theirs");
  wish(R"({"driftDetection": {"mode": "enabled", "ignore": [{"paths": ["/data/text"], "target": {"kind": "Config.*"}}]}})");
  reconcile();
  EXPECT_EQ(text(), "theirs");
  wish(R"({"driftDetection": {"mode": "enabled"}})");
  reconcile();
  EXPECT_EQ(text(), "one");
  EXPECT_TRUE(condition("Drifted").starts_with("False NoDriftDetected")) << condition("Drifted");
  cluster.erase({"", "ConfigMap", "apps", "shop"});
  reconcile();
  EXPECT_EQ(text(), "one");
  EXPECT_EQ(states(), Texts{"1 deployed"});
}

TEST_F(HelmReleases, a_new_wish_ends_the_wait_for_the_old_one) {
  wish(R"({"values": {"web": true}})");
  HelmRun run(world(), cluster.object(kId));
  for (int i = 0; i < 3; ++i) now = run.step(now).value_or(now) + 1s;
  EXPECT_EQ(condition("Ready"), "Unknown Progressing: Running 'install' action with timeout of 5m0s");
  run.interrupt();
  EXPECT_FALSE(run.step(now));
  EXPECT_EQ(run.end().kind, Kind::kAgain);
  EXPECT_TRUE(condition("Ready").starts_with("False HealthCheckCanceled")) << condition("Ready");
  wish(R"({"values": {"web": false}})");
  EXPECT_EQ(reconcile().kind, Kind::kDone);
  EXPECT_EQ(states().back(), "2 deployed");
}

TEST_F(HelmReleases, it_waits_for_what_it_depends_on_and_for_its_chart) {
  wish(R"({"dependsOn": [{"name": "base"}]})");
  EXPECT_EQ(reconcile().kind, Kind::kWaiting);
  EXPECT_TRUE(condition("Ready").starts_with("False DependencyNotReady: unable to get 'apps/base' dependency: ")) << condition("Ready");
  wish(R"({"chartRef": {"kind": "HelmChart", "name": "none"}})");
  EXPECT_EQ(reconcile().kind, Kind::kFailed);
  EXPECT_TRUE(condition("Ready").starts_with("False ArtifactFailed: could not get Source object: ")) << condition("Ready");
  wish(R"({"valuesFrom": [{"kind": "Secret", "name": "none"}]})");
  EXPECT_EQ(reconcile().kind, Kind::kFailed);
  EXPECT_TRUE(condition("Ready").starts_with("False ValuesError: could not resolve Secret chart values reference 'apps/none' with key 'values.yaml': ")) << condition("Ready");
  wish(R"({"healthCheckExprs": [{"kind": "Widget"}]})");
  EXPECT_EQ(reconcile().kind, Kind::kStalled);
  EXPECT_TRUE(condition("Stalled").starts_with("True UnsupportedField: spec.healthCheckExprs is not supported: ")) << condition("Stalled");
}

TEST_F(HelmReleases, go_where_a_kubeconfig_leads_and_as_whom_the_spec_says) {
  FakeCluster far;
  engine::Dialect::Place reached;
  auto reconcile_far = [&] {
    HelmWorld there = world();
    there.reach = [&](const engine::Dialect::Place& place) -> Result<std::shared_ptr<Cluster>> {
      reached = place;
      return std::shared_ptr<Cluster>(std::shared_ptr<Cluster>(), &far);
    };
    HelmRun run(there, cluster.object(kId));
    while (auto again = run.step(now)) now = std::max(*again, now);
    return run.end();
  };
  wish(R"({"serviceAccountName": "me", "kubeConfig": {"secretRef": {"name": "far"}}})");
  EXPECT_EQ(reconcile_far().kind, Kind::kFailed);
  EXPECT_TRUE(condition("Ready").starts_with("False RESTClientError: could not get KubeConfig secret 'apps/far': ")) << condition("Ready");
  cluster.put(json(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "far", "namespace": "apps"}, "data": {"value.yaml": "aGk="}})"));
  far.put(json(R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "apps"}})"));
  EXPECT_EQ(reconcile_far().kind, Kind::kDone) << condition("Ready");
  EXPECT_EQ(reached.cluster + ' ' + reached.kubeconfig + ' ' + reached.user, "apps/far/value.yaml hi system:serviceaccount:apps:me");
  EXPECT_EQ(far.object({"", "ConfigMap", "apps", "shop"})["metadata"]["managedFields"][0]["manager"].as_string(), "helm-controller");
  EXPECT_EQ(text(), "");
}

TEST(TargetCluster, a_config_map_describes_a_cluster_by_address_and_account) {
  auto place = [](std::string_view data) {
    Value map = json(R"({"metadata": {"name": "east", "namespace": "team"}})");
    map.set("data", json(data));
    return place_of_config_map(map);
  };
  auto found = place(R"({"provider": "generic", "address": "East.example", "ca.crt": "CA", "serviceAccountName": "far"})");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->token, (engine::Dialect::TokenOf{"team", "far", {"East.example"}}));
  Value kubeconfig = json(found->kubeconfig);
  EXPECT_EQ(kubeconfig["clusters"][0]["cluster"]["server"].as_string(), "https://east.example:443");
  EXPECT_EQ(kubeconfig["clusters"][0]["cluster"]["certificate-authority-data"].as_string(), "Q0E=");
  EXPECT_EQ(place(R"({"provider": "moon"})").error().message(), "provider 'moon' not implemented");
  EXPECT_EQ(place(R"({"provider": "generic"})").error().message(), "cluster address is required to create a REST config");
  EXPECT_EQ(place(R"({"provider": "gcp"})").error().code(), Code::kUnsupported);
  EXPECT_EQ(place(R"({"provider": "generic", "address": "http://a"})").error().code(), Code::kInvalid);
  EXPECT_EQ(place(R"({"provider": "generic", "address": "a"})").error().code(), Code::kUnsupported) << "whose token";
}

TEST_F(HelmReleases, an_artifact_of_a_registry_marks_the_version) {
  SourceRef ref{"OCIRepository", "apps", "oci"};
  std::string digest = "sha256:" + std::string(64, 'a');
  Artifact artifact{.revision = "1.0.0@" + digest, .sha = std::string(64, 'a'), .digest = digest};
  artifact.tree = memory_tree({{"shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"}, {"shop/templates/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\n"}});
  artifacts.put(ref, artifact);
  Value source = json(R"({"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "OCIRepository", "metadata": {"name": "oci", "namespace": "apps"}})");
  source.set("status", Value::map({{"observedGeneration", 1}, {"artifact", Value::map({{"revision", artifact.revision}})}}));
  cluster.put(source);
  wish(R"({"chartRef": {"kind": "OCIRepository", "name": "oci"}})");
  EXPECT_EQ(reconcile().kind, Kind::kDone);
  EXPECT_EQ(status()["lastAttemptedRevision"].str(), "1.0.0+aaaaaaaaaaaa");
  EXPECT_EQ(status()["history"][0]["ociDigest"].str(), digest);
  EXPECT_EQ(reconcile().kind, Kind::kDone);
  EXPECT_EQ(states(), Texts{"1 deployed"});
}

TEST_F(HelmReleases, goes_with_its_release_unless_it_is_suspended) {
  wish();
  reconcile();
  (void)cluster.remove({helm_release_gvk(), "apps", "shop"}, {});
  EXPECT_EQ(reconcile().kind, Kind::kGone);
  EXPECT_FALSE(cluster.exists(kId));
  EXPECT_EQ(states(), Texts{});
  EXPECT_EQ(text(), "");
  wish();
  reconcile();
  wish(R"({"suspend": true})");
  (void)cluster.remove({helm_release_gvk(), "apps", "shop"}, {});
  EXPECT_EQ(reconcile().kind, Kind::kGone);
  EXPECT_EQ(text(), "one");
}

}  // namespace
}  // namespace taut::flux
