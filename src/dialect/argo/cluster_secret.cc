#include "dialect/argo/cluster_secret.hh"

#include "base/base64.hh"
#include "base/hash.hh"
#include "base/strings.hh"
#include "dialect/argo/secret_text.hh"
#include "object/id.hh"
#include "value/json.hh"

namespace taut::argo {
namespace {

constexpr std::string_view kDefaultExecVersion = "client.authentication.k8s.io/v1beta1";

// Go's []byte in JSON.
Result<std::string> bytes_of(const Value& tls, std::string_view key) {
  auto text = base64_decode(tls[key].as_string());
  if (!text) return fail(Code::kInvalid, "config.tlsClientConfig.{}: illegal base64 data", key);
  return std::move(*text);
}

Status read_tls(const Value& tls, ClusterConnection& out) {
  out.insecure = tls["insecure"].as_bool();
  out.server_name = tls["serverName"].str();
  TAUT_ASSIGN(out.ca, bytes_of(tls, "caData"));
  TAUT_ASSIGN(out.certificate, bytes_of(tls, "certData"));
  TAUT_ASSIGN(out.key, bytes_of(tls, "keyData"));
  if (out.insecure && !out.ca.empty())
    return fail(Code::kInvalid, "config.tlsClientConfig: specifying a root certificates file with the insecure flag is not allowed");
  return {};
}

ClusterExec read_exec(const Value& exec) {
  ClusterExec out;
  out.command = exec["command"].str();
  for (const Value& word : exec["args"].items()) out.args.push_back(word.str());
  for (const auto& [name, value] : exec["env"].entries()) out.env.emplace_back(name.str(), value.str());
  out.api_version = exec["apiVersion"].str();
  if (out.api_version.empty()) out.api_version = kDefaultExecVersion;
  out.install_hint = exec["installHint"].str();
  return out;
}

Status read_connection(const std::string& text, ClusterConnection& out) {
  if (trim(text).empty()) return {};
  auto config = parse_json(text);
  // The parser's message may quote what it read.
  if (!config || !config->is_map()) return fail(Code::kInvalid, "config is not a JSON object");
  const Value& fields = *config;
  if (fields["awsAuthConfig"].is_map())
    return fail(Code::kUnsupported, "config.awsAuthConfig is not supported by taut: use execProviderConfig with \"aws eks get-token\"");
  out.username = fields["username"].str();
  out.password = fields["password"].str();
  out.bearer_token = fields["bearerToken"].str();
  out.compress = !fields["disableCompression"].as_bool();
  out.proxy = fields["proxyUrl"].str();
  TAUT_TRY(read_tls(fields["tlsClientConfig"], out));
  const Value& exec = fields["execProviderConfig"];
  if (!exec.is_map()) return {};
  out.exec = read_exec(exec);
  if (out.exec->command.empty()) return fail(Code::kInvalid, "config.execProviderConfig.command is required");
  return {};
}

}  // namespace

ClusterSecret read_cluster_secret(const Value& secret) {
  ClusterSecret out;
  out.secret = name_of(secret);
  out.server = trim_right(trim(secret_text(secret, "server")), "/");
  out.name = secret_text(secret, "name");
  if (out.name.empty()) out.name = out.local() ? std::string(kLocalName) : out.server;
  out.project = secret_text(secret, "project");
  std::string namespaces = secret_text(secret, "namespaces");
  for (std::string_view name : split(namespaces, ','))
    if (!trim(name).empty()) out.namespaces.emplace_back(trim(name));
  out.cluster_resources = secret_text(secret, "clusterResources") == "true";
  std::string config = secret_text(secret, "config");
  if (auto read = read_connection(config, out.connection); !read)
    out.error = Error(read.error().code(), fmt::format("cluster Secret {}: {}", out.secret, read.error().message()));
  uint64_t limits = mix(hash64(namespaces), out.cluster_resources ? 1 : 2);
  out.fingerprint = mix(mix(hash64(config), hash64(out.server)), limits);
  return out;
}

}  // namespace taut::argo
