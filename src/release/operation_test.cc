#include "release/operation.hh"

#include <gtest/gtest.h>

#include "helm/test_charts.hh"
#include "port/fake_cluster.hh"
#include "value/json.hh"

namespace taut::release {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kChartYaml = "apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: '7'\n";
constexpr std::string_view kConfig = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-config"}
data:
  text: {{ .Values.text | quote }}
  revision: "{{ .Release.Revision }}"
)";
constexpr std::string_view kJob = R"(apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-before
  annotations: {"helm.sh/hook": "pre-install,pre-upgrade", "helm.sh/hook-delete-policy": "hook-succeeded"}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}
)";

helm::ChartPtr chart(helm::Files more = {}) {
  std::vector<std::pair<std::string, std::string>> files{{"Chart.yaml", std::string(kChartYaml)},
                                                         {"values.yaml", "text: one\n"},
                                                         {"templates/config.yaml", std::string(kConfig)}};
  for (const auto& [name, text] : more) files.emplace_back(name, text);
  MemoryTreeBuilder builder;
  for (const auto& [name, text] : files) (void)builder.file(name, text);
  return *helm::load_chart(*builder.build());
}

class Releases : public testing::Test {
 protected:
  World world() { return {.cluster = cluster, .cache = cache, .storage_ns = "default"}; }

  InstallOptions install(helm::ChartPtr from, Value values = Value::map()) {
    InstallOptions out;
    out.name = "web";
    out.ns = "default";
    out.from = {.chart = std::move(from), .values = std::move(values)};
    return out;
  }
  UpgradeOptions upgrade(helm::ChartPtr from, Value values = Value::map()) {
    UpgradeOptions out;
    out.name = "web";
    out.from = {.chart = std::move(from), .values = std::move(values)};
    return out;
  }

  // Steps until it is done, an hour at most; `meanwhile` is what others do between the steps.
  Outcome finish(Operation operation, std::function<void()> meanwhile = {}) {
    const Time end = now + 1h;
    while (auto again = operation.step(now)) {
      EXPECT_LT(*again, end) << operation.waiting_for();
      if (*again >= end) break;
      now = std::max(*again, now);
      if (meanwhile) meanwhile();
    }
    return operation.outcome();
  }
  Outcome installed(Value values = Value::map()) {
    return finish(Operation::install(world(), install(chart(), std::move(values))));
  }
  std::string text(std::string_view key) {
    return cluster.object({"", "ConfigMap", "default", "web-config"})["data"][key].str();
  }
  std::vector<std::string> states() {
    std::vector<std::string> out;
    auto history = Storage(cluster, "default").history("web");
    if (!history) return out;
    for (const Release& release : *history) out.push_back(fmt::format("{} {}", release.version, release.status));
    return out;
  }
  void complete_job(std::string_view type = "Complete") {
    ObjectId id{"batch", "Job", "default", "web-before"};
    if (!cluster.exists(id)) return;
    cluster.edit(id, {"status", "conditions"}, Value::list({Value::map({{"type", type}, {"status", "True"}})}));
  }

  FakeCluster cluster;
  helm::RenderCache cache;
  Time now = *parse_rfc3339("2026-01-01T00:00:00Z");
};

using States = std::vector<std::string>;

TEST_F(Releases, install_makes_the_objects_and_a_record) {
  Outcome outcome = installed();
  ASSERT_TRUE(outcome.status) << outcome.status.error().message();
  EXPECT_EQ(outcome.release->description, "Install complete");
  EXPECT_EQ(text("text"), "one");
  EXPECT_EQ(text("revision"), "1");
  EXPECT_EQ(states(), States{"1 deployed"});
  Value live = cluster.object({"", "ConfigMap", "default", "web-config"});
  EXPECT_EQ(label_of(live, "app.kubernetes.io/managed-by"), "Helm");
  EXPECT_EQ(annotation_of(live, "meta.helm.sh/release-name"), "web");
  EXPECT_EQ(live["metadata"]["managedFields"][0]["manager"].as_string(), "helm");
}

TEST_F(Releases, a_name_in_use_is_refused) {
  installed();
  Outcome again = installed();
  EXPECT_EQ(again.status.error().message(), "release name check failed: cannot reuse a name that is still in use");
}

TEST_F(Releases, objects_of_others_are_not_imported) {
  cluster.put(Value::map({{"apiVersion", "v1"},
                          {"kind", "ConfigMap"},
                          {"metadata", Value::map({{"name", "web-config"}, {"namespace", "default"}})}}));
  Outcome outcome = installed();
  EXPECT_EQ(outcome.status.error().message(),
            "unable to continue with install: ConfigMap \"web-config\" in namespace \"default\" exists and cannot be "
            "imported into the current release: invalid ownership metadata; label validation error: missing key "
            "\"app.kubernetes.io/managed-by\": must be set to \"Helm\"; annotation validation error: missing key "
            "\"meta.helm.sh/release-name\": must be set to \"web\"; annotation validation error: missing key "
            "\"meta.helm.sh/release-namespace\": must be set to \"default\"");
  InstallOptions options = install(chart());
  options.take_ownership = true;
  EXPECT_TRUE(finish(Operation::install(world(), options)).status);
  EXPECT_EQ(text("text"), "one");
}

