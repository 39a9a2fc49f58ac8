#include "io/kube/kubeconfig.hh"

#include <cstdlib>

#include "base/base64.hh"
#include "base/strings.hh"
#include "io/kube/files.hh"

namespace taut::kube {
namespace {

constexpr const char* kEmptyConfig =
    "invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable";

Failure invalid(const Position& position, const std::string& field, std::string message) {
  Position at = position;
  if (!field.empty()) at.path += '.' + field;
  return fail(Error(Code::kInvalid, "invalid configuration: " + std::move(message)).at(std::move(at)));
}

// The data field if it is set, else the content of the file.
Status load(std::string& out, const std::string& data, const std::string& file, const char* field,
            const std::string& name, const Position& position) {
  out = data;
  if (!data.empty() || file.empty()) return {};
  auto text = read_file(file);
  if (!text)
    return invalid(position, field,
                   fmt::format("unable to read {} {} for {} due to {}", field, file, name, text.error().message()));
  out = std::move(*text);
  return {};
}

Status add_cluster(ClientConfig& out, const ClusterEntry& cluster, const std::string& name) {
  if (cluster.server.empty())
    return invalid(cluster.position, "server", fmt::format("no server found for cluster \"{}\"", name));
  auto server = Url::parse(contains(cluster.server, "://") ? cluster.server : "http://" + cluster.server);
  if (!server) return invalid(cluster.position, "server", "invalid server URL: " + server.error().message());
  out.server = std::move(*server);
  while (out.server.path.ends_with('/')) out.server.path.pop_back();
  if (!cluster.proxy_url.empty()) {
    auto proxy = Url::parse(cluster.proxy_url);
    if (!proxy)
      return invalid(cluster.position, "proxy-url",
                     fmt::format("invalid 'proxy-url' for cluster \"{}\": {}", name, proxy.error().message()));
    if (proxy->scheme != "http" && proxy->scheme != "https" && proxy->scheme != "socks5")
      return invalid(
          cluster.position, "proxy-url",
          fmt::format(
              "invalid 'proxy-url' for cluster \"{}\": unsupported scheme {}, must be http, https, or socks5", name,
              quote(proxy->scheme)));
    out.proxy = cluster.proxy_url;
  }
  bool has_authority = !cluster.authority_file.empty() || !cluster.authority_data.empty();
  if (cluster.insecure && has_authority)
    return invalid(cluster.position, "insecure-skip-tls-verify",
                   "specifying a root certificates file with the insecure flag is not allowed");
  out.tls.insecure = cluster.insecure;
  out.tls.server_name = cluster.tls_server_name;
  out.compress = !cluster.disable_compression;
  return load(out.tls.ca, cluster.authority_data, cluster.authority_file, "certificate-authority", name,
              cluster.position);
}

Status add_user(ClientConfig& out, const UserEntry& user, const std::string& name) {
  if (!user.auth_provider.empty())
    return fail(Error(Code::kUnsupported, fmt::format("no Auth Provider found for name \"{}\"", user.auth_provider))
                    .at(user.position)
                    .with_hint("Use an exec plugin instead; client-go has removed auth-provider."));
  bool has_certificate = !user.certificate_file.empty() || !user.certificate_data.empty();
  bool has_key = !user.key_file.empty() || !user.key_data.empty();
  if (has_certificate != has_key)
    return invalid(
        user.position, "",
        fmt::format("client-{} must be specified for {} to use the clientCert authentication method",
                    has_key ? "certificate-data or client-certificate" : "key-data or client-key", name));
  if (user.auth.exec && !user.auth.username.empty())
    return invalid(
        user.position, "",
        fmt::format("more than one authentication method found for {}; found [basicAuth exec], only one is allowed",
                    name));
  TAUT_TRY(load(out.tls.certificate, user.certificate_data, user.certificate_file, "client-certificate", name,
                user.position));
  TAUT_TRY(load(out.tls.key, user.key_data, user.key_file, "client-key", name, user.position));
  out.auth = user.auth;
  return {};
}

// The cluster as a plugin sees it; an authority from a file is given as data.
Value cluster_info(const ClientConfig& config, const ClusterEntry& cluster) {
  Value out = Value::map({{"server", config.server.to_string()}});
  if (!config.tls.ca.empty()) out.set("certificate-authority-data", base64_encode(config.tls.ca));
  if (!config.tls.server_name.empty()) out.set("tls-server-name", config.tls.server_name);
  if (config.tls.insecure) out.set("insecure-skip-tls-verify", true);
  if (!config.proxy.empty()) out.set("proxy-url", config.proxy);
  if (!cluster.exec_config.is_null()) out.set("config", cluster.exec_config);
  return out;
}

}  // namespace

Result<ClientConfig> resolve_context(const Kubeconfig& config, const std::string& wanted) {
  ClientConfig out;
  out.context = wanted.empty() ? config.current_context : wanted;
  if (out.context.empty()) {
    if (config.empty()) return fail(Code::kInvalid, "{}", kEmptyConfig);
    return fail(Error(Code::kInvalid, "invalid configuration: no current-context is set")
                    .with_hint("Name one with --context, or set it with 'kubectl config use-context'."));
  }
  auto context = config.contexts.find(out.context);
  if (context == config.contexts.end()) return fail(Code::kInvalid, "context \"{}\" does not exist", out.context);
  const ContextEntry& entry = context->second;
  auto cluster = config.clusters.find(entry.cluster);
  if (cluster == config.clusters.end())
    return invalid(entry.position, "cluster",
                   fmt::format("cluster \"{}\" was not found for context \"{}\"", entry.cluster, out.context));
  TAUT_TRY(add_cluster(out, cluster->second, cluster->first));
  if (!entry.user.empty()) {
    auto user = config.users.find(entry.user);
    if (user == config.users.end())
      return invalid(entry.position, "user",
                     fmt::format("user \"{}\" was not found for context \"{}\"", entry.user, out.context));
    TAUT_TRY(add_user(out, user->second, user->first));
  }
  if (!entry.ns.empty()) out.ns = entry.ns;
  if (out.auth.exec && out.auth.exec->provide_cluster_info)
    out.auth.exec->cluster_info = cluster_info(out, cluster->second);
  return out;
}

Result<ClientConfig> in_cluster_config(const Environment& environment, const std::string& root) {
  std::string host = environment("KUBERNETES_SERVICE_HOST"), port = environment("KUBERNETES_SERVICE_PORT");
  if (host.empty() || port.empty())
    return fail(Code::kNotFound,
                "unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and "
                "KUBERNETES_SERVICE_PORT must be defined");
  const std::string folder = root + "/var/run/secrets/kubernetes.io/serviceaccount/";
  ClientConfig out;
  bool v6 = host.find(':') != std::string::npos;
  TAUT_ASSIGN(out.server, Url::parse(fmt::format("https://{}:{}", v6 ? '[' + host + ']' : host, port)));
  out.auth.token_file = folder + "token";
  TAUT_ASSIGN(std::string token, read_file(out.auth.token_file));
  TAUT_ASSIGN(out.tls.ca, read_file(folder + "ca.crt"));
  if (auto ns = read_file(folder + "namespace"); ns && !trim(*ns).empty()) out.ns = trim(*ns);
  return out;
}

Result<ClientConfig> load_client_config(const ConfigSource& source) {
  Environment environment = source.environment ? source.environment : [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value ? value : "");
  };
  std::vector<std::string> files;
  const std::string list = environment("KUBECONFIG");
  const bool given = !source.file.empty();
  if (given) {
    files = {source.file};
  } else if (!list.empty()) {
    for (auto piece : split(list, ':'))
      if (!piece.empty()) files.emplace_back(piece);
  } else {
    files = {environment("HOME") + "/.kube/config"};
  }
  Kubeconfig merged;
  for (const auto& file : files) {
    auto text = read_file(file);
    if (!text && text.error().code() == Code::kNotFound && !given) continue;
    if (!text) return fail(Code::kInvalid, "error loading config file \"{}\": {}", file, text.error().message());
    TAUT_ASSIGN(auto config, parse_kubeconfig(*text, file));
    merge_kubeconfig(merged, std::move(config));
  }
  if (merged.empty() && !given && source.context.empty() && !environment("KUBERNETES_SERVICE_HOST").empty())
    return in_cluster_config(environment);
  return resolve_context(merged, source.context);
}

}  // namespace taut::kube
