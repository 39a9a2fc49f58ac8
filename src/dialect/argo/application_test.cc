#include "dialect/argo/application.hh"

#include "dialect/argo/depends_on.hh"

#include <gtest/gtest.h>

#include "dialect/argo/tracking.hh"
#include "port/repositories.hh"
#include "value/json.hh"

namespace taut::argo {
namespace {

Value json(std::string_view text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(Value());
}

Value application(std::string_view spec) {
  return json(fmt::format(R"({{"apiVersion":"argoproj.io/v1alpha1","kind":"Application",
      "metadata":{{"name":"web","namespace":"argocd"}},"spec":{}}})", spec));
}

constexpr std::string_view kSpec = R"({"project":"default","source":{"repoURL":"https://git/x","path":"web","targetRevision":"main"},
  "destination":{"server":"https://kubernetes.default.svc","namespace":"shop"},
  "syncPolicy":{"automated":{"prune":true,"selfHeal":true},"syncOptions":["CreateNamespace=true"],
                "retry":{"limit":3,"backoff":{"duration":"1s","factor":3,"maxDuration":"1m"}}}})";

std::vector<std::string> errors(std::string_view spec, Value project = {}) {
  ReadContext context;
  context.project = std::move(project);
  std::vector<std::string> out;
  for (const auto& condition : read_application(application(spec), context).spec.errors)
    out.push_back(condition.type + ": " + condition.message);
  return out;
}

using Lines = std::vector<std::string>;

TEST(Application, becomes_a_unit) {
  auto read = read_application(application(kSpec), {});
  EXPECT_EQ(read.spec.key, "argoproj.io/Application/argocd/web");
  EXPECT_EQ(read.spec.name, "web");
  EXPECT_EQ(read.spec.source.revision, "main");
  EXPECT_EQ(read.spec.destination.ns, "shop");
  EXPECT_TRUE(read.spec.policy.automated && read.spec.policy.prune && read.spec.policy.self_heal);
  ASSERT_TRUE(read.spec.policy.retry);
  EXPECT_EQ(read.spec.policy.retry->limit, 3);
  EXPECT_EQ(format_go_duration(read.spec.policy.retry->delay(2)), "9s");
  EXPECT_TRUE(read.spec.errors.empty());
}

TEST(Application, orphans_are_a_warning_where_the_project_wants_it) {
  auto warnings = [](std::string_view orphaned, size_t orphans) {
    ReadContext context;
    context.orphans = orphans;
    context.project = json(fmt::format(R"({{"metadata":{{"name":"default"}},"spec":{{"sourceRepos":["*"],"destinations":[{{"server":"*","namespace":"*"}}],
        "orphanedResources":{}}}}})", orphaned));
    auto spec = read_application(application(kSpec), context).spec;
    EXPECT_TRUE(spec.errors.empty());
    return spec.warnings.empty() ? "" : spec.warnings[0].type + ": " + spec.warnings[0].message;
  };
  EXPECT_EQ(warnings("{}", 2), "OrphanedResourceWarning: Application has 2 orphaned resources");
  EXPECT_EQ(warnings("{}", 0), "");
  EXPECT_EQ(warnings(R"({"warn":false})", 2), "");
  EXPECT_EQ(warnings("null", 2), "");
  Value told = json(R"({"status":{"conditions":[{"type":"OrphanedResourceWarning","message":"Application has 17 orphaned resources"}]}})");
  EXPECT_EQ(orphans_told(told), 17u);
  EXPECT_EQ(orphans_told(json("{}")), 0u);
}

