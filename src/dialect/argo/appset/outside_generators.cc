// plugin: parameter sets that a service gives; clusterDecisionResource: clusters that another object names
// (applicationset/generators/{plugin,duck_type}.go, Argo CD 3.5).
#include "base/base64.hh"
#include "base/strings.hh"
#include "dialect/argo/appset/generator_kinds.hh"
#include "dialect/argo/appset/parameters.hh"
#include "object/selector.hh"

namespace taut::argo::appset {
namespace {

Result<Outside*> outside_of(World& world, std::string_view kind) {
  Outside* outside = world.outside();
  if (!outside) return fail(Code::kUnsupported, "{} generators cannot be run here", kind);
  return outside;
}

// "$key" of argocd-secret, or "$secret:key".
Result<std::string> token_of(const std::string& reference, Outside& outside) {
  if (!reference.starts_with('$')) return fail(Code::kInvalid, "token is empty, or does not reference a secret key starting with '$'");
  std::string_view secret, key, rest = std::string_view(reference).substr(1);
  if (!cut(rest, ":", secret, key)) {
    key = rest;
    secret = "argocd-secret";
  }
  return secret_text(outside, std::string(secret), std::string(key));
}

Result<Value> called(const Value& plugin, const Value& application_set, Outside& outside) {
  std::string name = plugin["configMapRef"]["name"].str();
  auto config = outside.config_map(name);
  if (!config) return fail(config.error().code(), "error fetching ConfigMap: {}", config.error().message());
  const Value& data = (*config)["data"];
  PluginCall call;
  call.url = trim_right(data["baseUrl"].as_string(), "/");
  if (call.url.empty()) return fail(Code::kInvalid, "baseUrl not found in ConfigMap");
  auto token = token_of(data["token"].str(), outside);
  if (!token) return fail(token.error().code(), "error fetching Secret token: {}", token.error().message());
  call.token = trim(*token);
  int64_t seconds = 30;
  if (const std::string text = data["requestTimeout"].str(); !text.empty()) seconds = std::atoll(text.c_str());
  call.timeout = std::chrono::seconds(seconds > 0 ? seconds : 30);
  const Value& parameters = plugin["input"]["parameters"];
  call.request = Value::map({{"applicationSetName", application_set["metadata"]["name"].str()},
                             {"input", Value::map({{"parameters", parameters.is_map() ? parameters : Value::map({})}})}});
  auto answer = outside.call_plugin(call);
  if (!answer) return fail(answer.error().code(), "error listing params: error get api 'set-params': {}", answer.error().message());
  return std::move(*answer);
}

// The clusters of Argo CD by name.
Result<std::map<std::string, std::string>> servers(World& world) {
  TAUT_ASSIGN(auto secrets, world.cluster_secrets());
  std::map<std::string, std::string> out = {{"in-cluster", "https://kubernetes.default.svc"}};
  auto text = [](const Value& secret, std::string_view key) { return base64_decode(secret["data"][key].as_string()).value_or(""); };
  for (const Value& secret : secrets) out[text(secret, "name")] = text(secret, "server");
  return out;
}

}  // namespace

Result<ParameterSets> plugin_parameters(const Value& plugin, const Value& application_set, World& world) {
  Language language = Language::of(application_set);
  TAUT_ASSIGN(Outside* outside, outside_of(world, "plugin"));
  TAUT_ASSIGN(Value answer, called(plugin, application_set, *outside));
  const Value& input = plugin["input"]["parameters"];
  ParameterSets out;
  for (const Value& found : answer["output"]["parameters"].items()) {
    Value parameters = language.go_template ? found : flattened(found);
    parameters.set("generator", Value::map({{"input", Value::map({{"parameters", input.is_map() ? input : Value::map({})}})}}));
    TAUT_TRY(add_values(plugin["values"], parameters, language));
    out.push_back(std::move(parameters));
  }
  return out;
}

Result<ParameterSets> decision_parameters(const Value& generator, const Value& application_set, World& world) {
  Language language = Language::of(application_set);
  TAUT_ASSIGN(Outside* outside, outside_of(world, "clusterDecisionResource"));
  auto config = outside->config_map(generator["configMapRef"].str());
  if (!config) return fail(config.error().code(), "error reading configMapRef: {}", config.error().message());
  const Value& data = (*config)["data"];
  std::string kind = data["kind"].str(), version = data["apiVersion"].str(), list = data["statusListKey"].str(), key = data["matchKey"].str();
  if (kind.empty() || version.empty() || key.empty() || list.empty())
    return fail(Code::kInvalid, "there is a problem with the definition of the ClusterDecisionResource generator: apiVersion, kind, statusListKey and "
                                "matchKey are required in ConfigMap {}", generator["configMapRef"].as_string());
  const Value& selector = generator["labelSelector"];
  std::string name = generator["name"].str();
  if (name.empty() == selector.empty())
    return fail(Code::kInvalid, "there is a problem with the definition of the ClusterDecisionResource generator: one of name and labelSelector is required");
  TAUT_ASSIGN(auto labels, LabelSelector::of(selector));
  TAUT_ASSIGN(auto known, servers(world));
  TAUT_ASSIGN(auto objects, outside->objects(version, kind, name, ""));
  ParameterSets out;
  for (const Value& object : objects) {
    if (name.empty() && !labels.matches(object["metadata"]["labels"])) continue;
    for (const Value& decision : object["status"][list].items()) {
      auto cluster = known.find(decision[key].str());
      if (cluster == known.end()) continue;
      Value parameters = Value::map({{"name", cluster->first}, {"server", cluster->second}});
      for (const auto& [field, value] : decision.entries()) parameters.set(field.as_string(), value.str());
      TAUT_TRY(add_values(generator["values"], parameters, language));
      out.push_back(std::move(parameters));
    }
  }
  return out;
}

}  // namespace taut::argo::appset
