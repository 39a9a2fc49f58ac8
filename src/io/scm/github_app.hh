// Tokens of GitHub Apps: a private key says who the app is, GitHub gives a token of an hour for what one of its
// installations may see (as ghinstallation and fluxcd/pkg/auth/githubapp ask for them).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "port/clock.hh"
#include "port/scm.hh"

namespace taut::scm {

// The user name beside such a token where a password is wanted.
inline constexpr std::string_view kAppUser = "x-access-token";

// Who a GitHub App is, signed with its key (RS256): for two minutes, from half a minute ago for clocks that differ.
// kInvalid for a key that is no RSA private key; nothing of the key is part of it.
Result<std::string> app_assertion(const GitHubApp& app, Time now);

// Keeps tokens until shortly before they end, and for a few seconds that there was none, so that those who waited for one
// answer have that one. Thread-safe; who asks for the same token waits for the one who asks GitHub.
class GitHubAppTokens {
 public:
  // The clock must outlive it.
  explicit GitHubAppTokens(const Clock& clock) : clock_(clock) {}

  // The token of `account.app`; proxy and certificates are those of the account, the API is that of the app, else that of
  // the account. Errors are those of the API with the path that was asked; no key or token is part of one.
  Result<std::string> token(const ScmAccount& account);

 private:
  struct Held {
    std::mutex mutex;
    Result<std::string> token;
    Time until{};  // when to ask again
  };
  Result<std::string> ask(const ScmAccount& account, Time& until);

  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Held>> held_;  // by a hash of what they are asked with
};

}  // namespace taut::scm