TEST(Application, what_is_wrong_is_one_condition_in_argo_cd_s_words) {
  EXPECT_EQ(errors(R"({"source":{"repoURL":"https://git/x"},"destination":{"name":"in-cluster"}})"),
            (Lines{"InvalidSpecError: spec.source.repoURL and either spec.source.path or spec.source.chart are required"}));
  EXPECT_EQ(errors(R"({"project":"team","source":{"repoURL":"https://git/x","path":"."},"destination":{"name":"in-cluster"}})"),
            (Lines{"InvalidSpecError: Application referencing project team which does not exist"}));
  EXPECT_EQ(errors(R"({"source":{"repoURL":"https://git/x","path":"."},"destination":{"name":"moon"}})"),
            (Lines{"InvalidSpecError: there are no clusters with this name: moon"}));
  Value team = json(R"({"metadata":{"name":"team"},"spec":{"sourceRepos":["https://git/y"],
      "destinations":[{"server":"*","namespace":"team-*"}]}})");
  EXPECT_EQ(errors(R"({"project":"team","source":{"repoURL":"https://git/y","path":"."},
      "destination":{"server":"https://kubernetes.default.svc","namespace":"kube-system"}})", team),
            (Lines{"InvalidSpecError: application destination server 'https://kubernetes.default.svc' and namespace "
                   "'kube-system' do not match any of the allowed destinations in project 'team'"}));
  EXPECT_EQ(errors(R"({"project":"team","source":{"repoURL":"https://git/x","path":"."},
      "destination":{"server":"https://kubernetes.default.svc","namespace":"team-a"}})", team),
            (Lines{"InvalidSpecError: application repo https://git/x is not permitted in project 'team'"}));
}

TEST(Application, a_status_written_is_read_back_the_same) {
  auto read = read_application(application(kSpec), {});
  engine::UnitStatus status;
  Time now = *parse_rfc3339("2026-01-02T03:04:05Z");
  status.sync = engine::SyncState::kOutOfSync;
  status.revision = "abc";
  status.compared_source = read.spec.source;
  status.health = {HealthState::kDegraded, "apps/Deployment:shop/web: no"};
  status.resources = {{{"apps", "v1", "Deployment"}, {"apps", "Deployment", "shop", "web"}, engine::SyncState::kSynced,
                       Health{HealthState::kDegraded, "no"}, false, false, 2}};
  engine::OperationState state;
  state.operation.automated = true;
  state.operation.revision = "abc";
  state.operation.options = {"CreateNamespace=true"};
  state.operation.retry = {5, false};
  state.operation.resources = {{"apps", "Deployment", "shop", "web"}};
  state.phase = engine::OperationPhase::kSucceeded;
  state.message = "successfully synced (all tasks run)";
  state.started = now;
  state.finished = now;
  state.revision = "abc";
  state.source = read.spec.source;
  state.results = {{{"apps", "v1", "Deployment"}, {"apps", "Deployment", "shop", "web"}, engine::ResultCode::kSynced,
                    "deployment.apps/web created", false, engine::OperationPhase::kRunning, plan::Phase::kSync}};
  status.operation = state;
  status.history = {{0, "abc", read.spec.source, now, now, true, ""}};
  status.conditions = {{"SyncError", "x", now}};
  status.reconciled = now;
  status.source_type = "Directory";
  status.images = {"nginx"};
  Value app = application(kSpec);
  app.set("status", write_status(status, application(kSpec)["spec"], "argocd"));
  EXPECT_TRUE(read_status(app) == status) << to_json(app["status"], {.indent = "  "});
  EXPECT_TRUE(status_patch(app, app["status"], false, false).is_null());
}

