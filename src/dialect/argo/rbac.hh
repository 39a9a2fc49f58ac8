// Argo CD's access rules: the policy language of argocd-rbac-cm and of AppProject roles.
//
//   p, <role, user or group>, <resource>, <action>, <object>, <allow or deny>
//   g, <user, group or role>, <role>
//
// Mirrors util/rbac and server/rbacpolicy of Argo CD 3.5 and the Casbin model that they use: what some rule allows and
// none denies is allowed. Resource, action and object of a rule are globs without separators, or regular expressions
// that match anywhere. Immutable once made, and then safe from many threads.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::argo {

enum class MatchMode : uint8_t { kGlob, kRegex };

struct AccessRequest {
  std::string subject;
  std::string resource;  // "applications"
  std::string action;    // "sync", "action/apps/Deployment/restart"
  std::string object;    // "<project>/<application>"
};

// The rules of one policy text, read.
class Policy {
 public:
  // kInvalid "policy syntax error: <text>" for a line that is none.
  static Result<Policy> parse(std::string_view text);
  void append(const Policy& other);

 private:
  friend class Enforcer;
  struct Rule {
    std::string subject, resource, action, object, effect;
  };
  Status add_line(std::string_view line);

  std::vector<Rule> rules_;
  std::vector<std::pair<std::string, std::string>> groups_;  // who is in which role
};

class Enforcer {
 public:
  Enforcer(const Policy& policy, MatchMode mode = MatchMode::kGlob, std::string default_role = {});
  ~Enforcer();
  Enforcer(Enforcer&&) noexcept;
  Enforcer& operator=(Enforcer&&) noexcept;

  // Whether the subject, or the default role, may. A rule whose regular expression cannot be compiled denies what
  // comes to it. Cost: the number of rules.
  bool allows(const AccessRequest& request) const;
  // The same for somebody who is in these groups; groups that no `g` line names count for nothing.
  bool allows(const AccessRequest& request, std::span<const std::string> groups) const;

 private:
  struct Matcher;
  bool decide(const AccessRequest& request) const;
  bool is_in(std::string_view name, std::string_view role, int depth = 0) const;

  std::vector<Matcher> matchers_;
  std::multimap<std::string, std::string, std::less<>> roles_;
  std::string default_role_;
};

// role:readonly and role:admin, and the user admin in the latter.
std::string_view builtin_policy();

// What the ConfigMap argocd-rbac-cm says; null or without data: nothing.
struct AccessSettings {
  std::string policy;  // policy.csv, then each policy.<name>.csv by name
  std::string default_role;
  MatchMode mode = MatchMode::kGlob;
  std::vector<std::string> scopes;  // claims that hold groups
};
AccessSettings read_access_settings(const Value& config_map);

// The rules that an AppProject's roles make: their own policies, the right to see the project, and who is in them.
std::string project_policy(const Value& project);
// The project that a request is about ("payments" of "payments/web"); empty when it is about none.
std::string project_of_request(const AccessRequest& request);

}  // namespace taut::argo
