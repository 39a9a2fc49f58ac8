#include "render/memo.hh"

#include <gtest/gtest.h>

#include <thread>

#include "tree/memory.hh"
#include "tree/views.hh"
#include "value/json.hh"

namespace taut::render {
namespace {

constexpr std::string_view kConfig = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n";

const TreePtr kRepo = memory_tree({{"a/x.yaml", kConfig}, {"b/x.yaml", kConfig}});

TreePtr changed(TreeChanges changes) { return *overlay_tree(kRepo, std::move(changes)); }

TEST(Memo, a_commit_elsewhere_costs_no_render) {
  Memo memo;
  auto first = *memo.render({.tree = kRepo, .path = "a"});
  auto second = *memo.render({.tree = changed({{"b/x.yaml", "other"}, {"README", "x"}}), .path = "a"});
  EXPECT_EQ(first, second);
  EXPECT_EQ(memo.stats().hits, 1u);
  EXPECT_EQ(memo.stats().misses, 1u);
}

TEST(Memo, renders_again_when_what_was_read_changed) {
  Memo memo;
  auto first = *memo.render({.tree = kRepo, .path = "a"});
  for (TreeChanges changes :
       {TreeChanges{{"a/x.yaml", std::string(kConfig) + "data: {}\n"}}, TreeChanges{{"a/y.yaml", "x: 1"}},
        TreeChanges{{"a/Chart.yaml", "name: x"}}, TreeChanges{{"a/.argocd-source.yaml", "directory: {}"}}}) {
    auto next = memo.render({.tree = changed(changes), .path = "a"});
    EXPECT_TRUE(!next || *next != first) << changes.begin()->first;
  }
  EXPECT_EQ(memo.stats().hits, 0u);
  EXPECT_EQ(*memo.render({.tree = changed({{"a/y.yaml", "x: 1"}}), .path = "a"}),
            *memo.render({.tree = changed({{"a/y.yaml", "x: 1"}}), .path = "a"}));
}

TEST(Memo, other_parameters_are_another_result) {
  Memo memo;
  auto plain = *memo.render({.tree = kRepo, .path = "a"});
  EXPECT_NE(*memo.render({.tree = kRepo, .path = "b"}), plain);
  EXPECT_NE(*memo.render({.tree = kRepo, .path = "a", .source = *parse_json(R"({"directory":{"exclude":"*"}})")}),
            plain);
  EXPECT_EQ(*memo.render({.tree = kRepo, .path = "a"}), plain);
}

TEST(Memo, facts_of_the_cluster_count_only_if_they_were_looked_at) {
  Memo memo;
  auto plain = *memo.render({.tree = kRepo, .path = "a", .ns = "one", .kube_version = "1.35.0"});
  EXPECT_EQ(
      *memo.render({.tree = kRepo, .path = "a", .ns = "two", .kube_version = "1.36.0", .api_versions = {"x/v1"}}),
      plain);
  EXPECT_FALSE(plain->depends_on_cluster);
  TreePtr chart = changed({{"a/Chart.yaml", "name: x"}});
  (void)memo.render({.tree = chart, .path = "a", .kube_version = "1.35.0"});
  (void)memo.render({.tree = chart, .path = "a", .kube_version = "1.36.0"});
  EXPECT_EQ(memo.stats().misses, 3u) << "what is no plain folder may depend on them";
}

TEST(Memo, the_revision_counts_only_where_it_was_asked_for) {
  Memo memo;
  RenderInput input;
  input.tree = memory_tree({{"kustomization.yaml", "resources: [x.yaml]\n"}, {"x.yaml", kConfig}});
  input.revision = "0123456789abcdef";
  ASSERT_TRUE(memo.render(input));
  input.revision = "fedcba9876543210";
  ASSERT_TRUE(memo.render(input));
  EXPECT_EQ(memo.stats().hits, 1u);
  input.source = Value::map({{"kustomize", Value::map({{"commonAnnotationsEnvsubst", true}, {"commonAnnotations", Value::map({{"at", "$ARGOCD_APP_REVISION_SHORT"}})}})}});
  auto first = memo.render(input);
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_EQ((*first)->objects[0].object["metadata"]["annotations"]["at"].as_string(), "fedcba9");
  input.revision = "0123456789abcdef";
  EXPECT_EQ((*memo.render(input))->objects[0].object["metadata"]["annotations"]["at"].as_string(), "0123456");
}

TEST(Memo, keeps_refusals_but_no_passing_failure) {
  Memo memo;
  TreePtr broken = changed({{"a/x.yaml", "apiVersion: v1\nkind: [\nmetadata:\n"}});
  EXPECT_FALSE(memo.render({.tree = broken, .path = "a"}));
  EXPECT_FALSE(memo.render({.tree = broken, .path = "a"}));
  EXPECT_EQ(memo.stats().hits, 1u);
  class Down final : public Tree {
   public:
    Result<Hash128> id() const override { return fail(Code::kUnavailable, "down"); }
    Result<std::vector<TreeEntry>> list(std::string_view) const override {
      return fail(Code::kUnavailable, "down");
    }
    Result<FileText> read(std::string_view) const override { return fail(Code::kUnavailable, "down"); }
    Result<TreeEntry> stat(std::string_view) const override { return fail(Code::kUnavailable, "down"); }
  };
  auto down = std::make_shared<Down>();
  EXPECT_EQ(memo.render({.tree = down, .path = "c"}).error().code(), Code::kUnavailable);
  EXPECT_EQ(memo.render({.tree = down, .path = "c"}).error().code(), Code::kUnavailable);
  EXPECT_EQ(memo.stats().hits, 1u);
  EXPECT_EQ(memo.stats().entries, 1u);
}

TEST(Memo, objects_of_unchanged_files_stay_the_same_values) {
  Memo memo;
  std::string other = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n";
  auto first = *memo.render({.tree = changed({{"a/y.yaml", other}}), .path = "a"});
  auto second = *memo.render({.tree = changed({{"a/y.yaml", other + "data: {}\n"}}), .path = "a"});
  ASSERT_EQ(second->objects.size(), 2u);
  EXPECT_TRUE(first->objects[0].object.same(second->objects[0].object));
  EXPECT_FALSE(first->objects[1].object == second->objects[1].object);
  auto elsewhere = *memo.render({.tree = kRepo, .path = "b"});
  EXPECT_TRUE(first->objects[0].object.same(elsewhere->objects[0].object));
  EXPECT_EQ(elsewhere->objects[0].origin.to_string(), "b/x.yaml:1");
  EXPECT_EQ(memo.manifest_stats().misses, 3u);
}

TEST(ManifestCache, is_bounded_and_keeps_no_refusal) {
  ManifestCache cache(300);
  std::vector<Warning> warnings;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(cache.read("x.yaml", fmt::format("{}data: {{n: \"{}\"}}\n", kConfig, i), warnings));
    EXPECT_FALSE(cache.read("x.yaml", "apiVersion: v1\nkind: X\nmetadata: {}\n", warnings));
  }
  EXPECT_LE(cache.stats().bytes, 300u);
  EXPECT_EQ(cache.stats().hits, 0u);
}

TEST(Memo, is_bounded) {
  Memo memo({.entries = 3});
  for (int i = 0; i < 10; ++i) (void)memo.render({.tree = kRepo, .path = "a", .application = std::to_string(i)});
  EXPECT_EQ(memo.stats().entries, 3u);
  EXPECT_EQ(memo.stats().evicted, 7u);
  (void)memo.render({.tree = kRepo, .path = "a", .application = "9"});
  EXPECT_EQ(memo.stats().hits, 1u);
  memo.clear();
  EXPECT_EQ(memo.stats().bytes, 0u);
}

TEST(Memo, branches_with_the_same_parameters_live_side_by_side) {
  Memo memo;
  TreePtr other = changed({{"a/x.yaml", std::string(kConfig) + "data: {}\n"}});
  for (int i = 0; i < 5; ++i) {
    (void)memo.render({.tree = kRepo, .path = "a"});
    (void)memo.render({.tree = other, .path = "a"});
  }
  EXPECT_EQ(memo.stats().misses, 2u);
}

TEST(Memo, serves_many_threads) {
  Memo memo({.entries = 8});
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i)
        good += memo.render({.tree = kRepo, .path = "a", .application = std::to_string((i + t) % 12)}).has_value();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 800);
}

}  // namespace
}  // namespace taut::render
