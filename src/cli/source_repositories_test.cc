#include "cli/source_repositories.hh"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

#include "base/base64.hh"
#include "io/git/workspace.hh"
#include "port/fake_cluster.hh"
#include "value/json.hh"

namespace taut::cli {
namespace {

namespace fs = std::filesystem;

class SourceRepositoriesTest : public testing::Test {
 protected:
  SourceRepositoriesTest() : folder_(fs::temp_directory_path() / fmt::format("taut-sources-{}", ::getpid())) {
    fs::remove_all(folder_);
    auto workspace = git::GitWorkspace::init((folder_ / "repository").string());
    EXPECT_TRUE(workspace && workspace->commit("main", {{"a", "1"}}, {"first"}));
    url_ = "file://" + (folder_ / "repository").string();
    cluster_.put(*parse_json(fmt::format(R"({{"apiVersion":"v1","kind":"Secret","metadata":{{"name":"own","namespace":"argocd",
        "labels":{{"argocd.argoproj.io/secret-type":"repository"}}}},"data":{{"url":"{}","project":"{}"}}}})", base64_encode(url_), base64_encode("team"))));
  }
  ~SourceRepositoriesTest() override { fs::remove_all(folder_); }

  bool kept_at(std::string_view place) const { return fs::exists(folder_ / "data" / place); }

  const fs::path folder_;
  std::string url_;
  FakeCluster cluster_;
};

TEST_F(SourceRepositoriesTest, what_a_project_fetches_with_its_own_credentials_is_kept_apart) {
  SourceRepositories repositories(cluster_, "argocd", (folder_ / "data").string());
  auto sha = repositories.resolve(in_project("team", url_), "main");
  ASSERT_TRUE(sha) << sha.error().message();
  ASSERT_TRUE(repositories.tree(in_project("team", url_), *sha));
  EXPECT_TRUE(kept_at("projects/team/git"));
  EXPECT_FALSE(kept_at("git"));
  ASSERT_TRUE(repositories.resolve(in_project("other", url_), "main"));
  EXPECT_FALSE(kept_at("projects/other"));
  EXPECT_TRUE(kept_at("git"));
  EXPECT_EQ(repositories.of_projects().size(), 1u);
}

TEST_F(SourceRepositoriesTest, submodules_are_fetched_unless_the_parameters_say_no) {
  std::string script = fmt::format(
      "set -e; cd {}; git clone -q repository w; cd w; git config -f .gitmodules submodule.own.path own; git config -f .gitmodules submodule.own.url ../repository;"
      "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),own; git add .gitmodules;"
      "git -c user.name=a -c user.email=a@b commit -qm own; git push -q origin HEAD:main", folder_.string());
  ASSERT_EQ(std::system(script.c_str()), 0);
  SourceRepositories repositories(cluster_, "argocd", (folder_ / "data").string());
  auto sha = repositories.resolve(url_, "main");
  ASSERT_TRUE(sha);
  EXPECT_EQ(**(*repositories.tree_with_submodules(url_, *sha))->read("own/a"), "1");
  EXPECT_FALSE((*repositories.tree(url_, *sha))->read("own/a")) << "what is written back to Git has none of them";
  cluster_.put(*parse_json(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"argocd-cmd-params-cm","namespace":"argocd"},"data":{"reposerver.enable.git.submodule":"false"}})"));
  SourceRepositories without(cluster_, "argocd", (folder_ / "data").string());
  EXPECT_FALSE((*without.tree_with_submodules(url_, *sha))->read("own/a"));
}

TEST_F(SourceRepositoriesTest, whom_to_trust_is_said_by_config_maps) {
  RepositoryAccess before(cluster_, "argocd");
  EXPECT_TRUE(before.find("https://git.example/a")->empty());
  cluster_.put(*parse_json(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"argocd-ssh-known-hosts-cm","namespace":"argocd"},"data":{"ssh_known_hosts":"git.example ssh-ed25519 A"}})"));
  cluster_.put(*parse_json(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"argocd-tls-certs-cm","namespace":"argocd"},"data":{"git.example":"PEM"}})"));
  RepositoryAccess access(cluster_, "argocd");
  auto found = access.find("https://git.example:8443/a");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->ssh_known_hosts, "git.example ssh-ed25519 A");
  EXPECT_EQ(found->ca_certificates, "PEM");
  EXPECT_EQ(access.find("https://other.example/a")->ca_certificates, "");
}

}  // namespace
}  // namespace taut::cli