TEST_F(Releases, upgrade_keeps_the_last_values_unless_some_are_given) {
  installed(Value::map({{"text", "mine"}}));
  EXPECT_TRUE(finish(Operation::upgrade(world(), upgrade(chart()))).status);
  EXPECT_EQ(text("text"), "mine");
  EXPECT_EQ(text("revision"), "2");
  UpgradeOptions reset = upgrade(chart());
  reset.reuse = Reuse::kReset;
  EXPECT_TRUE(finish(Operation::upgrade(world(), reset)).status);
  EXPECT_EQ(text("text"), "one");
  EXPECT_EQ(states(), (States{"1 superseded", "2 superseded", "3 deployed"}));
}

TEST_F(Releases, upgrade_removes_what_the_chart_has_no_more) {
  auto with_more = chart({{"templates/more.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n"}});
  finish(Operation::install(world(), install(with_more)));
  ASSERT_TRUE(cluster.exists({"", "ConfigMap", "default", "more"}));
  finish(Operation::upgrade(world(), upgrade(chart())));
  EXPECT_FALSE(cluster.exists({"", "ConfigMap", "default", "more"}));
}

TEST_F(Releases, upgrade_of_nothing_and_of_a_pending_release_fail) {
  EXPECT_EQ(finish(Operation::upgrade(world(), upgrade(chart()))).status.error().message(),
            "\"web\" has no deployed releases");
  installed();
  Storage storage(cluster, "default");
  Release release = *storage.last("web");
  release.status = kPendingUpgrade;
  ASSERT_TRUE(storage.update(release, now));
  EXPECT_EQ(finish(Operation::upgrade(world(), upgrade(chart()))).status.error().message(),
            "another operation (install/upgrade/rollback) is in progress");
}

TEST_F(Releases, hooks_are_waited_for_without_holding_the_caller) {
  Operation operation = Operation::install(world(), install(chart({{"templates/job.yaml", kJob}})));
  ASSERT_TRUE(operation.step(now));
  EXPECT_EQ(operation.waiting_for(), "Job/default/web-before: Job in progress");
  EXPECT_FALSE(cluster.exists({"", "ConfigMap", "default", "web-config"}));
  EXPECT_EQ(states(), States{"1 pending-install"});
  complete_job();
  EXPECT_FALSE(operation.step(now + 1s));
  EXPECT_TRUE(operation.outcome().status);
  EXPECT_EQ(operation.outcome().release->hooks[0].phase, "Succeeded");
  EXPECT_FALSE(cluster.exists({"batch", "Job", "default", "web-before"}));
  EXPECT_TRUE(cluster.exists({"", "ConfigMap", "default", "web-config"}));
}

TEST_F(Releases, a_failed_hook_fails_the_release) {
  Outcome outcome = finish(Operation::install(world(), install(chart({{"templates/job.yaml", kJob}}))),
                           [&] { complete_job("Failed"); });
  EXPECT_EQ(outcome.status.error().message(),
            "failed pre-install: resource Job/default/web-before not ready. status: Failed, message: Job Failed. "
            "failed: 0/1");
  EXPECT_EQ(states(), States{"1 failed"});
  EXPECT_TRUE(cluster.exists({"batch", "Job", "default", "web-before"}));
}

TEST_F(Releases, a_wait_ends_with_its_timeout) {
  InstallOptions options = install(chart({{"templates/job.yaml", kJob}}));
  options.timeout = 10s;
  const Time start = now;
  Outcome outcome = finish(Operation::install(world(), options));
  EXPECT_EQ(now, start + 10s);
  EXPECT_EQ(outcome.status.error().message(),
            "failed pre-install: resource Job/default/web-before not ready. status: InProgress, message: Job in "
            "progress\ncontext deadline exceeded");
}

TEST_F(Releases, a_failed_upgrade_rolls_back_when_asked) {
  installed();
  UpgradeOptions options = upgrade(chart({{"templates/job.yaml", kJob}}), Value::map({{"text", "two"}}));
  options.rollback_on_failure = true;
  Outcome outcome = finish(Operation::upgrade(world(), options), [&] { complete_job("Failed"); });
  EXPECT_TRUE(outcome.status.error().message().starts_with(
      "release web failed, and has been rolled back due to rollback-on-failure being set: pre-upgrade hooks failed: "))
      << outcome.status.error().message();
  EXPECT_EQ(text("text"), "one");
  EXPECT_EQ(states(), (States{"1 superseded", "2 failed", "3 deployed"}));
}

