#include "dialect/argo/push.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut::argo {
namespace {

Value application(std::string_view repo, std::string_view revision, std::string_view paths = "") {
  Value out = Value::map({{"spec", Value::map({{"source", Value::map({{"repoURL", repo}, {"path", "web"}, {"targetRevision", revision}})}})}});
  if (!paths.empty()) out.edit("metadata").edit("annotations").set("argocd.argoproj.io/manifest-generate-paths", paths);
  return out;
}

Push push_of(std::string_view revision, bool head = false, std::vector<std::string> files = {}) {
  Push out;
  out.kind = Push::Kind::kPush;
  out.urls = {"https://github.com/acme/shop"};
  out.revision = revision;
  out.touches_head = head;
  out.files = std::move(files);
  return out;
}

TEST(Push, a_repository_has_many_spellings) {
  for (const char* url : {"https://github.com/acme/shop", "https://github.com/acme/shop.git", "https://github.com/Acme/Shop/", "git@github.com:acme/shop.git",
                          "ssh://git@github.com/acme/shop", "ssh://git@ssh.github.com:443/acme/shop.git", "https://user:pw@github.com:443/acme/shop"})
    EXPECT_TRUE(same_repository("https://github.com/acme/shop", url)) << url;
  for (const char* url : {"https://github.com/acme/shop2", "https://gitlab.com/acme/shop", "https://github.com/x/acme/shop", ""})
    EXPECT_FALSE(same_repository("https://github.com/acme/shop", url)) << url;
  EXPECT_TRUE(same_repository("git@host.example:22/group/x", "https://host.example/group/x"));
  EXPECT_FALSE(same_repository("", ""));
}

TEST(Push, an_application_follows_a_branch_a_tag_the_head_or_a_range) {
  constexpr const char* kRepo = "git@github.com:acme/shop.git";
  EXPECT_TRUE(push_concerns(application(kRepo, "main"), push_of("main")));
  EXPECT_FALSE(push_concerns(application(kRepo, "main"), push_of("other", true)));
  EXPECT_TRUE(push_concerns(application(kRepo, "refs/heads/main"), push_of("main")));
  EXPECT_TRUE(push_concerns(application(kRepo, "HEAD"), push_of("trunk", true)));
  EXPECT_TRUE(push_concerns(application(kRepo, ""), push_of("trunk", true)));
  EXPECT_FALSE(push_concerns(application(kRepo, "HEAD"), push_of("trunk")));
  EXPECT_TRUE(push_concerns(application(kRepo, "1.*"), push_of("v1.4.0")));
  EXPECT_FALSE(push_concerns(application(kRepo, "1.*"), push_of("v2.0.0")));
  EXPECT_FALSE(push_concerns(application("https://github.com/acme/other", "main"), push_of("main")));
}

TEST(Push, files_are_held_against_the_annotation) {
  Value app = application("https://github.com/acme/shop", "main", ".;/shared");
  EXPECT_TRUE(push_concerns(app, push_of("main", false, {"web/a.yaml"})));
  EXPECT_TRUE(push_concerns(app, push_of("main", false, {"x", "shared/b"})));
  EXPECT_FALSE(push_concerns(app, push_of("main", false, {"docs/readme.md"})));
  EXPECT_TRUE(push_concerns(app, push_of("main")));
}

TEST(Push, sets_look_at_repositories_and_pull_requests) {
  Value set = *parse_json(R"({"spec":{"generators":[{"matrix":{"generators":[
    {"git":{"repoURL":"https://github.com/acme/shop","revision":"HEAD"}},
    {"pullRequest":{"github":{"owner":"acme","repo":"web"}}}]}},
    {"pullRequest":{"gitlab":{"project":"17"}}}]}})");
  EXPECT_TRUE(push_concerns_set(set, push_of("main", true)));
  EXPECT_FALSE(push_concerns_set(set, push_of("side")));
  Push pull;
  pull.kind = Push::Kind::kPullRequest;
  pull.provider = "github";
  pull.owner = "Acme";
  pull.repository = "web";
  EXPECT_TRUE(push_concerns_set(set, pull));
  pull.repository = "shop";
  EXPECT_FALSE(push_concerns_set(set, pull));
  pull = {.kind = Push::Kind::kPullRequest, .urls = {}, .revision = {}, .files = {}, .provider = "gitlab", .owner = {}, .repository = "group/x", .project_id = "17"};
  EXPECT_TRUE(push_concerns_set(set, pull));
}

}  // namespace
}  // namespace taut::argo
