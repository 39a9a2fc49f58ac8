#include "dialect/flux/target_cluster.hh"

#include <algorithm>
#include <array>

#include "base/base64.hh"
#include "base/strings.hh"
#include "base/url.hh"
#include "value/json.hh"

namespace taut::flux {
namespace {

constexpr std::array<std::string_view, 3> kClouds = {"aws", "azure", "gcp"};

// "https://<host>:<port>", the port being 443 where none is named.
Result<std::string> canonical_address(const std::string& address) {
  if (address.empty()) return fail(Code::kInvalid, "cluster address is required to create a REST config");
  auto url = Url::parse(address.starts_with("http") ? address : "https://" + address);
  if (!url || url->host.empty()) return fail(Code::kInvalid, "failed to parse Kubernetes API server address '{}'", address);
  if (url->scheme != "https")
    return fail(Code::kInvalid, "failed to parse cluster address {0}: the Kubernetes API server address '{0}' must use https scheme", address);
  url->port = url->port_or_default();
  return to_lower(url->origin());
}

// A kubeconfig without credentials.
std::string kubeconfig_of(const std::string& server, const Value& authority) {
  Value cluster = Value::map({{"server", server}});
  if (!authority.empty()) cluster.set("certificate-authority-data", base64_encode(authority.as_string()));
  auto named = [](std::string_view key, Value value) { return Value::list({Value::map({{"name", "target"}, {key, std::move(value)}})}); };
  Value out = Value::map({{"apiVersion", "v1"}, {"kind", "Config"}, {"current-context", "target"}});
  out.set("clusters", named("cluster", std::move(cluster)));
  out.set("contexts", named("context", Value::map({{"cluster", "target"}, {"user", "target"}})));
  out.set("users", named("user", Value::map()));
  return to_json(out);
}

}  // namespace

Target read_target(const Value& spec, const Tenancy& tenancy) {
  const Value& kubeconfig = spec["kubeConfig"];
  Target out;
  out.secret = kubeconfig["secretRef"]["name"].str();
  out.key = kubeconfig["secretRef"]["key"].str();
  out.config_map = kubeconfig["configMapRef"]["name"].str();
  out.account = spec["serviceAccountName"].str();
  if (out.account.empty()) out.account = tenancy.default_account;
  return out;
}

std::string account_user(const std::string& ns, const std::string& account) {
  return account.empty() ? std::string() : fmt::format("system:serviceaccount:{}:{}", ns, account);
}

std::optional<std::string> kubeconfig_key(const Value& data, const std::string& key) {
  if (!key.empty()) return data.contains(key) ? std::optional(key) : std::nullopt;
  for (const char* usual : {"value", "value.yaml"})
    if (data.contains(usual)) return usual;
  return std::nullopt;
}

Result<engine::Dialect::Place> place_of_config_map(const Value& map) {
  const Value& data = map["data"];
  std::string name = fmt::format("{}/{}", namespace_of(map), name_of(map));
  std::string provider = data["provider"].str();
  if (std::ranges::find(kClouds, provider) != kClouds.end())
    return fail(Code::kUnsupported, "ConfigMap '{}': provider '{}' is not supported: tokens of clouds are not asked for yet, use generic or a secretRef", name, provider);
  if (provider != "generic") return fail(Code::kInvalid, "provider '{}' not implemented", provider);
  TAUT_ASSIGN(std::string server, canonical_address(data["address"].str()));
  engine::Dialect::Place out;
  out.cluster = name + "/address";
  out.kubeconfig = kubeconfig_of(server, data["ca.crt"]);
  out.token.ns = namespace_of(map);
  out.token.account = data["serviceAccountName"].str();
  if (out.token.account.empty())
    return fail(Code::kUnsupported, "ConfigMap '{}': serviceAccountName is required: taut does not send its own token to other clusters", name);
  for (std::string_view line : split(data["audiences"].as_string(), '\n'))
    if (auto audience = trim(line); !audience.empty()) out.token.audiences.emplace_back(audience);
  if (out.token.audiences.empty()) out.token.audiences.push_back(data["address"].str());
  return out;
}

}  // namespace taut::flux
