#include "tree/recorder.hh"

#include <gtest/gtest.h>

#include "tree/memory.hh"
#include "tree/views.hh"

namespace taut {
namespace {

// Counts the questions that reach a tree.
class Counting final : public Tree {
 public:
  explicit Counting(TreePtr tree) : tree_(std::move(tree)) {}
  Result<Hash128> id() const override { return tree_->id(); }
  Result<std::vector<TreeEntry>> list(std::string_view folder) const override {
    return ++reads, tree_->list(folder);
  }
  Result<FileText> read(std::string_view path) const override { return ++reads, tree_->read(path); }
  Result<TreeEntry> stat(std::string_view path) const override { return ++looks, tree_->stat(path); }
  Result<Fingerprint> fingerprint(std::string_view path) const override {
    return ++looks, tree_->fingerprint(path);
  }
  Result<std::string> link(std::string_view path) const override { return tree_->link(path); }
  mutable int reads = 0;
  mutable int looks = 0;

 private:
  TreePtr tree_;
};

TreePtr changed(const TreePtr& tree, TreeChanges changes) { return *overlay_tree(tree, std::move(changes)); }

// What a plain folder asks: the listing, each file, and a marker that is not there.
ReadSet walk(const TreePtr& tree, std::string_view folder) {
  Recorder recorder(tree);
  auto entries = *recorder.list(folder);
  for (auto& entry : entries) {
    if (entry.type == TreeEntry::Type::kFile) (void)recorder.read(std::string(folder) + "/" + entry.name);
  }
  (void)recorder.stat(std::string(folder) + "/Chart.yaml");
  return recorder.seen();
}

const TreePtr kRepo =
    memory_tree({{"apps/a/x.yaml", "x"}, {"apps/a/y.yaml", "y"}, {"apps/b/z.yaml", "z"}, {"README", "r"}});

TEST(ReadSet, holds_while_nothing_that_was_seen_changed) {
  ReadSet seen = walk(kRepo, "apps/a");
  EXPECT_EQ(seen.size(), 4u);
  EXPECT_TRUE(seen.still_true(*kRepo));
  EXPECT_TRUE(seen.still_true(*changed(kRepo, {{"apps/b/z.yaml", "other"}, {"README", std::nullopt}})));
  EXPECT_TRUE(seen.still_true(*changed(kRepo, {{"apps/a/x.yaml", "x"}})));
}

TEST(ReadSet, fails_on_a_changed_a_new_a_removed_and_a_file_missed_before) {
  ReadSet seen = walk(kRepo, "apps/a");
  EXPECT_FALSE(seen.still_true(*changed(kRepo, {{"apps/a/x.yaml", "changed"}})));
  EXPECT_FALSE(seen.still_true(*changed(kRepo, {{"apps/a/new.yaml", "new"}})));
  EXPECT_FALSE(seen.still_true(*changed(kRepo, {{"apps/a/y.yaml", std::nullopt}})));
  Recorder recorder(kRepo);
  EXPECT_FALSE(recorder.stat("apps/a/Chart.yaml"));
  ReadSet only_missing = recorder.seen();
  EXPECT_TRUE(only_missing.still_true(*changed(kRepo, {{"apps/a/new.yaml", "new"}})));
  EXPECT_FALSE(only_missing.still_true(*changed(kRepo, {{"apps/a/Chart.yaml", "chart"}})));
}

TEST(ReadSet, follows_what_a_link_names) {
  MemoryTreeBuilder files;
  ASSERT_TRUE(files.file("base/x.yaml", "x"));
  ASSERT_TRUE(files.symlink("app/x.yaml", "../base/x.yaml"));
  ASSERT_TRUE(files.symlink("app/dangling", "../base/later"));
  auto tree = files.build();
  Recorder recorder(tree);
  ASSERT_TRUE(recorder.read("app/x.yaml"));
  EXPECT_FALSE(recorder.read("app/dangling"));
  ReadSet seen = recorder.seen();
  EXPECT_TRUE(seen.still_true(*tree));
  EXPECT_TRUE(seen.still_true(*changed(tree, {{"base/other", "1"}})));
  EXPECT_FALSE(seen.still_true(*changed(tree, {{"base/x.yaml", "changed"}})));
  EXPECT_FALSE(seen.still_true(*changed(tree, {{"base/later", "here"}})));
}

TEST(ReadSet, an_untouched_folder_costs_look_ups_only) {
  MemoryTreeBuilder files;
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(files.file(fmt::format("apps/a/{}.yaml", i), std::to_string(i)));
  ASSERT_TRUE(files.file("apps/b/z.yaml", "z"));
  auto tree = files.build();
  ReadSet seen = walk(tree, "apps/a");
  Counting counting(changed(tree, {{"apps/b/z.yaml", "other"}}));
  EXPECT_TRUE(seen.still_true(counting));
  EXPECT_EQ(counting.reads, 0);
  EXPECT_LE(counting.looks, 8);
}

TEST(ReadSet, the_id_counts_as_everything) {
  Recorder recorder(kRepo);
  ASSERT_TRUE(recorder.id());
  EXPECT_TRUE(recorder.seen().still_true(*kRepo));
  EXPECT_FALSE(recorder.seen().still_true(*changed(kRepo, {{"README", "other"}})));
}

TEST(ReadSet, is_never_true_after_a_passing_failure) {
  class Flaky final : public Tree {
   public:
    Result<Hash128> id() const override { return Hash128{}; }
    Result<std::vector<TreeEntry>> list(std::string_view) const override {
      return fail(Code::kUnavailable, "down");
    }
    Result<FileText> read(std::string_view) const override { return fail(Code::kUnavailable, "down"); }
    Result<TreeEntry> stat(std::string_view) const override { return fail(Code::kUnavailable, "down"); }
  };
  auto tree = std::make_shared<Flaky>();
  Recorder recorder(tree);
  EXPECT_FALSE(recorder.read("x"));
  EXPECT_FALSE(recorder.seen().still_true(*tree));
}

TEST(ReadSet, merges) {
  ReadSet a = walk(kRepo, "apps/a");
  a.merge(walk(kRepo, "apps/b"));
  EXPECT_TRUE(a.contains("apps/b/z.yaml"));
  EXPECT_FALSE(a.still_true(*changed(kRepo, {{"apps/b/z.yaml", "other"}})));
}

// In the order of texts "a-b/x" comes between "a" and "a/x", which is in no order of folders.
TEST(ReadSet, is_the_same_whatever_was_asked_first) {
  TreePtr tree = memory_tree({{"a/x", "1"}, {"a/y/z", "2"}, {"a-b/x", "3"}, {"a.yaml", "4"}, {"b", "5"}});
  const std::vector<std::string> paths = {"a/x", "a/y/z", "a-b/x", "a.yaml", "b", "a/missing"};
  auto seen_in = [&](const std::vector<std::string>& order) {
    Recorder recorder(tree);
    for (const std::string& path : order) (void)recorder.read(path);
    return recorder.seen();
  };
  ReadSet forwards = seen_in(paths), backwards = seen_in({paths.rbegin(), paths.rend()});
  EXPECT_EQ(forwards.size(), backwards.size());
  EXPECT_EQ(forwards.bytes(), backwards.bytes());
  for (const ReadSet* set : {&forwards, &backwards}) {
    EXPECT_TRUE(set->still_true(*tree));
    EXPECT_FALSE(set->contains("a/other"));
    EXPECT_FALSE(set->contains("a/"));
    for (const std::string& path : paths) {
      EXPECT_TRUE(set->contains(path)) << path;
      EXPECT_FALSE(set->still_true(*changed(tree, {{path, std::string("new")}}))) << path;
    }
    EXPECT_TRUE(set->still_true(*changed(tree, {{"a/other", std::string("new")}})));
  }
}

TEST(ReadSet, of_two_that_are_merged_each_counts) {
  TreePtr tree = memory_tree({{"a/x", "1"}, {"a-b/x", "2"}, {"c/x", "3"}});
  auto seen_of = [&](std::string_view path, bool listed) {
    Recorder recorder(tree);
    (void)recorder.read(path);
    if (listed) (void)recorder.list(path.substr(0, path.find('/')));
    return recorder.seen();
  };
  ReadSet ab = seen_of("a/x", true), ba = seen_of("a-b/x", false);
  const ReadSet a = ab, b = ba;
  ab.merge(b);
  ba.merge(a);
  ab.merge(a);  // nothing new
  for (const ReadSet* set : {&ab, &ba}) {
    EXPECT_EQ(set->size(), a.size() + b.size());
    EXPECT_TRUE(set->still_true(*tree));
    EXPECT_TRUE(set->still_true(*changed(tree, {{"c/x", std::string("new")}})));
    EXPECT_FALSE(set->still_true(*changed(tree, {{"a/x", std::string("new")}})));
    EXPECT_FALSE(set->still_true(*changed(tree, {{"a/new", std::string("new")}})));
    EXPECT_FALSE(set->still_true(*changed(tree, {{"a-b/x", std::string("new")}})));
  }
}

}  // namespace
}  // namespace taut
