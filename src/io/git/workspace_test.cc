#include "io/git/workspace.hh"

#include <gtest/gtest.h>

#include "io/git/testing.hh"

namespace taut::git {
namespace {

TEST(GitWorkspace, commits_add_replace_and_remove) {
  TempFolder temp;
  auto work = *GitWorkspace::init(temp / "r.git");
  EXPECT_EQ(work.tip("main").error().code(), Code::kNotFound);
  std::string one = *work.commit("main", {{"a/x", "1"}, {"a/y", "2"}, {"z", "3"}}, {.message = "one"});
  std::string two = *work.commit(
      "main", {{"a/x", "changed"}, {"a/y", std::nullopt}, {"z", std::nullopt}, {"b/c/d", "4"}}, {.message = "two"});
  auto tree = *work.tree(two);
  EXPECT_EQ(**tree->read("a/x"), "changed");
  EXPECT_EQ(**tree->read("b/c/d"), "4");
  EXPECT_FALSE(tree->stat("a/y"));
  EXPECT_FALSE(tree->stat("z"));
  EXPECT_EQ(**(*work.tree(one))->read("z"), "3");
  EXPECT_EQ(*work.tip("main"), two);
  std::string three = *work.commit("main", {{"b/c/d", std::nullopt}}, {.message = "three"});
  EXPECT_FALSE((*work.tree(three))->stat("b")) << "an empty folder is no folder in Git";
}

TEST(GitWorkspace, a_fixed_time_makes_the_same_commit) {
  TempFolder temp;
  CommitText text{.message = "m", .time = Time(std::chrono::seconds(1'700'000'000))};
  auto a = *GitWorkspace::init(temp / "a.git"), b = *GitWorkspace::init(temp / "b.git");
  EXPECT_EQ(*a.commit("main", {{"x", "1"}}, text), *b.commit("main", {{"x", "1"}}, text));
}

TEST(GitWorkspace, restores_the_files_of_an_earlier_commit) {
  TempFolder temp;
  auto work = *GitWorkspace::init(temp / "r.git");
  std::string good = *work.commit("main", {{"x", "good"}}, {.message = "good"});
  ASSERT_TRUE(work.commit("main", {{"x", "bad"}, {"y", "bad"}}, {.message = "bad"}));
  std::string back = *work.restore("main", good, {.message = "revert"});
  EXPECT_EQ(**(*work.tree(back))->read("x"), "good");
  EXPECT_FALSE((*work.tree(back))->stat("y"));
  EXPECT_NE(back, good);
}

TEST(GitWorkspace, refuses_bad_paths_and_places) {
  TempFolder temp;
  auto work = *GitWorkspace::init(temp / "r.git");
  EXPECT_EQ(work.commit("main", {{"../x", "1"}}, {.message = "m"}).error().code(), Code::kInvalid);
  EXPECT_EQ(work.commit("main", {{".git/config", "1"}}, {.message = "m"}).error().code(), Code::kInvalid);
  EXPECT_EQ(work.commit("main", {{"none", std::nullopt}}, {.message = "m"}).error().code(), Code::kInvalid);
  EXPECT_EQ(GitWorkspace::init(temp / "r.git").error().code(), Code::kAlreadyExists);
  EXPECT_EQ(GitWorkspace::open(temp / "none.git").error().code(), Code::kNotFound);
  EXPECT_EQ(work.set_branch("x", std::string(40, 'a')).error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace taut::git
