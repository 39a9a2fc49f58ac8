#include "cli/posting.hh"

#include <gtest/gtest.h>

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

std::string forge_of(std::string_view url, std::string_view forge = {}, std::string_view token = "") {
  auto environment = [&](const char* name) { return token.empty() || name == token ? std::string("t0ken") : std::string(); };
  auto found = forge_project(url, forge, "", environment);
  return found ? fmt::format("{} {} {}", found->account.provider, found->account.api, found->project) : found.error().message();
}

TEST(Posting, a_repositorys_url_tells_its_project) {
  EXPECT_EQ(forge_of("https://github.com/acme/shop.git"), "github  acme/shop");
  EXPECT_EQ(forge_of("git@github.com:acme/shop.git"), "github  acme/shop");
  EXPECT_EQ(forge_of("ssh://git@gitlab.example:2222/group/sub/shop.git"), "gitlab https://gitlab.example group/sub/shop");
  EXPECT_EQ(forge_of("https://codeberg.org/acme/shop"), "gitea https://codeberg.org acme/shop");
  EXPECT_EQ(forge_of("http://git.example:3000/code/acme/shop", "gitea"), "gitea http://git.example:3000 acme/shop");
  EXPECT_EQ(forge_of("https://git.example/acme/shop", "", "GITLAB_TOKEN"), "gitlab https://git.example acme/shop");
  EXPECT_EQ(forge_of("https://git.example/acme/shop"), "what git.example is cannot be told from its name");
  EXPECT_EQ(forge_of("https://github.com/acme/shop", "", "GITLAB_TOKEN"), "a pull request on github needs a token in GITHUB_TOKEN");
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
