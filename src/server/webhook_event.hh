// What Git servers announce, read from their requests: pushes and pull requests of GitHub, GitLab, Gitea and Gogs,
// Bitbucket (cloud and server) and Azure DevOps. No sockets: a fuzz target feeds it directly.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.hh"
#include "dialect/argo/push.hh"
#include "server/http.hh"

namespace taut::server {

// A key of the Secret argocd-secret, such as "webhook.github.secret"; empty when it is not set, and then nothing is
// checked, as in Argo CD. Thread-safe.
using WebhookSecrets = std::function<std::string(std::string_view key)>;

// The event of a request, once its signature or token is right; compared in constant time. Errors in the words of
// Argo CD's library: kInvalid for what is malformed or unknown, kUnauthenticated for a wrong signature.
Result<argo::Push> read_webhook(const http::Request& request, const WebhookSecrets& secrets);

}  // namespace taut::server
