// Generators that ask servers of repositories, plugins and other objects.
#include <gtest/gtest.h>

#include "base/base64.hh"
#include "dialect/argo/appset/applications.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::argo::appset {
namespace {

class FakeScm : public Scm {
 public:
  Result<std::vector<PullRequest>> pull_requests(const std::string& project, const PullRequestFilter& filter) override {
    asked = project;
    if (project == "acme/none") return fail(Code::kNotFound, "GET /repos/acme/none/pulls: 404: Not Found");
    std::vector<PullRequest> out = {
        {7, "Add a cart", "feat/Cart_2", "main", "0123456789abcdef0123", "ann", {"preview"}},
        {8, "Docs", "docs", "release", "fedcba9876543210fedc", "bob", {}},
    };
    if (!filter.labels.empty()) out.pop_back();
    return out;
  }
  Result<std::vector<ScmRepository>> repositories(const std::string& owner, const RepositoryFilter& filter) override {
    std::string host = filter.protocol == "https" ? "https://h/" : "git@h:";
    return std::vector<ScmRepository>{{owner, "shop", "1", host + "acme/shop", "main", "", {"web", "team-a"}}, {owner, "docs", "2", host + "acme/docs", "main", "", {}}};
  }
  Result<std::vector<ScmRepository>> branches(const ScmRepository& repository, bool all) override {
    std::vector<ScmRepository> out = {repository};
    out[0].sha = "aaaaaaaaaaaa";
    if (all) {
      out.push_back(repository);
      out[1].branch = "side/x";
      out[1].sha = "bbbbbbbbbbbb";
    }
    return out;
  }
  Result<bool> has_path(const ScmRepository& repository, const std::string& path) override { return repository.repository == "shop" && path == "deploy"; }
  Result<std::string> comment(const std::string&, int64_t, const std::string&, const std::string&) override { return ""; }
  Result<Proposed> propose(const std::string&, const Proposal&) override { return Proposed(); }
  std::string asked;
};

class OutsideWorld : public World, public Outside {
 public:
  Result<std::vector<std::string>> folders(const std::string&, const std::string&) override { return std::vector<std::string>(); }
  Result<std::map<std::string, std::string>> files(const std::string&, const std::string&, const std::string&) override {
    return std::map<std::string, std::string>();
  }
  Result<std::vector<Value>> cluster_secrets() override {
    return std::vector<Value>{Value::map({{"data", Value::map({{"name", base64_encode("east")}, {"server", base64_encode("https://east")}})}})};
  }
  Status project(const std::string&) override { return {}; }
  Outside* outside() override { return this; }

