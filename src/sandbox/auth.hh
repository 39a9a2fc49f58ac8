// Who asks: bearer tokens and impersonation; and whether they may (RBAC).
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "sandbox/cluster.hh"
#include "sandbox/http.hh"
#include "sandbox/request_info.hh"

namespace taut::sandbox {

class Authenticator {
 public:
  Authenticator(Cluster& cluster, std::string admin_token);

  // Before the first request only.
  void set_admin_token(std::string token) { admin_token_ = std::move(token); }
  // The key that tokens of service accounts are signed with; one is made up at the start.
  void set_signing_key(std::string key) { signing_key_ = std::move(key); }

  // The user of a request, after impersonation. 401 for a token that is not known, 403 for an impersonation that
  // is not allowed. Tokens are compared in constant time.
  ApiResult<User> authenticate(const Request& request) const;

  // A token for a service account, as TokenRequest hands out.
  std::string issue(std::string_view ns, std::string_view name, std::string_view uid, const Value& audiences,
                    Time now, int64_t seconds) const;
  // The user a token stands for, or nothing.
  std::optional<User> user_of(std::string_view token) const;

 private:
  std::string sign(std::string_view text) const;

  Cluster& cluster_;
  std::string admin_token_, signing_key_;
};

// What is to be allowed or not.
struct Attributes {
  std::string verb;
  std::string group;
  std::string resource;
  std::string subresource;
  std::string name;
  std::string ns;
  std::string path;  // of a request that is not for a resource
};

// Whether RBAC allows it; administrators may do everything. Reads roles and bindings from the store.
bool allowed(const Cluster& cluster, const User& user, const Attributes& attributes);
// The rules that hold for a user in a namespace, for SelfSubjectRulesReview.
Value rules_for(const Cluster& cluster, const User& user, std::string_view ns);

// 403 in the real server's words.
ApiError refused(const User& user, const Attributes& attributes);

}  // namespace taut::sandbox
