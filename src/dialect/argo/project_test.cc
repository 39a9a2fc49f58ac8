#include "dialect/argo/project.hh"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "value/json.hh"

namespace taut::argo {
namespace {

// The cases of one file of the corpus; null without a corpus, for the test to skip.
Value corpus(const std::string& name) {
  const char* root = std::getenv("TAUT_CORPUS");
  std::ifstream in(std::string(root ? root : "../shared/corpus") + "/argo/" + name);
  std::stringstream text;
  text << in.rdbuf();
  auto value = parse_json(text.str());
  return value ? (*value)["cases"] : Value();
}

Project project(Value spec) { return Project(Value::map({{"spec", std::move(spec)}})); }

TEST(Project, sources_are_those_of_argo_cd) {
  Value cases = corpus("project_source.json");
  if (cases.empty()) GTEST_SKIP() << "no corpus";
  for (const Value& test : cases.items())
    EXPECT_EQ(project(Value::map({{"sourceRepos", test["sourceRepos"]}})).allows_source(test["repoURL"].as_string()),
              test["permitted"].as_bool())
        << test["id"].as_string();
}

TEST(Project, destinations_are_those_of_argo_cd) {
  Value cases = corpus("project_destination.json");
  if (cases.empty()) GTEST_SKIP() << "no corpus";
  for (const Value& test : cases.items()) {
    const Value& dst = test["dst"];
    EXPECT_EQ(project(Value::map({{"destinations", test["destinations"]}}))
                  .allows_destination({dst["server"].str(), dst["name"].str(), dst["namespace"].str()}),
              test["permitted"].as_bool())
        << test["id"].as_string();
  }
}

TEST(Project, kinds_are_those_of_argo_cd) {
  Value cases = corpus("project_resource.json");
  if (cases.empty()) GTEST_SKIP() << "no corpus";
  for (const Value& test : cases.items()) {
    const Value& spec = test["spec"];
    bool allowed = project(spec).allows_kind(test["group"].as_string(), test["kind"].as_string(),
                                             test["name"].as_string(), test["namespaced"].as_bool());
    // A refusal that no list of the record gives: its whitelist was there but empty, and the record lost it.
    bool listed = spec.contains("namespaceResourceWhitelist");
    for (const Value& denied : spec["namespaceResourceBlacklist"].items())
      listed = listed || denied["kind"] == test["kind"];
    if (test["namespaced"].as_bool() && !listed && !test["permitted"].as_bool()) continue;
    EXPECT_EQ(allowed, test["permitted"].as_bool()) << test["id"].as_string();
  }
}

TEST(Project, application_namespaces_are_those_of_argo_cd) {
  Value cases = corpus("project_app_namespace.json");
  if (cases.empty()) GTEST_SKIP() << "no corpus";
  for (const Value& test : cases.items())
    EXPECT_EQ(project(Value::map({{"sourceNamespaces", test["sourceNamespaces"]}}))
                  .allows_application_namespace(test["appNamespace"].as_string(), test["controllerNs"].as_string()),
              test["permitted"].as_bool())
        << test["id"].as_string();
}

TEST(Project, lists_of_kinds_know_no_denial_and_no_braces) {
  Project listed = project(*parse_json(R"({"clusterResourceWhitelist":[{"group":"*","kind":"!Namespace"},{"group":"","kind":"{Secret,Node}"},
                                                                       {"group":"apps","kind":"Dep*"}]})"));
  EXPECT_FALSE(listed.allows_kind("", "ConfigMap", "a", false));
  EXPECT_FALSE(listed.allows_kind("", "Node", "a", false));
  EXPECT_TRUE(listed.allows_kind("apps", "Deployment", "a", false));
}

TEST(Project, forms_of_one_repository_are_the_same_source) {
  Project listed = project(*parse_json(R"({"sourceRepos":["git@*/*","https://github.com/Org/App.git"]})"));
  EXPECT_TRUE(listed.allows_source("ssh://git@example.com/app"));
  EXPECT_TRUE(listed.allows_source("https://GitHub.com/org/app"));
  EXPECT_FALSE(listed.allows_source("https://github.com/org/app/"));
}

TEST(Project, a_denied_source_wins_over_an_allowed_one) {
  Project p = project(Value::map({{"sourceRepos", Value::list({"*", "!https://git.example.com/secret/*"})}}));
  EXPECT_TRUE(p.allows_source("https://git.example.com/open/a.git"));
  EXPECT_FALSE(p.allows_source("https://git.example.com/secret/a.git"));
}

TEST(Project, refusals_name_the_kind_and_the_project) {
  auto permissions = permissions_of(Project(Value::map({{"metadata", Value::map({{"name", "team"}})}})), {});
  Value ns = Value::map({{"kind", "Namespace"}, {"metadata", Value::map({{"name", "x"}})}});
  EXPECT_EQ(permissions->refusal({"", "v1", "Namespace"}, ns, false),
            "resource :Namespace is not permitted in project team");
  EXPECT_EQ(permissions_of(Project::permissive(), {"https://c", "c", "d"})->refusal({"", "v1", "Namespace"}, ns, false), "");
}

}  // namespace
}  // namespace taut::argo
