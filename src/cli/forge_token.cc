#include "cli/forge_token.hh"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/strings.hh"
#include "base/url.hh"

namespace taut::cli {
namespace {

struct Tokens {
  std::string_view provider;
  const char* token;
  std::vector<const char*> servers;  // variables that name them, the one to be set by hand last
  std::string_view usual;            // without them
};

const Tokens& tokens_of(std::string_view provider) {
  static const Tokens kTokens[] = {
      {"github", "GITHUB_TOKEN", {"GITHUB_API_URL", "GITHUB_SERVER_URL", "GH_HOST"}, "https://github.com"},
      {"gitlab", "GITLAB_TOKEN", {"CI_SERVER_URL", "GITLAB_HOST"}, "https://gitlab.com"},
      {"gitea", "GITEA_TOKEN", {"GITEA_SERVER_URL"}, ""},
  };
  for (const Tokens& tokens : kTokens)
    if (tokens.provider == provider) return tokens;
  return kTokens[0];
}

// "https://api.github.com/x" and "github.com" are "https://github.com"; the usual port is left out.
std::string origin_of(std::string_view server) {
  auto url = Url::parse(contains(server, "://") ? std::string(server) : fmt::format("https://{}", server));
  if (!url) return {};
  if (url->host == "api.github.com") url->host = "github.com";
  bool usual = (url->scheme == "https" && url->port == 443) || (url->scheme == "http" && url->port == 80);
  if (usual) url->port = 0;
  return url->origin();
}

}  // namespace

const char* token_variable(std::string_view provider) { return tokens_of(provider).token; }

Result<std::string> forge_token(std::string_view provider, std::string_view origin,
                                const std::function<std::string(const char*)>& environment) {
  const Tokens& tokens = tokens_of(provider);
  std::string token = environment(tokens.token);
  if (token.empty()) return fail(Code::kUnauthenticated, "a token in {} is needed", tokens.token);
  std::vector<std::string> servers;
  for (const char* variable : tokens.servers)
    if (std::string named = origin_of(trim(environment(variable))); !named.empty()) servers.push_back(std::move(named));
  if (servers.empty() && !tokens.usual.empty()) servers.emplace_back(tokens.usual);
  std::string wanted = origin_of(origin);
  if (std::ranges::find(servers, wanted) != servers.end()) return token;
  std::string whose = servers.empty() ? fmt::format("no server is named as that of {}", tokens.token)
                                      : fmt::format("{} is for {}", tokens.token, join(servers, ", "));
  return fail(Error(Code::kForbidden, fmt::format("{}: it is not sent to {}", whose, wanted))
                  .with_hint(fmt::format("set {} to {} if the token is for it", tokens.servers.back(), wanted)));
}

}  // namespace taut::cli
