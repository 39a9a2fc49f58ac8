#include "io/git/repositories.hh"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "base/strings.hh"
#include "io/git/objects.hh"
#include "io/git/testing.hh"
#include "tree/recorder.hh"
#include "tree/views.hh"

namespace taut::git {
namespace {

namespace fs = std::filesystem;

std::string names(const Result<std::vector<TreeEntry>>& entries) {
  if (!entries) return entries.error().to_string();
  std::string out;
  for (auto& entry : *entries) out += entry.name + " ";
  return out;
}

fs::path only_store(const Sample& sample) {
  for (auto& entry : fs::directory_iterator(sample.temp / "stores")) {
    if (entry.path().extension() == ".git") return entry.path();
  }
  return {};
}

TEST(GitRepositories, resolves_what_people_write) {
  Sample s;
  std::string second = s.commit({{"apps/a/web.yaml", "kind: A2\n"}});
  ASSERT_TRUE(s.origin.set_branch("old", s.first));
  ASSERT_TRUE(s.origin.tag("v1.0.0", s.first));
  ASSERT_TRUE(s.origin.tag("v1.2.0", second, "annotated"));
  ASSERT_TRUE(s.origin.tag("v2.0.0-rc.1", second));
  auto resolve = [&](const char* revision) { return *s.repositories.resolve(s.url, revision); };
  EXPECT_EQ(resolve(""), second);
  EXPECT_EQ(resolve("HEAD"), second);
  EXPECT_EQ(resolve("main"), second);
  EXPECT_EQ(resolve("old"), s.first);
  EXPECT_EQ(resolve("refs/heads/old"), s.first);
  EXPECT_EQ(resolve("v1.0.0"), s.first);
  EXPECT_EQ(resolve("v1.2.0"), second);
  EXPECT_EQ(resolve("1.x"), second);
  EXPECT_EQ(resolve("~1.0"), s.first);
  EXPECT_EQ(resolve(">=2.0.0-0"), second);
  EXPECT_EQ(resolve(s.first.c_str()), s.first);
  EXPECT_EQ(resolve(second.substr(0, 7).c_str()), second);
  // A range that no tag matches falls back to a branch of that name.
  ASSERT_TRUE(s.origin.set_branch("3.x", s.first));
  EXPECT_EQ(resolve("3.x"), s.first);
}

TEST(GitRepositories, finds_a_short_sha_in_the_history) {
  Sample s;
  s.commit({{"x", "1"}});
  s.commit({{"x", "2"}});
  EXPECT_EQ(*s.repositories.resolve(s.url, s.first.substr(0, 8)), s.first);
  auto none = s.repositories.resolve(s.url, "abcdef12");
  EXPECT_EQ(none.error().code(), Code::kNotFound);
}

TEST(GitRepositories, says_what_cannot_be_resolved) {
  Sample s;
  auto none = s.repositories.resolve(s.url, "nope");
  EXPECT_EQ(none.error().code(), Code::kNotFound);
  EXPECT_EQ(none.error().message(), "unable to resolve 'nope' to a commit SHA");
  auto absent = s.repositories.resolve(s.temp / "absent.git", "main");
  EXPECT_EQ(absent.error().code(), Code::kNotFound);
  EXPECT_TRUE(absent.error().message().starts_with("failed to list refs: repository not found"))
      << absent.error().message();
  auto refused = s.repositories.resolve("https://127.0.0.1:9/x.git", "main");
  EXPECT_EQ(refused.error().code(), Code::kUnavailable) << refused.error().message();
  ASSERT_TRUE(GitWorkspace::init(s.temp / "empty.git"));
  auto empty = s.repositories.resolve(s.temp / "empty.git", "");
  EXPECT_EQ(empty.error().message(), "unable to resolve 'HEAD' to a commit SHA");
  EXPECT_EQ(empty.error().hint(), "the repository is empty: it has no commit yet");
  EXPECT_EQ(s.repositories.resolve("ext::sh -c id", "main").error().code(), Code::kInvalid);
  EXPECT_EQ(s.repositories.resolve("--upload-pack=id", "main").error().code(), Code::kInvalid);
}

TEST(GitRepositories, reads_files_without_a_checkout) {
  Sample s;
  auto tree = *s.repositories.tree(s.url, s.first);
  EXPECT_EQ(names(tree->list("")), "README.md apps ");
  EXPECT_EQ(names(tree->list("apps/a")), "run.sh web.yaml ");
  EXPECT_EQ(**tree->read("apps/a/web.yaml"), "kind: A\n");
  EXPECT_EQ(tree->stat("apps/a/web.yaml")->size, 8u);
  EXPECT_TRUE(tree->stat("apps/a/run.sh")->executable);
  EXPECT_EQ(tree->read("apps/c/web.yaml").error().code(), Code::kNotFound);
  EXPECT_EQ(tree->read("README.md/x").error().code(), Code::kNotFound);
  EXPECT_FALSE(fs::exists(only_store(s) / "index"));
  auto commit = *s.repositories.commit(s.url, s.first);
  EXPECT_EQ(commit.author, "Ann <ann@example.org>");
  EXPECT_EQ(commit.message, "first\n");
  EXPECT_EQ(format_rfc3339(commit.time), "2023-11-14T22:13:20Z");
}

TEST(GitRepositories, a_missing_commit_is_told) {
  Sample s;
  auto tree = s.repositories.tree(s.url, std::string(40, 'e'));
  EXPECT_EQ(tree.error().code(), Code::kNotFound) << tree.error().message();
  EXPECT_EQ(s.repositories.tree(s.url, "main").error().code(), Code::kInvalid);
}

TEST(GitRepositories, ids_of_folders_are_those_of_git) {
  Sample s;
  std::string second = s.commit({{"apps/a/web.yaml", "kind: A2\n"}});
  auto one = *s.repositories.tree(s.url, s.first), two = *s.repositories.tree(s.url, second);
  EXPECT_NE(*one->id(), *two->id());
  EXPECT_EQ(*(*sub_tree(one, "apps/b"))->id(), *(*sub_tree(two, "apps/b"))->id());
  EXPECT_NE(*(*sub_tree(one, "apps/a"))->id(), *(*sub_tree(two, "apps/a"))->id());
  EXPECT_EQ(*s.repositories.changed_paths(s.url, s.first, second), std::vector<std::string>{"apps/a/web.yaml"});
}

TEST(GitRepositories, a_read_set_holds_over_commits_elsewhere) {
  Sample s;
  auto recorder = Recorder(*s.repositories.tree(s.url, s.first));
  (void)recorder.list("apps/b");
  (void)recorder.read("apps/b/web.yaml");
  (void)recorder.stat("apps/b/Chart.yaml");
  ReadSet seen = recorder.seen();
  EXPECT_TRUE(seen.still_true(**s.repositories.tree(s.url, s.commit({{"apps/a/web.yaml", "other"}}))));
  EXPECT_FALSE(seen.still_true(**s.repositories.tree(s.url, s.commit({{"apps/b/Chart.yaml", "name: b"}}))));
}

size_t mapped_packs() {
  std::ifstream maps("/proc/self/maps");
  size_t out = 0;
  for (std::string line; std::getline(maps, line);) out += contains(line, "/objects/pack/");
  return out;
}

TEST(GitRepositories, reads_on_after_it_rested) {
  Sample s;
  TreePtr held = *s.repositories.tree(s.url, s.first);
  auto before = held->read("apps/a/web.yaml");
  ASSERT_TRUE(before);
  s.repositories.rest();
  EXPECT_EQ(**held->read("apps/a/web.yaml"), **before) << "who holds a tree goes on";
  EXPECT_GT(mapped_packs(), 0u);
  held.reset();
  s.repositories.rest();
  EXPECT_EQ(mapped_packs(), 0u);
  EXPECT_EQ(**(*s.repositories.tree(s.url, s.first))->read("apps/a/web.yaml"), **before);
  s.repositories.rest();
  std::string second = s.commit({{"x", "1"}});
  EXPECT_EQ(**(*s.repositories.tree(s.url, second))->read("x"), "1");
}

TEST(GitRepositories, follows_a_branch_that_is_rewritten) {
  Sample s;
  std::string second = s.commit({{"x", "1"}});
  ASSERT_TRUE(s.repositories.tree(s.url, second));
  ASSERT_TRUE(s.origin.set_branch("main", s.first));
  std::string third = s.commit({{"x", "2"}});
  EXPECT_EQ(*s.repositories.resolve(s.url, "main"), third);
  EXPECT_EQ(**(*s.repositories.tree(s.url, third))->read("x"), "2");
  EXPECT_EQ(**(*s.repositories.tree(s.url, second))->read("x"), "1");
  EXPECT_EQ(*s.repositories.changed_paths(s.url, second, third), std::vector<std::string>{"x"});
}

TEST(GitRepositories, remakes_a_store_that_is_broken) {
  for (const char* how : {"config", "pack", "objects", "lock"}) {
    Sample s;
    ASSERT_TRUE(s.repositories.tree(s.url, s.first));
    fs::path store = only_store(s);
    if (how == std::string("config")) fs::resize_file(store / "HEAD", 0);
    if (how == std::string("lock")) std::ofstream(store / "shallow.lock") << "";
    if (how == std::string("objects")) fs::remove_all(store / "objects");
    if (how == std::string("pack")) {
      for (auto& entry : fs::recursive_directory_iterator(store / "objects")) {
        if (!entry.is_regular_file()) continue;
        fs::permissions(entry.path(), fs::perms::owner_all);
        std::ofstream(entry.path()) << "garbage";
      }
    }
    // As after a restart.
    GitRepositories again{Options{.directory = s.temp / "stores"}};
    std::string second = s.commit({{"apps/c/web.yaml", "kind: C\n"}});
    auto tree = again.tree(s.url, second);
    ASSERT_TRUE(tree) << how << ": " << tree.error().report();
    EXPECT_EQ(**(*tree)->read("apps/c/web.yaml"), "kind: C\n") << how;
    EXPECT_EQ(**(*again.tree(s.url, s.first))->read("apps/a/web.yaml"), "kind: A\n") << how;
  }
}

TEST(GitRepositories, a_lost_object_is_no_missing_file_and_heals) {
  Sample s;
  auto tree = *s.repositories.tree(s.url, s.first);
  fs::path store = only_store(s);
  // Only the commit and its root stay: as loose objects, without the pack.
  for (auto& entry : fs::directory_iterator(store / "objects/pack"))
    fs::rename(entry.path(), s.temp / entry.path().filename().c_str());
  std::string move = "cat " + (s.temp / "*.pack") + " | git --git-dir=" + store.string() + " unpack-objects -q";
  ASSERT_EQ(std::system(move.c_str()), 0);
  std::string id = "git --git-dir=" + store.string() + " rev-parse " + s.first + ":apps/a";
  std::unique_ptr<FILE, int (*)(FILE*)> out(::popen(id.c_str(), "r"), ::pclose);
  char line[64] = {};
  ASSERT_NE(std::fgets(line, sizeof line, out.get()), nullptr);
  std::string oid(line, 40);
  fs::remove(store / "objects" / oid.substr(0, 2) / oid.substr(2));
  GitRepositories again{Options{.directory = s.temp / "stores"}};
  auto reopened = again.tree(s.url, s.first);
  ASSERT_TRUE(reopened) << reopened.error().report();
  auto damaged = (*reopened)->read("apps/a/web.yaml");
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code(), Code::kUnavailable) << damaged.error().message();
  auto healed = again.tree(s.url, s.first);
  ASSERT_TRUE(healed) << healed.error().report();
  auto text = (*healed)->read("apps/a/web.yaml");
  ASSERT_TRUE(text) << text.error().report();
  EXPECT_EQ(**text, "kind: A\n");
}

TEST(GitRepositories, fetches_only_what_is_asked_for_and_history_on_demand) {
  Sample s;
  std::string second = s.commit({{"x", "1"}}), third = s.commit({{"x", "2"}});
  ASSERT_TRUE(s.repositories.tree(s.url, third));
  EXPECT_TRUE(fs::exists(only_store(s) / "shallow"));
  auto log = s.repositories.log(s.url, s.first, third, 10);
  ASSERT_TRUE(log) << log.error().report();
  ASSERT_EQ(log->size(), 2u);
  EXPECT_EQ((*log)[0].sha, third);
  EXPECT_EQ((*log)[1].sha, second);
  EXPECT_EQ(s.repositories.log(s.url, "", third, 10)->size(), 3u);
}

TEST(GitRepositories, reads_bundles_and_file_urls) {
  Sample s;
  std::string bundle = s.temp / "sample.bundle";
  ASSERT_EQ(std::system(("git --git-dir=" + s.url + " bundle create -q " + bundle + " HEAD main").c_str()), 0);
  EXPECT_EQ(*s.repositories.resolve(bundle, "main"), s.first);
  EXPECT_TRUE(s.repositories.tree(bundle, s.first));
  EXPECT_EQ(*s.repositories.resolve("file://" + s.url, ""), s.first);
  EXPECT_TRUE(s.repositories.tree("file://" + s.url, s.first));
}

TEST(GitRepositories, polls_by_digest) {
  Sample s;
  auto before = *s.repositories.remote_refs(s.url);
  EXPECT_EQ(s.repositories.remote_refs(s.url)->digest, before.digest);
  s.commit({{"x", "1"}});
  EXPECT_NE(s.repositories.remote_refs(s.url)->digest, before.digest);
  EXPECT_EQ(before.head_branch, "refs/heads/main");
}

TEST(GitRepositories, callers_at_the_same_time_share_a_store_and_a_fetch) {
  Sample s;
  std::vector<std::thread> callers;
  std::atomic<int> good{0};
  for (int i = 0; i < 16; ++i) {
    callers.emplace_back([&] {
      auto sha = s.repositories.resolve(s.url, "main");
      auto tree = s.repositories.tree(s.url, *sha);
      if (tree && (*tree)->read("README.md")) ++good;
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(good, 16);
  size_t packs = 0;
  for (auto& entry : fs::directory_iterator(only_store(s) / "objects/pack"))
    packs += entry.path().extension() == ".pack";
  EXPECT_EQ(packs, 1u);
}

TEST(GitRepositories, pushes_on_top_of_what_others_pushed) {
  Sample s;
  ASSERT_TRUE(s.repositories.tree(s.url, s.first));
  std::string theirs = s.commit({{"x", "theirs"}});
  auto ours = s.repositories.push(s.url, "main", {{"y", "ours"}}, {.message = "ours\n"});
  ASSERT_TRUE(ours) << ours.error().report();
  EXPECT_EQ(*s.origin.tip("main"), *ours);
  auto tree = *s.repositories.tree(s.url, *ours);
  EXPECT_EQ(**tree->read("x"), "theirs");
  EXPECT_EQ(**tree->read("y"), "ours");
  EXPECT_EQ(s.repositories.push(s.url, "none", {{"y", "1"}}, {.message = "m"}).error().code(), Code::kNotFound);
}

TEST(GitRepositories, an_old_tree_stays_readable_while_the_store_is_tidied) {
  Sample s;
  auto old = *s.repositories.tree(s.url, s.first);
  for (int i = 0; i < 51; ++i) {
    std::string sha = s.commit({{"apps/b/web.yaml", std::to_string(i)}});
    ASSERT_EQ(**(*s.repositories.tree(s.url, sha))->read("apps/b/web.yaml"), std::to_string(i));
  }
  EXPECT_EQ(**old->read("apps/a/web.yaml"), "kind: A\n");
  size_t packs = 0;
  for (auto& entry : fs::directory_iterator(only_store(s) / "objects/pack"))
    packs += entry.path().extension() == ".pack";
  EXPECT_LT(packs, 30u);
}

TEST(GitRepositories, history_stays_whole_once_it_was_asked_for) {
  Sample s;
  std::string second = s.commit({{"x", "1"}});
  EXPECT_EQ(s.repositories.log(s.url, "", second, 10)->size(), 2u);
  std::string third = s.commit({{"x", "2"}});
  ASSERT_TRUE(s.repositories.tree(s.url, third));
  EXPECT_EQ(s.repositories.log(s.url, "", third, 10)->size(), 3u);
}

TEST(GitTree, refuses_a_file_above_the_limit_before_it_is_read) {
  Sample s;
  auto objects = *Objects::open(s.url);
  std::string sha = s.commit({{"big", "0123456789"}});
  std::unique_ptr<FILE, int (*)(FILE*)> out(
      ::popen(("git --git-dir=" + s.url + " rev-parse " + sha + ":big").c_str(), "r"), ::pclose);
  char line[64] = {};
  ASSERT_NE(std::fgets(line, sizeof line, out.get()), nullptr);
  auto oid = *parse_oid(std::string_view(line, 40));
  EXPECT_EQ(**objects->blob(oid, "big", 10), "0123456789");
  EXPECT_EQ(objects->blob(oid, "big", 9).error().code(), Code::kLimit);
}

TEST(GitTree, submodules_and_links_are_told) {
  Sample s;
  std::string script = "cd " + (s.temp / "") + " && git clone -q " + s.url +
                       " w && cd w && ln -s ../README.md apps/link && "
                       "ln -s /etc/passwd apps/out && git update-index --add --cacheinfo 160000," +
                       s.first +
                       ",sub && git add apps && "
                       "git -c user.name=a -c user.email=a@b commit -qm links && git push -q origin HEAD:main";
  ASSERT_EQ(std::system(script.c_str()), 0);
  auto tree = *s.repositories.tree(s.url, *s.origin.tip("main"));
  EXPECT_EQ(**tree->read("apps/link"), "sample");
  EXPECT_EQ(*tree->link("apps/link"), "../README.md");
  EXPECT_EQ(tree->read("apps/out").error().code(), Code::kForbidden);
  EXPECT_EQ(tree->stat("sub")->type, TreeEntry::Type::kSubmodule);
  EXPECT_EQ(tree->list("sub").error().code(), Code::kUnsupported);
  EXPECT_EQ(tree->read("sub/x").error().code(), Code::kNotFound);
}

// Writes an object and a ref to it, past what git itself would check.
std::string write_object(const std::string& repository, const std::string& text, git_object_t type, const std::string& ref) {
  start_libgit2();
  git_repository* raw = nullptr;
  git_odb* odb = nullptr;
  git_reference* made = nullptr;
  git_oid oid;
  EXPECT_EQ(git_repository_open_bare(&raw, repository.c_str()), 0);
  RepositoryHandle owner(raw);
  EXPECT_EQ(git_repository_odb(&odb, raw), 0);
  OdbHandle objects(odb);
  EXPECT_EQ(git_odb_write(&oid, odb, text.data(), text.size(), type), 0);
  EXPECT_EQ(git_reference_create(&made, raw, ref.c_str(), &oid, 1, nullptr), 0);
  ReferenceHandle reference(made);
  return to_hex(oid);
}

TEST(Repositories, signatures_of_commits_and_tags_are_taken_off_what_they_sign) {
  Sample sample;
  const std::string who = "Ann <ann@example.org> 1700000000 +0000";
  const std::string before = fmt::format("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nparent {}\nauthor {}\ncommitter {}\n", sample.first, who, who);
  write_object(sample.url, "", GIT_OBJECT_TREE, "refs/keep");
  std::string sha = write_object(sample.url, before + "gpgsig -----BEGIN PGP SIGNATURE-----\n \n bm8=\n -----END PGP SIGNATURE-----\n\nsigned\n", GIT_OBJECT_COMMIT,
                                 "refs/heads/main");
  auto commit = sample.repositories.signed_commit(sample.url, sha);
  ASSERT_TRUE(commit) << commit.error().message();
  EXPECT_EQ(commit->text, before + "\nsigned\n");
  EXPECT_TRUE(commit->signature.starts_with("-----BEGIN PGP SIGNATURE-----\n\nbm8=\n-----END PGP SIGNATURE-----"));
  auto plain = sample.repositories.signed_commit(sample.url, sample.first);
  ASSERT_TRUE(plain) << plain.error().message();
  EXPECT_EQ(plain->signature, "");

  const std::string head = fmt::format("object {}\ntype commit\ntag v1\ntagger {}\n\nfirst\n", sha, who);
  const std::string signature = "-----BEGIN PGP SIGNATURE-----\n\nbm8=\n-----END PGP SIGNATURE-----\n";
  std::string own = write_object(sample.url, head + signature, GIT_OBJECT_TAG, "refs/tags/v1");
  auto tag = sample.repositories.signed_tag(sample.url, "v1");
  ASSERT_TRUE(tag) << tag.error().message();
  EXPECT_EQ(tag->sha, own);
  EXPECT_EQ(tag->commit, sha);
  EXPECT_EQ(tag->text, head);
  EXPECT_EQ(tag->signature, signature);
  write_object(sample.url, fmt::format("object {}\ntype commit\ntag v1\ntagger {}\n\nmoved\n", sample.first, who), GIT_OBJECT_TAG, "refs/tags/v1");
  tag = sample.repositories.signed_tag(sample.url, "v1");
  ASSERT_TRUE(tag) << tag.error().message();
  EXPECT_EQ(tag->commit, sample.first);
  EXPECT_EQ(tag->signature, "");
  EXPECT_EQ(sample.repositories.signed_tag(sample.url, "none").error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace taut::git
