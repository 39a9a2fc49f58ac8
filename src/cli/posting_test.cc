#include "cli/posting.hh"

#include <gtest/gtest.h>

#include <map>

namespace taut::cli {
namespace {

std::string read(std::string_view url) {
  auto address = parse_pull_request(url);
  if (!address) return address.error().message();
  return fmt::format("{} {} {} {}", address->account.provider, address->account.api, address->project, address->number);
}

TEST(Posting, the_address_of_a_pull_request_says_where_to_post) {
  EXPECT_EQ(read("https://github.com/acme/shop/pull/7"), "github  acme/shop 7");
  EXPECT_EQ(read("https://github.com/acme/shop/pull/7/files"), "github  acme/shop 7");
  EXPECT_EQ(read("https://ghe.example:8443/acme/shop/pull/7"), "github https://ghe.example:8443 acme/shop 7");
  EXPECT_EQ(read("https://gitlab.com/group/sub/shop/-/merge_requests/12/diffs"), "gitlab https://gitlab.com group/sub/shop 12");
  EXPECT_EQ(read("http://gitea.example:3000/acme/shop/pulls/3"), "gitea http://gitea.example:3000 acme/shop 3");
}

TEST(Posting, anything_else_is_refused) {
  for (const char* url : {"https://github.com/acme/shop", "https://github.com/acme/shop/pull/x", "https://github.com/shop/pull/7",
                          "https://github.com/a/b/c/pull/7", "github.com/acme/shop/pull/7", "https://github.com/acme/shop/pull/-1", ""})
    EXPECT_EQ(read(url), fmt::format("{} is not the address of a pull request on GitHub, GitLab or Gitea", url));
}

TEST(Posting, a_token_is_needed) {
  auto posted = post_report("https://gitlab.com/g/p/-/merge_requests/1", "x", "report", [](const char*) { return std::string(); });
  ASSERT_FALSE(posted);
  EXPECT_EQ(posted.error().message(), "posting to gitlab needs a token in GITLAB_TOKEN");
}

using Variables = std::map<std::string, std::string>;

std::function<std::string(const char*)> of(const Variables& variables) {
  return [variables](const char* name) { return variables.contains(name) ? variables.at(name) : std::string(); };
}

const Variables kTokens = {{"GITHUB_TOKEN", "hub"}, {"GITLAB_TOKEN", "lab"}, {"GITEA_TOKEN", "tea"}};

std::string forge_of(std::string_view url, std::string_view forge, Variables variables) {
  auto found = forge_project(url, forge, "", of(variables));
  return found ? fmt::format("{} {} {} {}", found->account.provider, found->account.api, found->project, found->account.token) : found.error().message();
}

TEST(Posting, a_repositorys_url_tells_its_project) {
  Variables all = kTokens;
  EXPECT_EQ(forge_of("https://github.com/acme/shop.git", "", all), "github  acme/shop hub");
  EXPECT_EQ(forge_of("git@github.com:acme/shop.git", "", all), "github  acme/shop hub");
  all["CI_SERVER_URL"] = "https://gitlab.example:443/";
  all["GITEA_SERVER_URL"] = "http://git.example:3000/code";
  EXPECT_EQ(forge_of("ssh://git@gitlab.example:2222/group/sub/shop.git", "", all), "gitlab https://gitlab.example group/sub/shop lab");
  EXPECT_EQ(forge_of("http://git.example:3000/code/acme/shop", "", all), "gitea http://git.example:3000 acme/shop tea");
  EXPECT_EQ(forge_of("http://git.example:3000/code/acme/shop", "gitea", all), "gitea http://git.example:3000 acme/shop tea");
  EXPECT_EQ(forge_of("https://git.example/acme/shop", "", all), "what git.example is cannot be told from its name");
  EXPECT_EQ(forge_of("https://github.com/acme/shop", "", {{"GITLAB_TOKEN", "lab"}}), "a pull request on github needs a token in GITHUB_TOKEN");
  auto named = forge_project("/srv/acme/shop.git", "gitea", "http://tea.example", of(kTokens));
  ASSERT_TRUE(named) << named.error().message();
  EXPECT_EQ(named->account.token, "tea");
}

TEST(Posting, a_token_goes_to_no_server_but_its_own) {
  EXPECT_EQ(forge_of("https://github.com.evil.example/acme/shop", "", kTokens), "GITHUB_TOKEN is for https://github.com: it is not sent to https://github.com.evil.example");
  EXPECT_EQ(forge_of("https://gitlab.evil.example/acme/shop", "", kTokens), "GITLAB_TOKEN is for https://gitlab.com: it is not sent to https://gitlab.evil.example");
  EXPECT_EQ(forge_of("http://gitlab.com/acme/shop", "", kTokens), "GITLAB_TOKEN is for https://gitlab.com: it is not sent to http://gitlab.com");
  EXPECT_EQ(forge_of("https://codeberg.org/acme/shop", "", kTokens), "no server is named as that of GITEA_TOKEN: it is not sent to https://codeberg.org");
  EXPECT_EQ(forge_of("https://elsewhere.example/acme/shop", "github", kTokens), "GITHUB_TOKEN is for https://github.com: it is not sent to https://elsewhere.example");
  EXPECT_EQ(forge_of("https://elsewhere.example/acme/shop", "", {{"GITLAB_TOKEN", "lab"}}), "what elsewhere.example is cannot be told from its name");
  Variables enterprise = {{"GITHUB_TOKEN", "hub"}, {"GITHUB_API_URL", "https://ghe.example/api/v3"}};
  EXPECT_EQ(forge_of("https://ghe.example/acme/shop", "", enterprise), "github https://ghe.example acme/shop hub");
  EXPECT_EQ(forge_of("https://github.com/acme/shop", "", enterprise), "GITHUB_TOKEN is for https://ghe.example: it is not sent to https://github.com");
  EXPECT_EQ(forge_of("https://github.com/acme/shop", "", {{"GITHUB_TOKEN", "hub"}, {"GITHUB_API_URL", "https://api.github.com"}}), "github  acme/shop hub");
  EXPECT_EQ(forge_of("https://ghe.example/acme/shop", "", {{"GITHUB_TOKEN", "hub"}, {"GH_HOST", "ghe.example"}}), "github https://ghe.example acme/shop hub");

  auto posted = post_report("https://evil.example/acme/shop/pull/7", "x", "report", of(kTokens));
  ASSERT_FALSE(posted);
  EXPECT_EQ(posted.error().message(), "GITHUB_TOKEN is for https://github.com: it is not sent to https://evil.example");
  EXPECT_EQ(posted.error().hint(), "set GH_HOST to https://evil.example if the token is for it");
  EXPECT_EQ(posted.error().report().find("hub\n"), std::string::npos);
}

TEST(Posting, a_long_report_is_cut_at_a_line_and_its_fence_closed) {
  EXPECT_EQ(comment_text("<!-- m -->", "short\n"), "<!-- m -->\nshort\n");
  std::string report = "```diff\n";
  while (report.size() < 70'000) report += "+ a line of the diff\n";
  report += "```\n";
  std::string text = comment_text("<!-- m -->", report);
  EXPECT_LT(text.size(), 65'000u);
  EXPECT_NE(text.find("+ a line of the diff\n```\n\n*The report is longer"), std::string::npos);
}

}  // namespace
}  // namespace taut::cli