  Result<std::shared_ptr<Scm>> scm(const ScmAccount& account) override {
    accounts.push_back(fmt::format("{} {} {}", account.provider, account.api, account.token));
    if (account.app.given()) accounts.back() += fmt::format("app {} for {} at {}", account.app.id, account.app.owner, account.app.api);
    return server;
  }
  const ScmRules& scm_rules() const override { return rules; }
  Result<Value> secret(const std::string& name) override {
    if (name == "none") return fail(Code::kNotFound, "error fetching secret argocd/none: secrets \"none\" not found");
    Value secret = Value::map({{"metadata", Value::map({{"name", name}, {"namespace", "argocd"}})}, {"data", Value::map({})}});
    if (name == "labelled") secret.edit("metadata").set("labels", Value::map({{"argocd.argoproj.io/secret-type", "scm-creds"}}));
    for (std::string_view key : {"token", "t", "plugin.token"}) secret.edit("data").set(key, base64_encode(fmt::format("the {}", key)));
    return secret;
  }
  Result<GitHubApp> github_app(const std::string& name) override {
    if (name == "none") return fail(Code::kInvalid, "no github app found for none");
    return GitHubApp{.id = 5, .private_key = "pem", .api = "https://ghe.example/api/v3"};
  }
  Result<Value> config_map(const std::string& name) override {
    if (name == "plugin") return *parse_json(R"({"data":{"baseUrl":"http://plugin/","token":"$plugin.token"}})");
    return *parse_json(R"({"data":{"apiVersion":"cluster.example/v1","kind":"placements","statusListKey":"decisions","matchKey":"clusterName"}})");
  }
  Result<Value> call_plugin(const PluginCall& call) override {
    calls.push_back(fmt::format("{} {} {}", call.url, call.token, to_json(call.request)));
    return *parse_json(R"({"output":{"parameters":[{"name":"one","deep":{"x":1}},{"name":"two"}]}})");
  }
  Result<std::vector<Value>> objects(const std::string& api_version, const std::string& plural, const std::string& name, const std::string&) override {
    calls.push_back(fmt::format("{} {} {}", api_version, plural, name));
    return std::vector<Value>{*parse_json(R"({"status":{"decisions":[{"clusterName":"east","reason":"r"},{"clusterName":"lost"}]}})")};
  }

  std::shared_ptr<FakeScm> server = std::make_shared<FakeScm>();
  std::vector<std::string> accounts, calls;
  ScmRules rules;
};

// The names that the set's Applications get.
std::string names(OutsideWorld& world, std::string_view generator, std::string_view name) {
  auto set = parse_yaml_document(fmt::format("metadata: {{name: set, namespace: argocd}}\nspec:\n  goTemplate: true\n  goTemplateOptions: [missingkey=error]\n"
                                             "  generators: [{}]\n  template: {{metadata: {{name: '{}'}}, spec: {{project: default}}}}\n", generator, name));
  auto made = applications_of(set->root, world);
  std::string out = made.error ? made.error->message() : "";
  for (const Value& application : made.list) out += (out.empty() ? "" : " ") + application["metadata"]["name"].str();
  return out;
}

TEST(PullRequests, one_application_for_each) {
  OutsideWorld world;
  EXPECT_EQ(names(world, "{pullRequest: {github: {owner: acme, repo: shop, tokenRef: {secretName: s, key: token}}}}",
                  "{{.number}}-{{.branch_slug}}-{{.head_short_sha}}-{{.head_short_sha_7}}-{{.author}}-{{len .labels}}"),
            "7-feat-cart-2-01234567-0123456-ann-1 8-docs-fedcba98-fedcba9-bob-0");
  EXPECT_EQ(world.server->asked, "acme/shop");
  EXPECT_EQ(world.accounts, (std::vector<std::string>{"github  the token"}));
  EXPECT_EQ(names(world, "{pullRequest: {gitlab: {project: '17', api: 'https://git.example', labels: [preview]}}}", "pr-{{.number}}"), "pr-7");
  EXPECT_EQ(world.server->asked, "17");
}

TEST(PullRequests, filters_are_alternatives) {
  OutsideWorld world;
  auto filtered = [&](std::string_view filters) {
    return names(world, fmt::format("{{pullRequest: {{gitea: {{owner: acme, repo: shop, api: 'https://g'}}, filters: {}}}}}", filters), "pr-{{.number}}");
  };
  EXPECT_EQ(filtered("[{branchMatch: '^feat/'}]"), "pr-7");
  EXPECT_EQ(filtered("[{branchMatch: '^feat/', targetBranchMatch: release}, {titleMatch: ^Docs$}]"), "pr-8");
  EXPECT_EQ(filtered("[{targetBranchMatch: none}]"), "");
  EXPECT_NE(filtered("[{branchMatch: '('}]").find("error compiling BranchMatch regexp \"(\""), std::string::npos);
}

TEST(PullRequests, what_cannot_be_asked_is_said) {
  OutsideWorld world;
  EXPECT_NE(names(world, "{pullRequest: {bitbucket: {owner: acme, repo: shop}}}", "x").find("pullRequest.bitbucket is not supported by taut"), std::string::npos);
  EXPECT_NE(names(world, "{pullRequest: {github: {owner: acme, repo: shop, tokenRef: {secretName: none, key: t}}}}", "x")
                .find("error fetching Secret token: error fetching secret argocd/none"), std::string::npos);
  EXPECT_NE(names(world, "{pullRequest: {github: {owner: acme, repo: none}}}", "x").find("error listing repos: GET /repos/acme/none/pulls: 404"), std::string::npos);
  EXPECT_EQ(names(world, "{pullRequest: {github: {owner: acme, repo: none}, continueOnRepoNotFoundError: true}}", "x"), "");
}

TEST(PullRequests, a_github_app_is_asked_in_place_of_a_token) {
  OutsideWorld world;
  EXPECT_EQ(names(world, "{pullRequest: {github: {owner: acme, repo: shop, appSecretName: app}}}", "pr-{{.number}}"), "pr-7 pr-8");
  EXPECT_EQ(names(world, "{scmProvider: {github: {organization: org, api: 'https://other/api/v3', appSecretName: app}}}", "{{.repository}}"), "shop docs");
  EXPECT_EQ(world.accounts, (std::vector<std::string>{"github https://ghe.example/api/v3 app 5 for acme at https://ghe.example/api/v3",
                                                      "github https://other/api/v3 app 5 for org at https://other/api/v3"}));
  EXPECT_NE(names(world, "{pullRequest: {github: {owner: acme, repo: shop, appSecretName: none}}}", "x")
                .find("failed to select pull request service provider: error getting GitHub App secret: no github app found for none"), std::string::npos);
  EXPECT_NE(names(world, "{scmProvider: {github: {organization: org, appSecretName: none}}}", "x")
                .find("scm provider: error fetching Github app secret: no github app found for none"), std::string::npos);
}

TEST(ScmRules, only_servers_that_are_allowed_are_asked) {
  OutsideWorld world;
  world.rules.allowed = {"https://git.example/", "https://gitlab.example"};
  EXPECT_EQ(names(world, "{pullRequest: {gitlab: {project: '17', api: 'https://gitlab.example'}}}", "pr-{{.number}}"), "pr-7 pr-8");
  EXPECT_EQ(names(world, "{pullRequest: {github: {owner: acme, repo: shop}}}", "pr-{{.number}}"), "pr-7 pr-8");  // the public server
  EXPECT_NE(names(world, "{pullRequest: {gitea: {owner: acme, repo: shop, api: 'https://evil'}}}", "x")
                .find("failed to select pull request service provider: scm provider not allowed: scm provider \"https://evil\" not allowed, must use one "
                      "of the following: https://git.example/, https://gitlab.example"), std::string::npos);
  EXPECT_NE(names(world, "{scmProvider: {bitbucketServer: {project: x, api: 'https://evil'}}}", "x")
                .find("scm provider not allowed: scm provider \"https://evil\" not allowed"), std::string::npos);
  EXPECT_EQ(world.accounts.size(), 2u);
  world.rules.enabled = false;
  EXPECT_NE(names(world, "{scmProvider: {github: {organization: acme}}}", "x").find("scm providers are disabled"), std::string::npos);
  EXPECT_NE(names(world, "{pullRequest: {github: {owner: acme, repo: shop}}}", "x").find("scm providers are disabled"), std::string::npos);
}

TEST(ScmRules, strict_tokens_are_those_of_labelled_secrets) {
  OutsideWorld world;
  world.rules.strict_tokens = true;
  EXPECT_NE(names(world, "{scmProvider: {github: {organization: acme, tokenRef: {secretName: s, key: token}}}}", "x")
                .find("scm provider: error fetching Github token: secret argocd/s is not a valid SCM creds secret: secret must have label "
                      "\"argocd.argoproj.io/secret-type\"=\"scm-creds\""), std::string::npos);
  EXPECT_EQ(names(world, "{scmProvider: {github: {organization: acme, tokenRef: {secretName: labelled, key: token}}}}", "{{.repository}}"), "shop docs");
  EXPECT_EQ(world.accounts, (std::vector<std::string>{"github  the token"}));
  EXPECT_NE(names(world, "{scmProvider: {gitea: {owner: acme, api: 'https://g', tokenRef: {secretName: labelled, key: absent}}}}", "x")
                .find("error fetching Gitea token: key \"absent\" in secret argocd/labelled not found"), std::string::npos);
}

TEST(ScmProvider, filters_choose_repositories_then_branches) {
  OutsideWorld world;
  auto found = [&](std::string_view more) {
    return names(world, fmt::format("{{scmProvider: {{github: {{organization: acme, allBranches: true}}, {}}}}}", more),
                 "{{.repository}}-{{.branchNormalized}}-{{.short_sha}}");
  };
  EXPECT_EQ(found("cloneProtocol: https"), "shop-main-aaaaaaaa shop-side-x-bbbbbbbb docs-main-aaaaaaaa docs-side-x-bbbbbbbb");
  EXPECT_EQ(found("filters: [{repositoryMatch: ^docs}]"), "docs-main-aaaaaaaa docs-side-x-bbbbbbbb");
  EXPECT_EQ(found("filters: [{labelMatch: team-}, {branchMatch: ^main$}]"), "shop-main-aaaaaaaa");
  EXPECT_EQ(found("filters: [{pathsExist: [deploy/]}]"), "shop-main-aaaaaaaa shop-side-x-bbbbbbbb");
  EXPECT_EQ(found("filters: [{pathsDoNotExist: [deploy]}]"), "docs-main-aaaaaaaa docs-side-x-bbbbbbbb");
}

TEST(Plugin, gives_parameters_and_sees_its_input) {
  OutsideWorld world;
  EXPECT_EQ(names(world, "{plugin: {configMapRef: {name: plugin}, input: {parameters: {k: v}}, values: {more: '{{.name}}!'}}}",
                  "{{.name}}-{{.generator.input.parameters.k}}-{{.values.more}}"), "one-v-one! two-v-two!");
  EXPECT_EQ(world.calls, (std::vector<std::string>{R"(http://plugin the plugin.token {"applicationSetName":"set","input":{"parameters":{"k":"v"}}})"}));
}

TEST(ClusterDecisionResource, names_clusters_that_are_known) {
  OutsideWorld world;
  EXPECT_EQ(names(world, "{clusterDecisionResource: {configMapRef: duck, name: chosen}}", "{{.name}}-{{.reason}}"), "east-r");
  EXPECT_EQ(world.calls, (std::vector<std::string>{"cluster.example/v1 placements chosen"}));
  EXPECT_NE(names(world, "{clusterDecisionResource: {configMapRef: duck}}", "x").find("one of name and labelSelector is required"), std::string::npos);
}

}  // namespace
}  // namespace taut::argo::appset