TEST(Application, the_status_is_written_in_argo_cd_s_fields) {
  auto read = read_application(application(kSpec), {});
  engine::UnitStatus status;
  status.sync = engine::SyncState::kSynced;
  status.revision = "abc";
  status.health = {HealthState::kHealthy, ""};
  EXPECT_EQ(to_json(write_status(status, application(kSpec)["spec"], "argocd")),
            R"({"controllerNamespace":"argocd","health":{"status":"Healthy"},"summary":{},"sync":{"comparedTo":)"
            R"({"destination":{"namespace":"shop","server":"https://kubernetes.default.svc"},"source":{"path":"web",)"
            R"("repoURL":"https://git/x","targetRevision":"main"}},"revision":"abc","status":"Synced"}})");
}

TEST(Application, patches_hold_only_what_changed) {
  Value app = application(kSpec);
  app.edit("metadata").edit("annotations").set(kRefreshAnnotation, "hard");
  app.set("operation", Value::map({{"sync", Value::map()}}));
  app.set("status", json(R"({"health":{"status":"Healthy","message":"m"},"sync":{"status":"Synced"}})"));
  EXPECT_EQ(to_json(status_patch(app, json(R"({"health":{"status":"Degraded"},"sync":{"status":"Synced"}})"), true, true)),
            R"({"metadata":{"annotations":{"argocd.argoproj.io/refresh":null}},"operation":null,)"
            R"("status":{"health":{"message":null,"status":"Degraded"}}})");
}

TEST(Application, hooks_around_its_deletion_hold_it_by_finalizers) {
  Value app = json(R"({"metadata":{"name":"web","resourceVersion":"7","finalizers":["x"]}})");
  engine::UnitStatus status;
  EXPECT_TRUE(with_hook_finalizers(Value(), app, status).is_null());
  status.post_delete_hooks = true;
  Value patch = with_hook_finalizers(Value(), app, status);
  EXPECT_EQ(to_json(patch), R"({"metadata":{"finalizers":["x","post-delete-finalizer.argocd.argoproj.io","post-delete-finalizer.argocd.argoproj.io/cleanup"],"resourceVersion":"7"}})");
  app.edit("metadata").set("finalizers", patch["metadata"]["finalizers"]);
  EXPECT_TRUE(with_hook_finalizers(Value(), app, status).is_null());
  EXPECT_TRUE(read_status(app).post_delete_hooks);
  EXPECT_TRUE(read_application(app, {}).spec.post_delete);
  EXPECT_EQ(to_json(release_patch(app)), R"({"metadata":{"finalizers":["x"]}})");
  app.edit("metadata").set("deletionTimestamp", "2026-01-01T00:00:00Z");
  EXPECT_TRUE(with_hook_finalizers(Value(), app, {}).is_null());
}

TEST(Application, what_taut_does_not_do_is_refused_by_its_field) {
  EXPECT_EQ(errors(R"({"source":{"repoURL":"r","path":"p","plugin":{"name":"x"},"directory":{"jsonnet":{"libs":["a"]}}},"destination":{"server":"https://kubernetes.default.svc"}})"),
            (Lines{"InvalidSpecError: spec.source.plugin is not supported by taut", "InvalidSpecError: spec.source.directory.jsonnet is not supported by taut"}));
  EXPECT_EQ(errors(R"({"sources":[{"repoURL":"r","path":"p","directory":{"jsonnet":{}}}],"destination":{"server":"https://kubernetes.default.svc"}})"), Lines{});
}

TEST(Operation, a_rollback_goes_to_an_entry_of_the_history) {
  Value app = application(kSpec);
  app.set("status", json(R"({"history":[{"id":3,"revision":"aaa","source":{"repoURL":"r","path":"p"}},
      {"id":4,"revision":"bbb","source":{"repoURL":"r","path":"p"}}]})"));
  auto operation = rollback_operation(app, std::nullopt, true);
  ASSERT_TRUE(operation);
  EXPECT_EQ(operation->revision, "aaa");
  EXPECT_EQ(operation->rollback_to, 3);
  auto again = read_operation(write_operation(*operation, nullptr));
  EXPECT_EQ(again.rollback_to, 3);
  EXPECT_EQ(rollback_operation(app, 9, true).error().message(), "application web does not have deployment id 9 in history");
}

TEST(Tracking, marks_are_read_back_unless_they_were_copied) {
  AnnotationOwnership tracking;
  engine::UnitSpec unit;
  unit.name = "web";
  unit.destination.ns = "shop";
  Value object = json(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","namespace":"shop"}})");
  Value marked = tracking.mark(object, unit);
  EXPECT_EQ(annotation_of(marked, kTrackingAnnotation), "web:apps/Deployment:shop/a");
  EXPECT_EQ(tracking.owner(marked), "web");
  marked.edit("metadata").set("name", "b");
  EXPECT_EQ(tracking.owner(marked), std::nullopt);
  EXPECT_EQ(tracking.owner(object), std::nullopt);
  Value cluster = tracking.mark(json(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n"}})"), unit);
  EXPECT_EQ(annotation_of(cluster, kTrackingAnnotation), "web:/Namespace:shop/n");
  EXPECT_EQ(tracking.owner(cluster), "web");
}

TEST(Application, manifests_in_an_operation_are_applied_unless_syncs_are_automated) {
  Value object = application(kSpec);
  object.set("operation", json(R"({"sync":{"manifests":["{}"]},"retry":{"limit":3}})"));
  object.edit("spec").edit("syncPolicy").erase("automated");
  auto read = read_application(object, {});
  ASSERT_TRUE(read.operation);
  EXPECT_EQ(read.operation->manifests, std::vector<std::string>{"{}"});
  EXPECT_EQ(read.operation->unsupported, "");
  EXPECT_EQ(write_operation(*read.operation, nullptr)["sync"]["manifests"], Value::list({"{}"}));
  object.edit("spec").edit("syncPolicy").set("automated", Value::map());
  read = read_application(object, {});
  EXPECT_EQ(read.operation->unsupported, "cannot use local sync when Automatic Sync Policy is enabled unless for dry run");
  EXPECT_EQ(read.operation->retry.limit, 0);
  object.edit("operation").edit("sync").set("dryRun", true);
  EXPECT_EQ(read_application(object, {}).operation->unsupported, "");
}

TEST(Application, what_a_project_demands_and_taut_does_not_is_refused) {
  auto refused = [](std::string_view more, bool impersonates = false) {
    Settings settings;
    settings.impersonates = impersonates;
    ReadContext context;
    context.settings = &settings;
    context.project = json(fmt::format(R"({{"metadata":{{"name":"default"}},"spec":{{"sourceRepos":["*"],"destinations":[{{"server":"*","namespace":"*"}}]{}}}}})", more));
    auto spec = read_application(application(kSpec), context).spec;
    return spec.errors.empty() ? std::string() : spec.errors[0].message;
  };
  EXPECT_EQ(refused(R"(,"signatureKeys":[])"), "");
  EXPECT_EQ(refused(R"(,"signatureKeys":[{"keyID":"4AEE18F83AFDEB23"}])"), "spec.signatureKeys of project 'default' is not supported by taut");
  EXPECT_EQ(refused(R"(,"sourceIntegrity":{"git":{}})"), "spec.sourceIntegrity of project 'default' is not supported by taut");
  EXPECT_EQ(refused(R"(,"destinationServiceAccounts":[{"server":"*"}])"), "");
  EXPECT_EQ(refused("", true), "spec.destinationServiceAccounts (application.sync.impersonation.enabled) of project 'default' is not supported by taut");
}

TEST(Application, what_automated_syncs_wait_for_is_told) {
  Value object = application(kSpec);
  object.edit("metadata").edit("annotations").set(kDependsOnAnnotation, "Kustomization/flux-system/infra, base");
  ReadContext context;
  context.waits_for = "dependency 'Kustomization/flux-system/infra' is not ready";
  auto spec = read_application(object, context).spec;
  EXPECT_EQ(spec.waits_for, context.waits_for);
  ASSERT_EQ(spec.warnings.size(), 1u);
  EXPECT_EQ(spec.warnings[0].message, "Automated sync waits: dependency 'Kustomization/flux-system/infra' is not ready");
  ASSERT_EQ(spec.errors.size(), 1u);
  EXPECT_EQ(spec.errors[0].message, "metadata.annotations[taut.dev/depends-on]: \"base\" is not KIND/NAME or KIND/NAMESPACE/NAME");
}

TEST(Application, credentials_of_another_project_cannot_be_named) {
  Value object = application(kSpec);
  object.edit("spec").edit("source").set("repoURL", in_project("team", "https://git.example/secret"));
  auto spec = read_application(object, {}).spec;
  ASSERT_FALSE(spec.errors.empty());
  EXPECT_EQ(spec.errors[0].message, "application repo project+team+https://git.example/secret is not permitted in project 'default'");
}

TEST(Application, of_another_namespace_needs_a_project_that_lets_it) {
  Value object = application(kSpec);
  object.edit("metadata").set("namespace", "team-a");
  ReadContext context;
  context.control_namespace = "argocd";
  auto spec = read_application(object, context).spec;
  ASSERT_FALSE(spec.errors.empty());
  EXPECT_EQ(spec.errors[0].message, fmt::format("application '{}' in namespace 'team-a' is not permitted to use project 'default'", name_of(object)));
}

}  // namespace
}  // namespace taut::argo
