#include "dialect/argo/rbac.hh"

#include <gtest/gtest.h>

#include "yaml/reader.hh"

namespace taut::argo {
namespace {

Enforcer enforcer(std::string_view policy, MatchMode mode = MatchMode::kGlob, std::string role = {}) {
  return Enforcer(*Policy::parse(policy), mode, std::move(role));
}

TEST(Rbac, a_denial_wins_whatever_the_order) {
  auto e = enforcer("p, ann, applications, *, shop/*, allow\np, ann, applications, delete, shop/web, deny\n");
  EXPECT_TRUE(e.allows({"ann", "applications", "delete", "shop/api"}));
  EXPECT_FALSE(e.allows({"ann", "applications", "delete", "shop/web"}));
}

TEST(Rbac, roles_of_roles_are_followed_and_circles_end) {
  auto e = enforcer("p, role:c, logs, get, */*, allow\ng, ann, role:a\ng, role:a, role:b\ng, role:b, role:c\ng, role:b, role:a");
  EXPECT_TRUE(e.allows({"ann", "logs", "get", "shop/web"}));
  EXPECT_FALSE(e.allows({"bob", "logs", "get", "shop/web"}));
}

TEST(Rbac, the_builtin_admin_may_what_readonly_may) {
  auto e = enforcer(builtin_policy());
  EXPECT_TRUE(e.allows({"admin", "projects", "get", "shop"}));
  EXPECT_TRUE(e.allows({"admin", "applications", "action/apps/Deployment/restart", "shop/web"}));
  EXPECT_FALSE(e.allows({"role:readonly", "applications", "sync", "shop/web"}));
}

TEST(Rbac, groups_count_only_where_a_line_names_them) {
  auto e = enforcer("p, dev, applications, sync, shop/*, allow\np, role:ops, applications, sync, shop/*, allow\ng, org:ops, role:ops");
  std::vector<std::string> dev{"dev"}, ops{"org:ops"};
  EXPECT_FALSE(e.allows({"ann", "applications", "sync", "shop/web"}, dev));
  EXPECT_TRUE(e.allows({"ann", "applications", "sync", "shop/web"}, ops));
}

TEST(Rbac, a_project_s_roles_give_what_they_say_in_it) {
  auto project = parse_yaml_document(R"(
metadata: {name: shop}
spec:
  roles:
  - name: ci
    policies: ["p, proj:shop:ci, applications, sync, shop/*, allow"]
    groups: ["org:shop"]
)");
  auto e = enforcer(project_policy(project->root));
  EXPECT_TRUE(e.allows({"proj:shop:ci", "applications", "sync", "shop/web"}));
  EXPECT_TRUE(e.allows({"proj:shop:ci", "projects", "get", "shop"}));
  std::vector<std::string> groups{"org:shop"};
  EXPECT_TRUE(e.allows({"ann", "applications", "sync", "shop/web"}, groups));
  EXPECT_EQ(project_of_request({"", "logs", "get", "shop/web"}), "shop");
  EXPECT_EQ(project_of_request({"", "accounts", "get", "shop/web"}), "");
}

TEST(Rbac, an_expression_that_cannot_be_read_lets_nobody_in) {
  auto e = enforcer("p, ann, clusters, get, \"a(\", allow\np, ann, clusters, get, .*, allow", MatchMode::kRegex);
  EXPECT_FALSE(e.allows({"ann", "clusters", "get", "a("}));
}

TEST(Rbac, settings_are_read_from_all_policy_keys) {
  auto map = parse_yaml_document(R"(
data:
  policy.csv: "p, a, *, *, *, allow"
  policy.teams.csv: "g, b, a"
  policy.default: role:readonly
  policy.matchMode: regex
  scopes: "[groups, email]"
)");
  AccessSettings settings = read_access_settings(map->root);
  EXPECT_EQ(settings.policy, "p, a, *, *, *, allow\ng, b, a");
  EXPECT_EQ(settings.default_role, "role:readonly");
  EXPECT_EQ(settings.mode, MatchMode::kRegex);
  EXPECT_EQ(settings.scopes, (std::vector<std::string>{"groups", "email"}));
}

TEST(Rbac, quotes_follow_csv) {
  EXPECT_TRUE(Policy::parse("p, \"role,admin\", projects, delete, *, allow"));
  for (const char* bad : {"p, \"a, b, c, d, allow", "p, a\"b, c, d, e, allow", "p, \"a\"b, c, d, e, allow", "p, a, b", "x, y, z"}) {
    auto policy = Policy::parse(bad);
    ASSERT_FALSE(policy) << bad;
    EXPECT_EQ(policy.error().message(), std::string("policy syntax error: ") + bad);
  }
}

}  // namespace
}  // namespace taut::argo
