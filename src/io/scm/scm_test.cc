#include "io/scm/scm.hh"

#include <gtest/gtest.h>

#include "io/net/testing/test_server.hh"
#include "value/json.hh"

namespace taut::scm {
namespace {

// An API server in a few lines: answers by method and target, remembers what was asked.
struct FakeApi {
  std::map<std::string, std::string> answers;  // "GET /path?query" to a body; what is not here is 404
  std::map<std::string, std::string> links;
  std::vector<std::string> asked;
  std::string token_header, token;  // seen last
  std::mutex mutex;
  net::TestServer server{[this](const net::TestRequest& request, net::TestReply& reply) {
    std::lock_guard lock(mutex);
    std::string line = request.method + " " + request.target;
    asked.push_back(request.body.empty() ? line : line + " " + request.body);
    if (auto it = request.headers.find(token_header); it != request.headers.end()) token = it->second;
    auto answer = answers.find(line);
    if (answer == answers.end()) return reply.send(404, R"({"message":"Not Found"})");
    std::string headers = "Content-Type: application/json\r\n";
    if (auto link = links.find(line); link != links.end()) headers += "Link: " + link->second + "\r\n";
    reply.send(200, answer->second, headers);
  }};

  std::shared_ptr<Scm> open(std::string provider, std::string header, std::string suffix = "") {
    token_header = std::move(header);
    auto out = scm::open({std::move(provider), fmt::format("http://127.0.0.1:{}{}", server.port(), suffix), "t0ken", false, ""});
    EXPECT_TRUE(out);
    return *out;
  }
};

TEST(Scm, github_lists_pull_requests_over_pages) {
  FakeApi api;
  std::string first = "GET /api/v3/repos/acme/shop/pulls?state=open&per_page=100&page=1";
  api.answers[first] = R"([{"number":7,"title":"A","head":{"ref":"feat","sha":"0123456789abcdef"},"base":{"ref":"main"},"user":{"login":"ann"},"labels":[{"name":"preview"}]}])";
  api.links[first] = "<http://elsewhere/?page=2>; rel=\"next\"";
  api.answers["GET /api/v3/repos/acme/shop/pulls?state=open&per_page=100&page=2"] = R"([{"number":8,"title":"B","head":{"ref":"x","sha":"ff"},"base":{"ref":"main"},"user":{"login":"bob"},"labels":[]}])";
  auto scm = api.open("github", "authorization");
  auto all = scm->pull_requests("acme/shop", {});
  ASSERT_TRUE(all) << all.error().message();
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ((*all)[0].branch, "feat");
  EXPECT_EQ((*all)[0].head_sha, "0123456789abcdef");
  EXPECT_EQ((*all)[1].author, "bob");
  EXPECT_EQ(api.token, "Bearer t0ken");
  EXPECT_EQ(scm->pull_requests("acme/shop", {{"preview"}, ""})->size(), 1u);
  auto lost = scm->pull_requests("acme/none", {});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code(), Code::kNotFound);
  EXPECT_EQ(lost.error().message().find("t0ken"), std::string::npos);
}

TEST(Scm, github_finds_repositories_branches_and_paths) {
  FakeApi api;
  api.answers["GET /api/v3/orgs/acme/repos?per_page=100&page=1"] =
      R"([{"id":5,"name":"shop","owner":{"login":"acme"},"ssh_url":"git@h:acme/shop.git","clone_url":"https://h/acme/shop.git","default_branch":"main","topics":["a","b"],"archived":true}])";
  api.answers["GET /api/v3/repos/acme/shop/branches/main"] = R"({"name":"main","commit":{"sha":"abc"}})";
  api.answers["GET /api/v3/repos/acme/shop/contents/deploy/app?ref=main"] = "[]";
  auto scm = api.open("github", "authorization");
  auto repositories = scm->repositories("acme", {.protocol = "https"});
  ASSERT_TRUE(repositories);
  EXPECT_EQ((*repositories)[0].url, "https://h/acme/shop.git");
  EXPECT_EQ((*repositories)[0].id, "5");
  auto branches = scm->branches((*repositories)[0], false);
  ASSERT_TRUE(branches);
  EXPECT_EQ((*branches)[0].sha, "abc");
  EXPECT_TRUE(*scm->has_path((*branches)[0], "deploy/app"));
  EXPECT_FALSE(*scm->has_path((*branches)[0], "deploy/none"));
  EXPECT_TRUE(scm->repositories("acme", {.exclude_archived = true})->empty());
  ScmRepository gone = (*repositories)[0];
  gone.branch = "gone";
  EXPECT_TRUE(scm->branches(gone, false)->empty());
}

TEST(Scm, gitlab_numbers_requests_within_the_project) {
  FakeApi api;
  api.answers["GET /api/v4/projects/group%2Fshop/merge_requests?state=opened&labels=a%2Cb&per_page=100&page=1"] =
      R"([{"id":900,"iid":3,"title":"T","source_branch":"feat","target_branch":"main","sha":"abcdef","author":{"username":"ann"},"labels":["a","b"]}])";
  api.answers["GET /api/v4/groups/group/projects?include_subgroups=true&with_shared=true&per_page=100&page=1"] =
      R"([{"id":9,"path":"shop","namespace":{"full_path":"group/sub"},"ssh_url_to_repo":"git@h:group/sub/shop.git","default_branch":"main","topics":[]}])";
  api.answers["GET /api/v4/projects/9/repository/branches/main"] = R"({"name":"main","commit":{"id":"abc"}})";
  api.answers["GET /api/v4/projects/9/repository/tree?ref=main&path=deploy&per_page=100&page=1"] = R"([{"path":"deploy/app"}])";
  auto scm = api.open("gitlab", "private-token");
  auto pulls = scm->pull_requests("group/shop", {{"a", "b"}, "opened"});
  ASSERT_TRUE(pulls) << pulls.error().message();
  EXPECT_EQ((*pulls)[0].number, 3);
  EXPECT_EQ(api.token, "t0ken");
  auto repositories = scm->repositories("group", {.subgroups = true});
  ASSERT_TRUE(repositories);
  auto branches = scm->branches((*repositories)[0], false);
  ASSERT_TRUE(branches);
  EXPECT_EQ((*branches)[0].organization, "group/sub");
  EXPECT_TRUE(*scm->has_path((*branches)[0], "deploy/app"));
  EXPECT_FALSE(*scm->has_path((*branches)[0], "deploy/other"));
}

TEST(Scm, one_comment_is_written_and_then_kept_up_to_date) {
  FakeApi api;
  std::string list = "GET /api/v1/repos/acme/shop/issues/7/comments?limit=50&page=1";
  api.answers[list] = R"([{"id":1,"body":"hello"}])";
  api.answers["POST /api/v1/repos/acme/shop/issues/7/comments"] = R"({"id":2,"html_url":"https://h/acme/shop/pulls/7#issuecomment-2"})";
  api.answers["PATCH /api/v1/repos/acme/shop/issues/comments/2"] = R"({"id":2,"html_url":"https://h/acme/shop/pulls/7#issuecomment-2"})";
  auto scm = api.open("gitea", "authorization");
  auto url = scm->comment("acme/shop", 7, "<!-- taut -->", "<!-- taut -->\nfirst");
  ASSERT_TRUE(url) << url.error().message();
  EXPECT_EQ(*url, "https://h/acme/shop/pulls/7#issuecomment-2");
  EXPECT_EQ(api.token, "token t0ken");
  {
    std::lock_guard lock(api.mutex);
    api.answers[list] = R"([{"id":1,"body":"hello"},{"id":2,"body":"<!-- taut -->\nfirst"}])";
  }
  ASSERT_TRUE(scm->comment("acme/shop", 7, "<!-- taut -->", "<!-- taut -->\nsecond"));
  EXPECT_EQ(api.asked.back(), R"(PATCH /api/v1/repos/acme/shop/issues/comments/2 {"body":"<!-- taut -->\nsecond"})");
}

TEST(Scm, a_pull_request_is_opened_once) {
  FakeApi api;
  std::string list = "GET /api/v1/repos/acme/shop/pulls?state=open&limit=50&page=1";
  api.answers[list] = R"([{"number":6,"head":{"ref":"change","repo":{"full_name":"fork/shop"}},"base":{"ref":"main"}}])";
  api.answers["POST /api/v1/repos/acme/shop/pulls"] = R"({"number":7,"html_url":"https://h/acme/shop/pulls/7"})";
  api.answers["PATCH /api/v1/repos/acme/shop/pulls/7"] = R"({"number":7,"html_url":"https://h/acme/shop/pulls/7"})";
  auto scm = api.open("gitea", "authorization");
  auto first = scm->propose("acme/shop", {"change", "main", "T", "text"});
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_TRUE(first->opened);
  EXPECT_EQ(first->url, "https://h/acme/shop/pulls/7");
  EXPECT_EQ(api.asked.back(), R"(POST /api/v1/repos/acme/shop/pulls {"base":"main","body":"text","head":"change","title":"T"})");
  {
    std::lock_guard lock(api.mutex);
    api.answers[list] = R"([{"number":7,"head":{"ref":"change","repo":{"full_name":"acme/shop"}},"base":{"ref":"main"}}])";
  }
  auto second = scm->propose("acme/shop", {"change", "main", "T2", "text"});
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->opened);
  EXPECT_EQ(api.asked.back(), R"(PATCH /api/v1/repos/acme/shop/pulls/7 {"body":"text","title":"T2"})");
}

