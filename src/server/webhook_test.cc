#include <gtest/gtest.h>

#include "base/base64.hh"
#include "server/entry.hh"
#include "server/signature.hh"

namespace taut::server {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Entry {
  std::map<std::string, std::string> secrets;
  std::vector<argo::Push> taken;

  http::Response send(Headers headers, std::string body, std::string method = "POST", std::string path = "/api/webhook") {
    auto handler = make_entry({webhook_route(
        [this](std::string_view key) { return secrets[std::string(key)]; }, [this](const argo::Push& push) { taken.push_back(push); })});
    http::Request request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.headers = std::move(headers);
    request.body = std::move(body);
    return handler(request);
  }
};

constexpr const char* kGitHubPush = R"({"ref":"refs/heads/main","repository":{"html_url":"https://github.com/acme/shop","default_branch":"main"},
  "commits":[{"added":["web/a.yaml"],"modified":[],"removed":["old"]},{"modified":["web/b.yaml"]}]})";

TEST(Webhook, a_push_of_github_says_what_it_touched) {
  Entry entry;
  EXPECT_EQ(entry.send({{"X-GitHub-Event", "push"}}, kGitHubPush).code, 200);
  ASSERT_EQ(entry.taken.size(), 1u);
  const argo::Push& push = entry.taken[0];
  EXPECT_EQ(push.urls, (std::vector<std::string>{"https://github.com/acme/shop"}));
  EXPECT_EQ(push.revision, "main");
  EXPECT_TRUE(push.touches_head);
  EXPECT_EQ(push.files, (std::vector<std::string>{"web/a.yaml", "old", "web/b.yaml"}));
}

TEST(Webhook, a_form_carries_the_same) {
  Entry entry;
  EXPECT_EQ(entry.send({{"X-GitHub-Event", "push"}, {"Content-Type", "application/x-www-form-urlencoded"}},
                       "payload=%7B%22ref%22%3A%22refs%2Ftags%2Fv1%22%7D").code, 200);
  ASSERT_EQ(entry.taken.size(), 1u);
  EXPECT_EQ(entry.taken[0].revision, "v1");
}

TEST(Webhook, only_who_knows_the_secret_is_heard) {
  Entry entry;
  entry.secrets["webhook.github.secret"] = "s3cret";
  auto without = entry.send({{"X-GitHub-Event", "push"}}, kGitHubPush);
  EXPECT_EQ(without.code, 400);
  EXPECT_EQ(without.body, "Webhook processing failed: missing X-Hub-Signature-256 Header\n");
  auto wrong = entry.send({{"X-GitHub-Event", "push"}, {"X-Hub-Signature-256", "sha256=" + hmac_sha256("other", kGitHubPush)}}, kGitHubPush);
  EXPECT_EQ(wrong.body, "Webhook processing failed: HMAC verification failed\n");
  EXPECT_TRUE(entry.taken.empty());
  auto right = entry.send({{"X-GitHub-Event", "push"}, {"X-Hub-Signature-256", "sha256=" + hmac_sha256("s3cret", kGitHubPush)}}, kGitHubPush);
  EXPECT_EQ(right.code, 200);
  EXPECT_EQ(entry.taken.size(), 1u);
}

