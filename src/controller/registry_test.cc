#include "controller/registry.hh"

#include <gtest/gtest.h>

#include "base/base64.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::controller {
namespace {

Value yaml(std::string_view text) { return parse_yaml_document(text)->root; }

Value secret(std::string_view name, std::string_view type, std::initializer_list<std::pair<std::string_view, std::string>> data) {
  Value out = yaml(fmt::format("metadata: {{name: {}, uid: {}, labels: {{argocd.argoproj.io/secret-type: {}}}}}\n", name, name, type));
  for (const auto& [key, text] : data) out.edit("data").set(key, base64_encode(text));
  return out;
}

// What one Application is told to be wrong with it, as projects, Secrets and settings come.
class RegistryTest : public testing::Test {
 protected:
  RegistryTest() {
    for (const char* kind : {"AppProject", "ConfigMap", "Secret"}) registry.changed({"", "", kind}, {.type = WatchEvent::Type::kSynced});
    changed("Application", yaml(R"(
metadata: {name: web, namespace: argocd, uid: w}
spec:
  project: shop
  source: {repoURL: https://git/shop, path: web, targetRevision: main}
  destination: {name: east, namespace: shop}
)"));
    take(registry.changed({"", "", "Application"}, {.type = WatchEvent::Type::kSynced}));
  }
  void changed(const char* kind, Value object, WatchEvent::Type type = WatchEvent::Type::kModified) {
    take(registry.changed({"", "", kind}, {.type = type, .object = std::move(object)}));
  }
  void take(const std::vector<Told>& told) {
    for (const Told& one : told) {
      const auto* spec = std::get_if<engine::UnitSpecified>(&one.event);
      if (!spec) continue;
      errors.clear();
      for (const auto& condition : spec->spec.errors) errors.push_back(condition.message);
      repository = spec->spec.source.repo;
    }
  }

  Registry registry{"argocd"};
  std::vector<std::string> errors;
  std::string repository;
};

using Lines = std::vector<std::string>;

TEST_F(RegistryTest, secrets_of_a_project_extend_what_it_allows) {
  changed("AppProject", yaml("metadata: {name: shop}\nspec: {permitOnlyProjectScopedClusters: true}"));
  changed("Secret", secret("c", "cluster", {{"name", "east"}, {"server", "https://east"}, {"config", "{}"}}));
  std::string nowhere = "application destination server 'east' and namespace 'shop' do not match any of the allowed destinations in project 'shop'";
  EXPECT_EQ(errors, (Lines{"application repo https://git/shop is not permitted in project 'shop'", nowhere}));
  changed("Secret", secret("r", "repository", {{"url", "https://git/shop"}, {"project", "shop"}}));
  EXPECT_EQ(errors, (Lines{nowhere}));
  // Allowed for everybody is not enough where only the project's own clusters are.
  changed("AppProject", yaml("metadata: {name: shop}\nspec: {permitOnlyProjectScopedClusters: true, destinations: [{server: '*', namespace: '*'}]}"));
  EXPECT_EQ(errors, (Lines{nowhere}));
  changed("Secret", secret("c", "cluster", {{"name", "east"}, {"server", "https://east"}, {"config", "{}"}, {"project", "shop"}}));
  EXPECT_EQ(errors, (Lines{}));
  changed("AppProject", yaml("metadata: {name: shop}\nspec: {permitOnlyProjectScopedClusters: true}"));
  EXPECT_EQ(errors, (Lines{}));
  changed("Secret", secret("r", "repository", {{"url", "https://git/shop"}, {"project", "other"}}));
  EXPECT_EQ(errors, (Lines{"application repo https://git/shop is not permitted in project 'shop'"}));
}

TEST_F(RegistryTest, a_global_project_hands_down_and_is_followed) {
  changed("Secret", secret("c", "cluster", {{"name", "east"}, {"server", "https://east"}, {"config", "{}"}}));
  changed("ConfigMap", yaml("metadata: {name: argocd-cm}\ndata: {globalProjects: '[{projectName: all, labelSelector: {matchLabels: {heir: a}}}]'}"));
  changed("AppProject", yaml("metadata: {name: shop, labels: {heir: a}}\nspec: {destinations: [{server: '*', namespace: '*'}]}"));
  EXPECT_EQ(errors, (Lines{"application repo https://git/shop is not permitted in project 'shop'"}));
  changed("AppProject", yaml("metadata: {name: all}\nspec: {sourceRepos: ['*']}"));
  EXPECT_EQ(errors, (Lines{}));
}

TEST_F(RegistryTest, an_application_reads_as_its_project_what_the_project_has_credentials_for) {
  changed("AppProject", yaml("metadata: {name: shop}\nspec: {sourceRepos: ['*']}"));
  EXPECT_EQ(repository, "https://git/shop");
  changed("Secret", secret("r", "repository", {{"url", "https://git/Shop.git"}, {"project", "shop"}}));
  EXPECT_EQ(repository, "project+shop+https://git/shop");
  EXPECT_EQ(registry.names_of("https://git/shop"), (Lines{"https://git/shop", "project+shop+https://git/shop"}));
  changed("Secret", secret("r", "repository", {{"url", "https://git/Shop.git"}, {"project", "other"}}));
  EXPECT_EQ(repository, "https://git/shop");
}

TEST_F(RegistryTest, an_application_that_is_to_be_skipped_is_left_alone) {
  Value web = yaml("metadata: {name: web, namespace: argocd, uid: w, annotations: {argocd.argoproj.io/skip-reconcile: 'true'}}\nspec: {project: shop}");
  auto told = registry.changed({"", "", "Application"}, {.type = WatchEvent::Type::kModified, .object = web});
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<engine::UnitGone>(told[0].event));
  EXPECT_TRUE(registry.changed({"", "", "Application"}, {.type = WatchEvent::Type::kModified, .object = web}).empty());
  web.edit("metadata").erase("annotations");
  EXPECT_FALSE(registry.changed({"", "", "Application"}, {.type = WatchEvent::Type::kModified, .object = web}).empty());
}

TEST(Registry, applications_of_other_namespaces_are_told_of_where_they_may_be) {
  Registry registry("argocd", {"team-*"});
  for (const char* kind : {"AppProject", "ConfigMap", "Secret", "Application"}) registry.changed({"", "", kind}, {.type = WatchEvent::Type::kSynced});
  auto told = [&](const char* ns) {
    Value web = yaml(fmt::format("metadata: {{name: web, namespace: {}, uid: w}}\nspec: {{project: default}}", ns));
    return registry.changed({"", "", "Application"}, {.type = WatchEvent::Type::kAdded, .object = web}).size();
  };
  EXPECT_EQ(told("team-a"), 1u);
  EXPECT_EQ(told("argocd"), 1u);
  EXPECT_EQ(told("other"), 0u);
}

TEST_F(RegistryTest, what_is_waited_for_is_watched_and_a_cycle_is_told) {
  auto web = [](std::string_view on) {
    return yaml(fmt::format("metadata: {{name: web, namespace: argocd, uid: w, annotations: {{taut.dev/depends-on: '{}'}}}}\nspec: {{project: shop}}", on));
  };
  auto waits = [](const std::vector<Told>& told) -> std::string {
    const auto* spec = told.empty() ? nullptr : std::get_if<engine::UnitSpecified>(&told.back().event);
    return spec ? spec->spec.waits_for : "nothing was told";
  };
  Gvk kustomization{"kustomize.toolkit.fluxcd.io", "v1", "Kustomization"};
  changed("Application", web("Kustomization/f/infra"));
  auto watches = registry.take_watches();
  ASSERT_EQ(watches.size(), 1u);
  EXPECT_EQ(watches[0].options.field_selector, "metadata.name=infra");
  Value infra = yaml("metadata: {name: infra, namespace: f, generation: 1}\nstatus: {observedGeneration: 1, conditions: [{type: Ready, status: 'False'}]}");
  EXPECT_EQ(waits(registry.changed(kustomization, {.type = WatchEvent::Type::kAdded, .object = infra})), "dependency 'Kustomization/f/infra' is not ready");
  infra.edit("status").set("conditions", yaml("[{type: Ready, status: 'True'}]"));
  EXPECT_EQ(waits(registry.changed(kustomization, {.type = WatchEvent::Type::kModified, .object = infra})), "");
  EXPECT_EQ(waits(registry.changed(kustomization, {.type = WatchEvent::Type::kDeleted, .object = infra})), "dependency 'Kustomization/f/infra' not found");
  auto told = registry.changed({"", "", "Application"}, {.type = WatchEvent::Type::kModified, .object = web("Application/web")});
  EXPECT_EQ(waits(told), "dependency cycle: Application/argocd/web -> Application/argocd/web");
  EXPECT_TRUE(registry.take_watches().empty());
  auto ended = registry.take_ended_watches();
  ASSERT_EQ(ended.size(), 1u) << "nobody waits for it any more";
  EXPECT_EQ(ended[0].gvk, kustomization);
  EXPECT_EQ(ended[0].options.field_selector, "metadata.name=infra");
  EXPECT_TRUE(registry.changed(kustomization, {.type = WatchEvent::Type::kModified, .object = infra}).empty());
  changed("Application", web("Kustomization/f/infra"));
  EXPECT_EQ(registry.take_watches().size(), 1u);
  changed("Application", {yaml("metadata: {name: web, namespace: argocd}")}, WatchEvent::Type::kDeleted);
  EXPECT_EQ(registry.take_ended_watches().size(), 1u);
}

// An Application, of project default, that waits for others.
Value waiting(std::string_view name, std::string_view on) {
  return yaml(fmt::format("metadata: {{name: {0}, namespace: argocd, uid: {0}, annotations: {{taut.dev/depends-on: '{1}'}}}}\nspec: {{project: default}}", name, on));
}

// Which Applications were told, in their order, and what each waits for.
std::vector<std::string> told_of(const std::vector<Told>& told) {
  std::vector<std::string> out;
  for (const Told& one : told)
    if (const auto* spec = std::get_if<engine::UnitSpecified>(&one.event)) out.push_back(spec->spec.name + ": " + spec->spec.waits_for);
  return out;
}

TEST(Registry, a_new_edge_tells_only_those_whose_cycle_it_makes_or_undoes) {
  Registry registry("argocd");
  for (const char* kind : {"AppProject", "ConfigMap", "Secret", "Application"}) registry.changed({"", "", kind}, {.type = WatchEvent::Type::kSynced});
  auto change = [&](std::string_view name, std::string_view on) {
    return told_of(registry.changed({"", "", "Application"}, {.type = WatchEvent::Type::kModified, .object = waiting(name, on)}));
  };
  for (int i = 0; i < 50; ++i) EXPECT_EQ(change(fmt::format("app-{}", i), fmt::format("Application/app-{}", i + 1)).size(), 1u);
  EXPECT_EQ(change("a", "Application/b").size(), 1u);
  EXPECT_EQ(change("b", "Application/a"), (Lines{"b: dependency cycle: Application/argocd/b -> Application/argocd/a -> Application/argocd/b",
                                                 "a: dependency cycle: Application/argocd/a -> Application/argocd/b -> Application/argocd/a"}));
  EXPECT_EQ(change("b", "Application/app-1"), (Lines{"b: dependency 'Application/argocd/app-1' is not ready", "a: dependency 'Application/argocd/b' is not ready"}));
}

TEST(Registry, hears_of_cycles_that_objects_of_other_dialects_close) {
  auto graph = std::make_shared<engine::DependencyGraph>();
  engine::DependencyView flux(graph);
  Registry registry("argocd", {}, graph);
  for (const char* kind : {"AppProject", "ConfigMap", "Secret", "Application"}) registry.changed({"", "", kind}, {.type = WatchEvent::Type::kSynced});
  for (const char* name : {"a", "z"})
    registry.changed({"", "", "Application"}, {.type = WatchEvent::Type::kModified, .object = waiting(name, "Kustomization/f/infra")});
  EXPECT_TRUE(registry.dependencies_changed().empty());
  flux.set("Kustomization/f/infra", {"Application/argocd/a"});
  EXPECT_EQ(told_of(registry.dependencies_changed()),
            (Lines{"a: dependency cycle: Application/argocd/a -> Kustomization/f/infra -> Application/argocd/a"}));
  EXPECT_TRUE(registry.dependencies_changed().empty());
  flux.set("Kustomization/f/infra", {});
  EXPECT_EQ(told_of(registry.dependencies_changed()), (Lines{"a: dependency 'Kustomization/f/infra' is not ready"}));
}

TEST_F(RegistryTest, orphans_are_looked_for_where_a_project_asks) {
  changed("Secret", secret("c", "cluster", {{"name", "east"}, {"server", "https://east"}, {"config", "{}"}}));
  changed("AppProject", yaml("metadata: {name: shop}\nspec: {sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}]}"));
  EXPECT_FALSE(registry.take_orphans_changed());
  EXPECT_TRUE(registry.orphan_searches().empty());
  changed("AppProject", yaml("metadata: {name: shop}\nspec: {sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}], orphanedResources: {}}"));
  EXPECT_TRUE(registry.take_orphans_changed());
  EXPECT_FALSE(registry.take_orphans_changed());
  auto searches = registry.orphan_searches();
  ASSERT_EQ(searches.size(), 1u);
  const OrphanSearch& search = searches.at("https://east");
  ASSERT_EQ(search.items.size(), 1u);
  EXPECT_EQ(search.items[0].place.destination.name, "east");
  EXPECT_EQ(*search.applications, std::set<std::string>{"web"});
  auto told = registry.counted({search.items[0].unit, 2});
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(std::get<engine::UnitSpecified>(told[0].event).spec.warnings.at(0).message, "Application has 2 orphaned resources");
  EXPECT_TRUE(registry.counted({search.items[0].unit, 2}).empty());
}

}  // namespace
}  // namespace taut::controller