TEST(Scm, gitlab_opens_merge_requests) {
  FakeApi api;
  std::string list = "GET /api/v4/projects/group%2Fshop/merge_requests?state=opened&source_branch=promote%2Fa&target_branch=main&per_page=100&page=1";
  api.answers[list] = "[]";
  api.answers["POST /api/v4/projects/group%2Fshop/merge_requests"] = R"({"iid":3,"web_url":"https://h/group/shop/-/merge_requests/3"})";
  api.answers["PUT /api/v4/projects/group%2Fshop/merge_requests/3"] = R"({"iid":3,"web_url":"https://h/group/shop/-/merge_requests/3"})";
  auto scm = api.open("gitlab", "private-token");
  auto first = scm->propose("group/shop", {"promote/a", "main", "T", "text"});
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_TRUE(first->opened);
  {
    std::lock_guard lock(api.mutex);
    api.answers[list] = R"([{"iid":3}])";
  }
  auto second = scm->propose("group/shop", {"promote/a", "main", "T", "more"});
  ASSERT_TRUE(second) << second.error().message();
  EXPECT_FALSE(second->opened);
  EXPECT_EQ(second->url, "https://h/group/shop/-/merge_requests/3");
}

TEST(Scm, other_providers_are_refused_by_name) {
  auto refused = scm::open({"bitbucket", "", "", false, ""});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "bitbucket is not supported by taut: github, gitlab and gitea are");
  EXPECT_FALSE(scm::open({"gitea", "", "", false, ""}));
  EXPECT_FALSE(scm::open({"github", "ftp://x", "", false, ""}));
}

}  // namespace
}  // namespace taut::scm
