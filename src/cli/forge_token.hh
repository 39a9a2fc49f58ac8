// Tokens of the environment, and the servers that they are for: a token goes to no other.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.hh"

namespace taut::cli {

// The variable with the token for a kind of server: "GITHUB_TOKEN" for "github", also for "gitlab" and "gitea".
const char* token_variable(std::string_view provider);

// The token for a server by its origin ("https://git.example:3000"). It is for the servers that the usual variables name
// (GITHUB_SERVER_URL, GITHUB_API_URL, GH_HOST; CI_SERVER_URL, GITLAB_HOST; GITEA_SERVER_URL), or, where none is set, for
// github.com or gitlab.com. kUnauthenticated without a token, kForbidden where it is another server's. No token is part of
// an error.
Result<std::string> forge_token(std::string_view provider, std::string_view origin,
                                const std::function<std::string(const char*)>& environment);

}  // namespace taut::cli
