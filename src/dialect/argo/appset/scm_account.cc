// Which server of repositories a generator names.
#include <algorithm>

#include "base/base64.hh"
#include "base/go_regexp.hh"
#include "base/strings.hh"
#include "dialect/argo/appset/generator_kinds.hh"

namespace taut::argo::appset {
namespace {

constexpr std::string_view kAsked[] = {"github", "gitlab", "gitea"};
constexpr std::string_view kRefused[] = {"bitbucket", "bitbucketServer", "azureDevOps", "azuredevops", "awsCodeCommit"};
constexpr std::string_view kTypeLabel = "argocd.argoproj.io/secret-type", kScmCredentials = "scm-creds";

// Whose API the rules speak of, in Argo CD's order; only where it is named (CustomApiUrl).
Status allowed(const Value& generator, std::string_view kind, const ScmRules& rules) {
  if (!rules.enabled) return fail(Code::kForbidden, "scm providers are disabled");
  for (std::string_view name : {"github", "gitlab", "gitea", "bitbucketServer", "bitbucket", "azureDevOps", "azuredevops"}) {
    bool without_api = kind == "scmProvider" && name == "bitbucket";
    if (!generator[name].is_map() || without_api) continue;
    std::string api = generator[name]["api"].str();
    if (api.empty() || rules.allowed.empty() || std::ranges::find(rules.allowed, api) != rules.allowed.end()) return {};
    return fail(Code::kForbidden, "scm provider not allowed: scm provider {} not allowed, must use one of the following: {}", quote(api),
                join(rules.allowed, ", "));
  }
  return {};
}

// How the two generators of Argo CD tell of a token that cannot be had.
std::string token_error(std::string_view kind, std::string_view provider) {
  if (kind == "pullRequest") return "error fetching Secret token";
  std::string_view name = provider == "github" ? "Github" : provider == "gitlab" ? "Gitlab" : "Gitea";
  return fmt::format("{}error fetching {} token", provider == "github" ? "scm provider: " : "", name);
}

Status read_app(ScmAccount& account, const Value& block, std::string_view kind, Outside& outside) {
  auto app = outside.github_app(block["appSecretName"].str());
  if (!app)
    return fail(app.error().code(), "{}: {}", kind == "pullRequest" ? "error getting GitHub App secret" : "scm provider: error fetching Github app secret",
                app.error().message());
  account.app = std::move(*app);
  if (!account.api.empty()) account.app.api = account.api;
  account.api = account.app.api;
  if (account.app.installation == 0) account.app.owner = block[kind == "pullRequest" ? "owner" : "organization"].str();
  return {};
}

Result<ScmAccount> account_of(std::string_view provider, const Value& block, std::string_view kind, Outside& outside) {
  ScmAccount account;
  account.provider = provider;
  account.api = block["api"].str();
  account.insecure = block["insecure"].as_bool();
  if (const Value& ca = block["caRef"]; ca.is_map()) {
    auto map = outside.config_map(ca["configMapName"].str());
    if (!map) return fail(map.error().code(), "error fetching CA certificates from ConfigMap: {}", map.error().message());
    const Value* text = (*map)["data"].find(ca["key"].as_string());
    if (!text)
      return fail(Code::kNotFound, "error fetching CA certificates from ConfigMap: key {} not found in ConfigMap {}", ca["key"].as_string(),
                  ca["configMapName"].as_string());
    account.ca = text->str();
  }
  if (provider == "github" && !block["appSecretName"].as_string().empty()) {
    TAUT_TRY(read_app(account, block, kind, outside));
    return account;
  }
  const Value& reference = block["tokenRef"];
  if (!reference.is_map()) return account;
  auto token = secret_text(outside, reference["secretName"].str(), reference["key"].str(), outside.scm_rules().strict_tokens);
  if (!token) return fail(token.error().code(), "{}: {}", token_error(kind, provider), token.error().message());
  account.token = std::move(*token);
  return account;
}

Result<NamedScm> find_scm(const Value& generator, std::string_view kind, World& world) {
  Outside* outside = world.outside();
  if (outside) TAUT_TRY(allowed(generator, kind, outside->scm_rules()));
  for (std::string_view name : kRefused)
    if (generator[name].is_map())
      return fail(Code::kUnsupported, "{}.{} is not supported by taut: github, gitlab and gitea are", kind, name);
  for (std::string_view name : kAsked) {
    const Value& block = generator[name];
    if (!block.is_map()) continue;
    if (!outside) return fail(Code::kUnsupported, "{}.{} cannot be asked here", kind, name);
    TAUT_ASSIGN(ScmAccount account, account_of(name, block, kind, *outside));
    TAUT_ASSIGN(auto scm, outside->scm(account));
    return NamedScm{std::string(name), &block, std::move(scm)};
  }
  return fail(Code::kInvalid, "no {} provider implementation configured", kind == "scmProvider" ? "SCM" : "Pull Request");
}

}  // namespace

Result<std::string> secret_text(Outside& outside, const std::string& name, const std::string& key, bool strict) {
  TAUT_ASSIGN(Value secret, outside.secret(name));
  std::string_view ns = secret["metadata"]["namespace"].as_string();
  if (strict && secret["metadata"]["labels"][kTypeLabel].as_string() != kScmCredentials)
    return fail(Code::kForbidden, "secret {}/{} is not a valid SCM creds secret: secret must have label {}={}", ns, name, quote(kTypeLabel),
                quote(kScmCredentials));
  const Value* data = secret["data"].find(key);
  auto text = data ? base64_decode(data->as_string()) : std::nullopt;
  if (!text) return fail(Code::kNotFound, "key {} in secret {}/{} not found", quote(key), ns, name);
  return *text;
}

Result<NamedScm> named_scm(const Value& generator, std::string_view kind, World& world) {
  auto found = find_scm(generator, kind, world);
  if (found || kind != "pullRequest") return found;
  return fail(found.error().code(), "failed to select pull request service provider: {}", found.error().message());
}

Result<std::shared_ptr<const re2::RE2>> expression_of(const Value& item, std::string_view key, std::string_view what) {
  const Value* text = item.find(key);
  if (!text || text->is_null()) return nullptr;
  auto out = compile_go_regexp(text->as_string());
  if (!out) return fail(Code::kInvalid, "error compiling {} regexp \"{}\": {}", what, text->as_string(), out.error().message());
  return out;
}

}  // namespace taut::argo::appset
