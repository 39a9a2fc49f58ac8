// A report as a comment of a pull request: one comment, kept up to date.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.hh"
#include "port/scm.hh"

namespace taut::cli {

// A pull request as its web page names it.
struct PullRequestAddress {
  ScmAccount account;   // without token
  std::string project;  // "acme/shop", "group/sub/shop"
  int64_t number = 0;
};

// "https://github.com/acme/shop/pull/7", "https://gitlab.com/group/shop/-/merge_requests/7",
// "https://gitea.example/acme/shop/pulls/7"; the path tells which server it is. kInvalid for anything else.
Result<PullRequestAddress> parse_pull_request(std::string_view url);

// The project that a repository's URL names ("https://github.com/acme/shop.git", "git@gitlab.com:group/sub/shop.git"), and
// who is asked about it. `forge` ("github", "gitlab", "gitea") and `api` (the base URL of its API) say what the URL does not tell;
// empty: the host's name, else the token that `environment` has for it, tells the forge. kInvalid where nothing does; without
// a token for this server as forge_token, unless `api` names it.
struct ForgeProject {
  ScmAccount account;
  std::string project;
};
Result<ForgeProject> forge_project(std::string_view url, std::string_view forge, std::string_view api,
                                   const std::function<std::string(const char*)>& environment);

// The comment's text: the marker by which it is found again, then the report, cut to what a comment may hold.
std::string comment_text(const std::string& marker, std::string_view report);

// The comment's URL. The token is that which `environment` has for the server (forge_token).
// `name` tells this report from others on the same pull request.
Result<std::string> post_report(std::string_view url, std::string_view name, std::string_view report,
                                const std::function<std::string(const char*)>& environment);

}  // namespace taut::cli
