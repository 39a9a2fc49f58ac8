#include "helm/lock.hh"

#include <gtest/gtest.h>

#include "helm/test_charts.hh"
#include "tree/archive.hh"

namespace taut::helm {
namespace {

Dependency dependency(std::string name, std::string version, std::string repository) {
  Dependency out;
  out.name = std::move(name);
  out.version = std::move(version);
  out.repository = std::move(repository);
  return out;
}

// Measured with helm 4.1.4: `helm dependency update` on this Chart.yaml.
TEST(Lock, the_digest_is_helms) {
  Dependency asked = dependency("lib", ">=1.0.0", "http://127.0.0.1:8765");
  asked.condition = "a.b";
  asked.tags = {"x"};
  asked.import_values = {Value("data")};
  EXPECT_EQ(lock_digest({asked}, {dependency("lib", "1.2.0", "http://127.0.0.1:8765")}),
            "sha256:623f22ce2291e25cf8dda2de81e606a80513be5b9d3855e0f02ac5400f4e35f5");
}

TEST(Lock, is_read_as_it_is_written) {
  Lock lock{"2026-11-23T11:46:00.5Z", "sha256:1", {dependency("a", "1.0.0", "")}};
  EXPECT_EQ(lock_text(lock), "dependencies:\n- name: a\n  repository: \"\"\n  version: 1.0.0\ndigest: sha256:1\ngenerated: \"2026-11-23T11:46:00.5Z\"\n");
  EXPECT_EQ(lock_text(*read_lock(lock_text(lock))), lock_text(lock));
}

TEST(Lock, one_of_another_chart_is_refused) {
  Metadata metadata;
  metadata.api_version = "v2";
  metadata.dependencies = {dependency("a", "1.x", "https://x")};
  Lock lock{"", "", {dependency("a", "1.0.0", "https://x")}};
  lock.digest = lock_digest(metadata.dependencies, lock.dependencies);
  EXPECT_TRUE(check_lock(metadata, lock));
  metadata.dependencies[0].version = "2.x";
  EXPECT_EQ(check_lock(metadata, lock).error().message(),
            "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies");
}

TEST(Archive, holds_the_chart_and_is_the_same_each_time) {
  auto chart = chart_of({{"Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"},
                         {"values.yaml", "a: 1\n"},
                         {"templates/" + std::string(120, 'x') + "/a.yaml", "kind: ConfigMap\n"},
                         {"templates/ü.yaml", "kind: Secret\n"},
                         {"charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 0.1.0\n"}});
  ASSERT_TRUE(chart);
  std::string bytes = *write_chart_archive(**chart);
  EXPECT_EQ(bytes, *write_chart_archive(**chart));
  auto again = load_chart_archive(bytes);
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ((*again)->templates.size(), 2u);
  EXPECT_EQ((*again)->charts.size(), 1u);
  EXPECT_EQ(*write_chart_archive(**again), bytes);
}

}  // namespace
}  // namespace taut::helm
