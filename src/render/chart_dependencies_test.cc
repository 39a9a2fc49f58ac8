#include "render/chart_dependencies.hh"

#include <gtest/gtest.h>

#include "helm/lock.hh"
#include "render/memo.hh"
#include "tree/memory.hh"
#include "tree/views.hh"

namespace taut::render {
namespace {

// One repository with one chart, whose newest version the test sets.
class FakeCharts : public RemoteCharts {
 public:
  std::string newest = "1.2.0";
  int resolved = 0, fetched = 0;
  bool down = false;

  Result<std::string> resolve(const std::string& repository, const std::string& chart, const std::string& range) override {
    ++resolved;
    if (down) return fail(Code::kUnavailable, "no answer");
    if (repository != "https://charts.example.com" || chart != "lib") return fail(Code::kNotFound, "no chart {} in range {}", chart, range);
    return newest;
  }
  Result<TreePtr> tree(const std::string&, const std::string& chart, const std::string& version) override {
    ++fetched;
    return memory_tree({{"Chart.yaml", "apiVersion: v2\nname: " + chart + "\nversion: " + version + "\n"},
                        {"templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {v: {{ .Chart.Version | quote }}}}\n"}});
  }
};

std::string app_file(std::string_view repository, std::string_view name = "lib") {
  return fmt::format("apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- name: {}\n  version: 1.x\n  repository: {}\n", name, repository);
}

TreePtr repository(const std::string& chart_file, TreeChanges more = {}) {
  more["app/Chart.yaml"] = chart_file;
  more["app/templates/b.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n";
  return *overlay_tree(memory_tree({{"README", "x"}}), std::move(more));
}

std::string version_of(const Rendered& rendered) {
  for (const RenderedObject& one : rendered.objects)
    if (one.object["metadata"]["name"].as_string() == "a") return one.object["metadata"]["labels"]["v"].str();
  return "";
}

TEST(ChartDependencies, what_charts_lacks_is_fetched_in_the_newest_version_of_its_range) {
  FakeCharts charts;
  auto rendered = render({.tree = repository(app_file("https://charts.example.com/")), .path = "app", .charts = &charts});
  ASSERT_TRUE(rendered) << rendered.error().message();
  EXPECT_EQ(version_of(*rendered), "1.2.0");
  auto alone = render({.tree = repository(app_file("https://charts.example.com")), .path = "app"});
  EXPECT_EQ(alone.error().message(),
            "an error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing "
            "dependencies: found in Chart.yaml, but missing in charts/ directory: lib");
}

TEST(ChartDependencies, a_lock_names_the_version_and_must_belong_to_the_chart) {
  FakeCharts charts;
  helm::Dependency asked, locked;
  asked.name = locked.name = "lib";
  asked.repository = locked.repository = "https://charts.example.com";
  asked.version = "1.x";
  locked.version = "1.1.0";
  helm::Lock lock{"2026-01-01T00:00:00Z", helm::lock_digest({asked}, {locked}), {locked}};
  TreePtr tree = repository(app_file("https://charts.example.com"), {{"app/Chart.lock", helm::lock_text(lock)}});
  EXPECT_EQ(version_of(*render({.tree = tree, .path = "app", .charts = &charts})), "1.1.0");
  EXPECT_EQ(charts.resolved, 0);
  lock.digest = "sha256:0";
  tree = repository(app_file("https://charts.example.com"), {{"app/Chart.lock", helm::lock_text(lock)}});
  EXPECT_EQ(render({.tree = tree, .path = "app", .charts = &charts}).error().message(),
            "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies");
}

TEST(ChartDependencies, folders_are_of_the_repository) {
  FakeCharts charts;
  TreePtr tree = repository(app_file("file://../lib"), {{"lib/Chart.yaml", "apiVersion: v2\nname: lib\nversion: 1.5.0\n"}});
  EXPECT_TRUE(render({.tree = tree, .path = "app", .charts = &charts}));
  EXPECT_EQ(render({.tree = repository(app_file("file:///etc")), .path = "app", .charts = &charts}).error().code(), Code::kForbidden);
  EXPECT_FALSE(render({.tree = repository(app_file("file://../../../etc")), .path = "app", .charts = &charts}));
  EXPECT_EQ(render({.tree = repository(app_file("'@x'")), .path = "app", .charts = &charts}).error().message(),
            "no repository definition for @x. Please add them via 'helm repo add'");
}

TEST(ChartDependencies, a_render_is_kept_as_long_as_its_ranges_lead_to_the_same) {
  FakeCharts charts;
  Memo memo;
  TreePtr tree = repository(app_file("https://charts.example.com"));
  auto first = *memo.render({.tree = tree, .path = "app", .charts = &charts});
  EXPECT_EQ(*memo.render({.tree = tree, .path = "app", .charts = &charts}), first);
  EXPECT_EQ(charts.fetched, 1);
  charts.down = true;
  EXPECT_EQ(*memo.render({.tree = tree, .path = "app", .charts = &charts}), first);
  charts.down = false;
  charts.newest = "1.3.0";
  EXPECT_EQ(version_of(**memo.render({.tree = tree, .path = "app", .charts = &charts})), "1.3.0");
}

TEST(ChartDependencies, what_was_not_found_is_looked_for_again) {
  FakeCharts charts;
  Memo memo;
  TreePtr tree = repository(app_file("https://charts.example.com", "other"));
  EXPECT_FALSE(memo.render({.tree = tree, .path = "app", .charts = &charts}));
  EXPECT_FALSE(memo.render({.tree = tree, .path = "app", .charts = &charts}));
  EXPECT_EQ(charts.resolved, 2);
}

}  // namespace
}  // namespace taut::render