TEST_F(Releases, rollback_brings_an_old_revision_back_as_a_new_one) {
  installed();
  finish(Operation::upgrade(world(), upgrade(chart(), Value::map({{"text", "two"}}))));
  RollbackOptions options;
  options.name = "web";
  Outcome outcome = finish(Operation::rollback(world(), options));
  ASSERT_TRUE(outcome.status) << outcome.status.error().message();
  EXPECT_EQ(outcome.release->description, "Rollback to 1");
  EXPECT_EQ(text("text"), "one");
  EXPECT_EQ(states(), (States{"1 superseded", "2 superseded", "3 deployed"}));
  options.version = 9;
  EXPECT_EQ(finish(Operation::rollback(world(), options)).status.error().message(), "release has no 9 version");
}

TEST_F(Releases, client_side_upgrades_merge_three_ways_for_kinds_with_a_type_and_two_ways_for_others) {
  auto with = [](const std::string& containers, const std::string& list) {
    return chart({{"templates/web.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
                                         "spec: {template: {spec: {containers: [" + containers + "]}}}\n"},
                  {"templates/thing.yaml", "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: web}\nspec: {list: [" +
                                           list + "], same: 1}\n"}});
  };
  cluster.add_kind({.gvk = {"example.com", "v1", "Thing"}, .plural = "things"});
  InstallOptions first = install(with("{name: a, image: one, tty: true}, {name: gone, image: b}", "1"));
  first.server_side = false;
  ASSERT_TRUE(finish(Operation::install(world(), first)).status);
  const ObjectId web{"apps", "Deployment", "default", "web"}, thing{"example.com", "Thing", "default", "web"};
  Value containers = cluster.object(web)["spec"]["template"]["spec"]["containers"];
  containers.push_back(Value::map({{"name", "injected"}, {"image", "i"}}));
  cluster.edit(web, {"spec", "template", "spec", "containers"}, containers);
  cluster.edit(web, {"spec", "replicas"}, 7);
  cluster.edit(thing, {"spec", "list"}, Value::list({9}));
  cluster.edit(thing, {"spec", "same"}, 9);
  UpgradeOptions second = upgrade(with("{name: a, image: two}", "2"));
  second.server_side = ServerSide::kNo;
  Outcome outcome = finish(Operation::upgrade(world(), second));
  ASSERT_TRUE(outcome.status) << outcome.status.error().message();
  EXPECT_EQ(to_json(cluster.object(web)["spec"]),
            R"({"replicas":7,"template":{"spec":{"containers":[{"image":"two","name":"a"},{"image":"i","name":"injected"}]}}})");
  EXPECT_EQ(to_json(cluster.object(thing)["spec"]), R"({"list":[2],"same":9})");
}

TEST_F(Releases, uninstall_removes_objects_and_records_but_what_is_to_be_kept) {
  auto keeping = chart({{"templates/kept.yaml",
                         "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, annotations: "
                         "{helm.sh/resource-policy: keep}}\n"}});
  finish(Operation::install(world(), install(keeping)));
  UninstallOptions options;
  options.name = "web";
  Outcome outcome = finish(Operation::uninstall(world(), options));
  ASSERT_TRUE(outcome.status) << outcome.status.error().message();
  EXPECT_EQ(outcome.info, "These resources were kept due to the resource policy:\n[ConfigMap] kept\n");
  EXPECT_TRUE(cluster.exists({"", "ConfigMap", "default", "kept"}));
  EXPECT_FALSE(cluster.exists({"", "ConfigMap", "default", "web-config"}));
  EXPECT_EQ(states(), States{});
  EXPECT_EQ(finish(Operation::uninstall(world(), options)).status.error().message(),
            "uninstall: Release not loaded: web: release: not found");
}

TEST_F(Releases, history_is_limited_but_the_deployed_revision_stays) {
  installed();
  for (int i = 0; i < 4; ++i) {
    UpgradeOptions options = upgrade(chart());
    options.max_history = 2;
    finish(Operation::upgrade(world(), options));
  }
  EXPECT_EQ(states(), (States{"4 superseded", "5 deployed"}));
}

TEST_F(Releases, lookup_sees_the_cluster) {
  cluster.put(Value::map({{"apiVersion", "v1"},
                          {"kind", "ConfigMap"},
                          {"metadata", Value::map({{"name", "seen"}, {"namespace", "default"}})},
                          {"data", Value::map({{"a", "b"}})}}));
  auto asking = chart({{"templates/asking.yaml",
                        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: asking}\ndata:\n"
                        "  a: {{ (lookup \"v1\" \"ConfigMap\" \"default\" \"seen\").data.a }}\n"}});
  finish(Operation::install(world(), install(asking)));
  EXPECT_EQ(cluster.object({"", "ConfigMap", "default", "asking"})["data"]["a"].as_string(), "b");
}

TEST_F(Releases, a_dry_run_changes_nothing) {
  InstallOptions options = install(chart());
  options.dry_run = DryRun::kServer;
  Outcome outcome = finish(Operation::install(world(), options));
  EXPECT_EQ(outcome.release->description, "Dry run complete");
  EXPECT_EQ(outcome.release->status, "pending-install");
  EXPECT_EQ(states(), States{});
  EXPECT_FALSE(cluster.exists({"", "ConfigMap", "default", "web-config"}));
}

}  // namespace
}  // namespace taut::release
