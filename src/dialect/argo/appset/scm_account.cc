// Which server of repositories a generator names.
#include "base/go_regexp.hh"
#include "dialect/argo/appset/generator_kinds.hh"

namespace taut::argo::appset {
namespace {

constexpr std::string_view kAsked[] = {"github", "gitlab", "gitea"};
constexpr std::string_view kRefused[] = {"bitbucket", "bitbucketServer", "azureDevOps", "azuredevops", "awsCodeCommit"};

}  // namespace

Result<NamedScm> named_scm(const Value& generator, std::string_view kind, World& world) {
  for (std::string_view name : kRefused)
    if (generator[name].is_map())
      return fail(Code::kUnsupported, "{}.{} is not supported by taut: github, gitlab and gitea are", kind, name);
  for (std::string_view name : kAsked) {
    const Value& block = generator[name];
    if (!block.is_map()) continue;
    Outside* outside = world.outside();
    if (!outside) return fail(Code::kUnsupported, "{}.{} cannot be asked here", kind, name);
    if (!block["appSecretName"].as_string().empty())
      return fail(Code::kUnsupported, "{}.github.appSecretName is not supported by taut: use tokenRef", kind);
    ScmAccount account;
    account.provider = name;
    account.api = block["api"].str();
    account.insecure = block["insecure"].as_bool();
    const Value& reference = block["tokenRef"];
    if (reference.is_map()) {
      auto token = outside->secret(reference["secretName"].str(), reference["key"].str());
      if (!token) return fail(token.error().code(), "error fetching Secret token: {}", token.error().message());
      account.token = std::move(*token);
    }
    if (const Value& ca = block["caRef"]; ca.is_map()) {
      TAUT_ASSIGN(Value map, outside->config_map(ca["configMapName"].str()));
      account.ca = map["data"][ca["key"].as_string()].str();
    }
    TAUT_ASSIGN(auto scm, outside->scm(account));
    return NamedScm{std::string(name), &block, std::move(scm)};
  }
  return fail(Code::kInvalid, "no {} provider implementation configured", kind == "scmProvider" ? "SCM" : "Pull Request");
}

Result<std::shared_ptr<const re2::RE2>> expression_of(const Value& item, std::string_view key, std::string_view what) {
  const Value* text = item.find(key);
  if (!text || text->is_null()) return nullptr;
  auto out = compile_go_regexp(text->as_string());
  if (!out) return fail(Code::kInvalid, "error compiling {} regexp \"{}\": {}", what, text->as_string(), out.error().message());
  return out;
}

}  // namespace taut::argo::appset
