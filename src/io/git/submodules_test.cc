#include "io/git/submodules.hh"

#include <gtest/gtest.h>

#include "io/git/testing.hh"

namespace taut::git {
namespace {

std::string remote_of(const std::string& parent, const std::string& url) {
  auto found = submodule_remote(*parse_remote(parent), url);
  return found ? found->url : "! " + found.error().message();
}

TEST(Submodules, urls_are_relative_to_the_parent) {
  EXPECT_EQ(remote_of("https://git.example/team/app.git", "../lib.git"), "https://git.example/team/lib.git");
  EXPECT_EQ(remote_of("https://git.example/team/app.git/", "../../other/lib"), "https://git.example/other/lib");
  EXPECT_EQ(remote_of("https://git.example/team/app.git", "./lib"), "https://git.example/team/app.git/lib");
  EXPECT_EQ(remote_of("https://ann:secret@git.example/app", "../lib"), "https://git.example/lib");
  EXPECT_EQ(remote_of("git@git.example:team/app.git", "../lib.git"), "git@git.example:team/lib.git");
  EXPECT_EQ(remote_of("git@git.example:app.git", "../lib.git"), "git@git.example:lib.git");
  EXPECT_EQ(remote_of("/srv/git/app.git", "../lib.git"), "/srv/git/lib.git");
  EXPECT_EQ(remote_of("https://git.example/app", "https://other.example/lib"), "https://other.example/lib");
  EXPECT_EQ(remote_of("https://git.example/app", "../../../lib"), "! cannot strip one component off url 'https://git.example/app'");
}

TEST(Submodules, files_of_this_machine_are_not_for_others) {
  EXPECT_EQ(remote_of("https://git.example/app", "/etc"), "! \"/etc\" is a path of this machine");
  EXPECT_EQ(remote_of("https://git.example/app", "file:///etc"), "! \"file:///etc\" is a path of this machine");
  EXPECT_TRUE(remote_of("https://git.example/app", "ext::sh -c id").starts_with("! invalid repository URL"));
}

TEST(Submodules, the_same_server) {
  auto same = [](const char* a, const char* b) { return same_server(*parse_remote(a), *parse_remote(b)); };
  EXPECT_TRUE(same("https://git.example/a", "https://git.example:443/b"));
  EXPECT_TRUE(same("git@git.example:a", "git@GIT.example:b"));
  EXPECT_TRUE(same("git@git.example:a", "ssh://git@git.example/b"));
  EXPECT_FALSE(same("https://git.example/a", "http://git.example/b"));
  EXPECT_FALSE(same("https://git.example/a", "https://git.example.org/b"));
  EXPECT_FALSE(same("git@git.example:a", "ann@git.example:b"));
  EXPECT_FALSE(same("/srv/a", "/srv/b"));
}

TEST(Submodules, settings) {
  using namespace std::string_literals;
  auto found = parse_submodules("submodule.a.b.path\nlib/a\0submodule.a.b.url\n../a\0submodule.c.url\nx\0core.bare\ntrue\0submodule.d.path\n../d\0submodule.d.url\ny\0"s);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].path, "lib/a");
  EXPECT_EQ(found[0].url, "../a");
}

// app has lib as vendor/lib, which has base as base; another submodule is nowhere.
class Nested : public ::testing::Test {
 protected:
  void SetUp() override {
    script_ = "set -e; export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b; cd " + (s_.temp / "") + ";";
    run("git init -q -b main base; cd base; echo 'kind: Base' > base.yaml; git add .; git commit -qm base");
    run("git init -q -b main lib; cd lib; echo 'kind: Lib' > lib.yaml; ln -s ../../README.md up; git add .;"
        "git config -f .gitmodules submodule.b.path base; git config -f .gitmodules submodule.b.url ../base;"
        "git update-index --add --cacheinfo 160000,$(git -C ../base rev-parse HEAD),base; git add .gitmodules; git commit -qm lib");
    run("git clone -q origin.git w; cd w; git config -f .gitmodules submodule.l.path vendor/lib; git config -f .gitmodules submodule.l.url ../lib;"
        "git config -f .gitmodules submodule.n.path vendor/none; git config -f .gitmodules submodule.n.url ../none;"
        "git update-index --add --cacheinfo 160000,$(git -C ../lib rev-parse HEAD),vendor/lib;"
        "git update-index --add --cacheinfo 160000," + s_.first + ",vendor/none;"
        "ln -s vendor/lib/base link; git add .gitmodules link; git commit -qm app; git push -q origin HEAD:main");
  }
  void run(const std::string& commands) { ASSERT_EQ(std::system((script_ + commands).c_str()), 0) << commands; }