TEST(Webhook, the_digest_is_the_one_that_everybody_computes) {
  // RFC 4231, test case 2.
  EXPECT_EQ(hmac_sha256("Jefe", "what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Webhook, gitlab_shows_its_token) {
  Entry entry;
  entry.secrets["webhook.gitlab.secret"] = "s3cret";
  std::string body = R"({"object_kind":"push","ref":"refs/heads/side","project":{"web_url":"https://gitlab.com/group/sub/shop","default_branch":"main"},
    "commits":[{"added":["x"]}]})";
  EXPECT_EQ(entry.send({{"X-Gitlab-Event", "Push Hook"}, {"X-Gitlab-Token", "guess"}}, body).body,
            "Webhook processing failed: X-Gitlab-Token validation failed\n");
  EXPECT_EQ(entry.send({{"X-Gitlab-Event", "Push Hook"}, {"X-Gitlab-Token", "s3cret"}}, body).code, 200);
  ASSERT_EQ(entry.taken.size(), 1u);
  EXPECT_EQ(entry.taken[0].revision, "side");
  EXPECT_FALSE(entry.taken[0].touches_head);
  EXPECT_EQ(entry.send({{"X-Gitlab-Event", "Merge Request Hook"}, {"X-Gitlab-Token", "s3cret"}},
                       R"({"object_kind":"merge_request","project":{"id":17,"path_with_namespace":"group/sub/shop","web_url":"https://gitlab.com/group/sub/shop"}})").code, 200);
  EXPECT_EQ(entry.taken[1].kind, argo::Push::Kind::kPullRequest);
  EXPECT_EQ(entry.taken[1].project_id, "17");
}

TEST(Webhook, gitea_speaks_like_gogs_and_github_at_once) {
  Entry entry;
  entry.secrets["webhook.gogs.secret"] = "s3cret";
  entry.secrets["webhook.github.secret"] = "another";
  Headers headers = {{"X-GitHub-Event", "push"}, {"X-Gitea-Event", "push"}, {"X-Gogs-Event", "push"}, {"X-Gogs-Signature", hmac_sha256("s3cret", kGitHubPush)}};
  EXPECT_EQ(entry.send(headers, kGitHubPush).code, 200);
  EXPECT_EQ(entry.taken.size(), 1u);
}

TEST(Webhook, bitbucket_and_azure_do_not_say_which_files) {
  Entry entry;
  entry.secrets["webhook.azuredevops.username"] = "u";
  entry.secrets["webhook.azuredevops.password"] = "p";
  EXPECT_EQ(entry.send({{"X-Hook-UUID", "1"}, {"X-Event-Key", "repo:push"}},
                       R"({"push":{"changes":[{"new":{"name":"main"}}]},"repository":{"links":{"html":{"href":"https://bitbucket.org/acme/shop"}}}})").code, 200);
  EXPECT_EQ(entry.send({{"X-Event-Key", "repo:refs_changed"}},
                       R"({"changes":[{"reference":{"id":"refs/heads/main"}}],"repository":{"links":{"clone":[{"href":"ssh://git@bb.example:7999/acme/shop.git"}]}}})").code, 200);
  std::string azure = R"({"eventType":"git.push","resource":{"refUpdates":[{"name":"refs/heads/main"}],
    "repository":{"remoteUrl":"https://dev.azure.com/acme/_git/shop","defaultBranch":"refs/heads/main"}}})";
  EXPECT_EQ(entry.send({{"X-Vss-Activityid", "1"}}, azure).code, 400);
  EXPECT_EQ(entry.send({{"X-Vss-Activityid", "1"}, {"Authorization", "Basic " + base64_encode("u:p")}}, azure).code, 200);
  ASSERT_EQ(entry.taken.size(), 3u);
  for (const auto& push : entry.taken) {
    EXPECT_EQ(push.revision, "main");
    EXPECT_TRUE(push.touches_head);
    EXPECT_TRUE(push.files.empty());
  }
}

TEST(Webhook, what_is_no_event_is_refused_in_argo_s_words) {
  Entry entry;
  EXPECT_EQ(entry.send({}, "{}").body, "Unknown webhook event\n");
  EXPECT_EQ(entry.send({{"X-GitHub-Event", "push"}}, "", "GET").code, 405);
  EXPECT_EQ(entry.send({{"X-GitHub-Event", "push"}}, "not json").body,
            "Webhook processing failed: The payload is either too large or corrupted. Please check the payload size (must be under 50 MB) and ensure it is valid JSON\n");
  EXPECT_EQ(entry.send({{"X-GitHub-Event", "star"}}, "{}").body, "Webhook processing failed: event not defined to be parsed\n");
  EXPECT_EQ(entry.send({{"X-GitHub-Event", "ping"}}, "{}").code, 200);
  EXPECT_EQ(entry.send({}, "", "GET", "/healthz").body, "ok\n");
  EXPECT_EQ(entry.send({}, "", "GET", "/").code, 404);
  EXPECT_TRUE(entry.taken.empty());
}

}  // namespace
}  // namespace taut::server
