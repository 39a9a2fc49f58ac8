#include "kustomize/remote.hh"

#include <gtest/gtest.h>

#include <map>

#include "base/strings.hh"
#include "kustomize/build.hh"
#include "tree/memory.hh"

namespace taut::kustomize {
namespace {

std::string parsed(std::string_view url) {
  auto remote = parse_git_url(url);
  return remote ? fmt::format("{} | {} | {}", remote->repository, remote->path, remote->ref) : "local";
}

TEST(KustomizeRemote, urls_are_split_as_kustomize_does) {
  EXPECT_EQ(parsed("https://github.com/org/repo//deploy/base?ref=v1.2"), "https://github.com/org/repo | deploy/base | v1.2");
  EXPECT_EQ(parsed("https://github.com/org/repo/deploy?ref=main&timeout=90s"), "https://github.com/org/repo | deploy | main");
  EXPECT_EQ(parsed("github.com/org/repo"), "https://github.com/org/repo |  | ");
  EXPECT_EQ(parsed("github.com/org/repo.git/deploy?version=v2"), "https://github.com/org/repo.git | deploy | v2");
  EXPECT_EQ(parsed("git@github.com:org/repo.git//deploy"), "git@github.com:org/repo.git | deploy | ");
  EXPECT_EQ(parsed("ssh://git@git.example.com:7999/team/repo.git/base"), "ssh://git@git.example.com:7999/team/repo.git | base | ");
  EXPECT_EQ(parsed("ssh://github.com/org/repo"), "git@github.com:org/repo |  | ");
  EXPECT_EQ(parsed("git::https://gitlab.com/org/sub/repo.git//x"), "https://gitlab.com/org/sub/repo.git | x | ");
  EXPECT_EQ(parsed("https://dev.azure.com/org/project/_git/repo/deploy/x?ref=a%2Fb"), "https://dev.azure.com/org/project/_git/repo | deploy/x | a/b");
  EXPECT_EQ(parsed("file:///srv/repos/shop"), "file:///srv/repos/shop |  | ");
  EXPECT_EQ(parsed("file:///srv/repos/shop.git//base"), "file:///srv/repos/shop.git | base | ");
}

TEST(KustomizeRemote, paths_are_no_urls) {
  for (const char* path : {"../base", "/srv/base", "base?ref=x", "bucket.example.com/org/repo", "https://example.com/x.yaml",
                           "https://github.com/org/repo//a/../../x"})
    EXPECT_EQ(parsed(path), "local") << path;
}

// A network of repositories and files in memory; counts what is asked of it.
class FakeNetwork : public Remotes {
 public:
  std::map<std::string, TreePtr> repositories;  // by URL and ref
  std::map<std::string, std::string> files;
  int resolved = 0, fetched = 0, downloaded = 0;

  Result<std::string> resolve(const std::string& repository, const std::string& ref) override {
    ++resolved;
    if (repositories.contains(repository + "?" + ref)) return repository + "?" + ref;
    return fail(Code::kUnavailable, "Could not resolve host: github.com");
  }
  Result<TreePtr> tree(const std::string&, const std::string& commit) override {
    ++fetched;
    return repositories.at(commit);
  }
  Result<std::string> file(const std::string& url) override {
    ++downloaded;
    auto found = files.find(url);
    if (found == files.end()) return fail(Code::kNotFound, "status code 404 (Not Found)");
    return found->second;
  }
};

constexpr std::string_view kMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n";
constexpr const char* kBase = "https://github.com/org/repo";

class KustomizeRemoteBuild : public ::testing::Test {
 protected:
  std::string run(std::string_view kustomization) {
    auto tree = memory_tree({{"app/kustomization.yaml", kustomization}, {"app/b/kustomization.yaml", "resources: ['github.com/org/repo//base?ref=v1']"}});
    BuildOptions options;
    options.remotes = &network;
    auto built = build(*tree, "app", options);
    return built ? to_text(*built) : built.error().message();
  }
  void publish(std::initializer_list<std::pair<std::string_view, std::string_view>> files) {
    network.repositories[std::string(kBase) + "?v1"] = memory_tree(files);
  }