  Sample s_;
  std::string script_;
};

TEST_F(Nested, files_of_submodules_have_their_place) {
  std::string sha = *s_.origin.tip("main");
  TreePtr tree = *s_.repositories.tree_with_submodules(s_.url, sha);
  EXPECT_EQ(**tree->read("README.md"), "sample");
  EXPECT_EQ(**tree->read("vendor/lib/lib.yaml"), "kind: Lib\n");
  EXPECT_EQ(**tree->read("vendor/lib/base/base.yaml"), "kind: Base\n");
  EXPECT_EQ(**tree->read("link/base.yaml"), "kind: Base\n");
  EXPECT_EQ(**tree->read("vendor/lib/up"), "sample");
  EXPECT_EQ(tree->stat("vendor/lib")->type, TreeEntry::Type::kFolder);
  auto vendor = *tree->list("vendor");
  ASSERT_EQ(vendor.size(), 2U);
  EXPECT_EQ(vendor[0].type, TreeEntry::Type::kFolder);
  EXPECT_EQ(tree->list("vendor/lib")->size(), 4U);
  // What is not there says so where it is read, and nowhere else.
  auto missing = tree->read("vendor/none/x");
  ASSERT_FALSE(missing);
  EXPECT_TRUE(missing.error().to_string().find("submodule \"vendor/none\" from ../none: failed to fetch") != std::string::npos) << missing.error().to_string();

  TreePtr plain = *s_.repositories.tree(s_.url, sha);
  EXPECT_EQ(plain->stat("vendor/lib")->type, TreeEntry::Type::kSubmodule);
  EXPECT_FALSE(*plain->id() == *tree->id());
  EXPECT_EQ(plain->fingerprint("apps")->hash, tree->fingerprint("apps")->hash);
  EXPECT_FALSE(plain->fingerprint("vendor")->hash == tree->fingerprint("vendor")->hash);
  EXPECT_EQ(*(*s_.repositories.tree_with_submodules(s_.url, sha))->id(), *tree->id());
}

TEST_F(Nested, a_repository_without_any_is_the_same) {
  TreePtr tree = *s_.repositories.tree_with_submodules(s_.url, s_.first);
  EXPECT_EQ(*tree->id(), *(*s_.repositories.tree(s_.url, s_.first))->id());
}

// Each commit has twenty submodules, all the commit before it: 20^6 in all.
TEST_F(Nested, no_more_than_a_limit) {
  run("git clone -q origin.git many; cd many; for i in $(seq 20); do git config -f .gitmodules submodule.$i.path m$i; git config -f .gitmodules submodule.$i.url ../origin.git; done;"
      "git update-index --force-remove vendor/lib vendor/none; git add .gitmodules; git commit -qm base;"
      "for k in 1 2 3 4 5 6; do c=$(git rev-parse HEAD); for i in $(seq 20); do printf '160000 %s 0\\tm%s\\n' $c $i; done | git update-index --index-info; git commit -qm $k; done;"
      "git push -q origin HEAD:main");
  auto tree = s_.repositories.tree_with_submodules(s_.url, *s_.origin.tip("main"));
  ASSERT_TRUE(tree) << tree.error().message();
  EXPECT_TRUE((*tree)->read("m1/README.md"));
  auto read = (*tree)->read("m9/README.md");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), Code::kLimit);
  EXPECT_TRUE((*tree)->id());
}

// A repository whose submodule is the repository itself.
TEST_F(Nested, no_deeper_than_a_limit) {
  run("git clone -q origin.git self; cd self; git config -f .gitmodules submodule.l.url ../origin.git; git add .gitmodules;"
      "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do"
      "  git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),vendor/lib; git commit -qm self; done; git push -q origin HEAD:main");
  TreePtr tree = *s_.repositories.tree_with_submodules(s_.url, *s_.origin.tip("main"));
  std::string path;
  for (int i = 0; i < 10; ++i) path += "vendor/lib/";
  EXPECT_TRUE(tree->read(path + "README.md"));
  auto deeper = tree->read(path + "vendor/lib/README.md");
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error().code(), Code::kLimit);
}

}  // namespace
}  // namespace taut::git
