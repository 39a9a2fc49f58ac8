#include "dialect/argo/repository_secret.hh"

#include <gtest/gtest.h>

#include "base/base64.hh"

namespace taut::argo {
namespace {

Value secret(std::string_view type, std::initializer_list<std::pair<std::string_view, std::string>> data) {
  Value out = Value::map({{"metadata", Value::map({{"labels", Value::map({{kSecretTypeLabel, type}})}})}});
  for (const auto& [key, text] : data) out.edit("data").set(key, base64_encode(text));
  return out;
}

TEST(RepositorySecret, the_same_repository_is_found_however_its_url_is_written) {
  std::vector<Value> secrets{secret("repository", {{"url", "https://git.example/Team/App.git"}, {"username", "u"}, {"password", "p"}})};
  auto found = find_credentials(secrets, "https://git.example/team/app");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->username, "u");
  EXPECT_EQ(found->password, "p");
  EXPECT_FALSE(find_credentials(secrets, "https://git.example/team/app2"));
}

TEST(RepositorySecret, the_longest_prefix_of_repo_creds_wins) {
  std::vector<Value> secrets{secret("repo-creds", {{"url", "https://git.example"}, {"password", "all"}}),
                             secret("repo-creds", {{"url", "https://git.example/team"}, {"password", "team"}})};
  EXPECT_EQ(find_credentials(secrets, "https://git.example/team/app")->password, "team");
  EXPECT_EQ(find_credentials(secrets, "https://git.example/other")->password, "all");
}

TEST(RepositorySecret, a_repository_without_credentials_takes_the_shared_ones_and_keeps_its_settings) {
  std::vector<Value> secrets{secret("repository", {{"url", "https://git.example/a"}, {"insecure", "true"}}),
                             secret("repo-creds", {{"url", "https://git.example"}, {"password", "all"}})};
  auto found = find_credentials(secrets, "https://git.example/a");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->password, "all");
  EXPECT_TRUE(found->insecure);
}

TEST(RepositorySecret, a_projects_own_credentials_are_for_nobody_else) {
  std::vector<Value> secrets{secret("repository", {{"url", "https://git.example/a"}, {"project", "team"}, {"password", "teams"}}),
                             secret("repository", {{"url", "https://git.example/a"}, {"project", "other"}, {"password", "others"}})};
  EXPECT_EQ(find_credentials(secrets, "https://git.example/a.git", "team")->password, "teams");
  EXPECT_EQ(find_credentials(secrets, "https://git.example/a", "other")->password, "others");
  EXPECT_FALSE(find_credentials(secrets, "https://git.example/a", "third"));
  EXPECT_FALSE(find_credentials(secrets, "https://git.example/a"));
  secrets.push_back(secret("repository", {{"url", "https://git.example/a"}, {"password", "all"}}));
  EXPECT_EQ(find_credentials(secrets, "https://git.example/a", "third")->password, "all");
  EXPECT_EQ(find_credentials(secrets, "https://git.example/a", "team")->password, "teams");
}

TEST(RepositorySecret, a_github_app_is_for_the_owner_that_the_url_names) {
  std::vector<Value> secrets{secret("repo-creds", {{"url", "https://ghe.example/acme"}, {"githubAppID", "7"}, {"githubAppPrivateKey", "pem"},
                                                   {"githubAppEnterpriseBaseUrl", "https://ghe.example/api/v3"}}),
                             secret("repository", {{"url", "https://ghe.example/acme/shop"}, {"noProxy", "ghe.example"}}),
                             secret("repository", {{"url", "https://github.com/x/y"}, {"githubAppID", " 8\n"}, {"githubAppInstallationID", "9"},
                                                   {"githubAppPrivateKey", "pem"}})};
  auto found = find_credentials(secrets, "https://ghe.example/acme/shop.git");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->app, (GitHubApp{.id = 7, .owner = "acme", .private_key = "pem", .api = "https://ghe.example/api/v3"}));
  EXPECT_EQ(found->no_proxy, "ghe.example");
  found = find_credentials(secrets, "https://github.com/x/y");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->app, (GitHubApp{.id = 8, .installation = 9, .private_key = "pem"}));
  EXPECT_EQ(owner_of("git@github.com:acme/shop.git"), "acme");
  EXPECT_EQ(owner_of("ssh://git@github.com:22/acme/shop"), "acme");
  EXPECT_EQ(owner_of("https://github.com"), "");
  EXPECT_EQ(owner_of("shop"), "");
}

TEST(RepositorySecret, credentials_of_clouds_are_named_as_not_supported) {
  std::vector<Value> secrets{secret("repository", {{"url", "https://source.developers.google.com/p/x"}, {"gcpServiceAccountKey", "{}"}})};
  EXPECT_EQ(find_credentials(secrets, "https://source.developers.google.com/p/x")->unsupported, "gcpServiceAccountKey");
}

}  // namespace
}  // namespace taut::argo