  FakeNetwork network;
};

TEST_F(KustomizeRemoteBuild, a_base_of_another_repository_is_built_with_its_own_bases) {
  publish({{"base/kustomization.yaml", "resources: [../parts]\nnamePrefix: p-"},
           {"parts/kustomization.yaml", "resources: [x.yaml]"},
           {"parts/x.yaml", kMap}});
  EXPECT_EQ(run("resources: ['https://github.com/org/repo//base?ref=v1']\nnamespace: shop"),
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: p-a\n  namespace: shop\n");
}

TEST_F(KustomizeRemoteBuild, a_folder_may_be_called_as_a_repository) {
  auto tree = memory_tree({{"github.com/org/repo/kustomization.yaml", "resources: [x.yaml]"}, {"github.com/org/repo/x.yaml", kMap}});
  BuildOptions options;
  options.remotes = &network;
  auto built = build(*tree, "github.com/org/repo", options);
  ASSERT_TRUE(built) << built.error().message();
  EXPECT_EQ(to_text(*built), kMap);
  EXPECT_FALSE(build(*tree, "github.com/org/repo", options, "github.com/org/repo"));
}

TEST_F(KustomizeRemoteBuild, a_repository_that_is_named_twice_is_fetched_once) {
  publish({{"base/kustomization.yaml", "resources: [x.yaml]"},
           {"base/x.yaml", kMap},
           {"more/kustomization.yaml", "resources: [../base]\nnamePrefix: q-"}});
  EXPECT_EQ(run("resources: [b, 'https://github.com/org/repo/more?ref=v1']"),
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: q-a\n");
  EXPECT_EQ(network.fetched, 1);
  EXPECT_EQ(network.resolved, 1);
}

TEST_F(KustomizeRemoteBuild, origins_name_the_repository) {
  publish({{"base/kustomization.yaml", "resources: [x.yaml]"}, {"base/x.yaml", kMap}});
  EXPECT_EQ(run("resources: ['github.com/org/repo//base?ref=v1']\nbuildMetadata: [originAnnotations]"),
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  annotations:\n    config.kubernetes.io/origin: |\n      path: base/x.yaml\n"
            "      repo: https://github.com/org/repo\n      ref: v1\n  name: a\n");
}

TEST_F(KustomizeRemoteBuild, files_are_downloaded) {
  network.files["https://example.com/x.yaml"] = kMap;
  EXPECT_EQ(run("resources: ['https://example.com/x.yaml']\nnamePrefix: p-"), "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: p-a\n");
}

TEST_F(KustomizeRemoteBuild, a_server_that_has_no_such_file_is_told_of) {
  EXPECT_EQ(run("resources: ['https://example.com/x.yaml']"),
            "accumulating resources: accumulating resources from 'https://example.com/x.yaml': HTTP Error: status code 404 (Not Found)");
}

TEST_F(KustomizeRemoteBuild, a_repository_out_of_reach_is_told_of) {
  std::string error = run("resources: ['github.com/org/other//base']");
  EXPECT_TRUE(error.ends_with("failed to fetch 'github.com/org/other//base': Could not resolve host: github.com")) << error;
}

TEST_F(KustomizeRemoteBuild, repositories_may_not_name_each_other_in_a_circle) {
  publish({{"base/kustomization.yaml", "resources: ['https://github.com/org/repo//base?ref=v1']"}});
  std::string error = run("resources: ['https://github.com/org/repo//base?ref=v1']");
  EXPECT_TRUE(contains(error, "cycle detected: URI 'https://github.com/org/repo//base?ref=v1' referenced by previous URI")) << error;
}

TEST_F(KustomizeRemoteBuild, what_lies_outside_of_the_repository_is_refused) {
  publish({{"base/kustomization.yaml", "resources: [../../etc]"}});
  std::string error = run("resources: ['https://github.com/org/repo//base?ref=v1']");
  EXPECT_TRUE(contains(error, "must be within the repo, but base '../../etc' is outside")) << error;
  publish({{"base/kustomization.yaml", "resources: [../x.yaml]"}, {"x.yaml", kMap}});
  error = run("resources: ['https://github.com/org/repo//base?ref=v1']");
  EXPECT_TRUE(contains(error, "security; file 'https://github.com/org/repo//x.yaml' is not in or below")) << error;
}

}  // namespace
}  // namespace taut::kustomize
