#include "cli/clusters.hh"

#include "base/strings.hh"
#include "dialect/argo/settings.hh"
#include "io/kube/cluster.hh"
#include "port/namespaced_cluster.hh"

namespace taut::cli {
namespace {

kube::ExecPlugin plugin_of(const argo::ClusterExec& exec) {
  kube::ExecPlugin out;
  out.command = exec.command;
  out.args = exec.args;
  out.env = exec.env;
  out.api_version = exec.api_version;
  out.install_hint = exec.install_hint;
  out.interactive_mode = "Never";
  return out;
}

constexpr Duration kLeeway = std::chrono::minutes(1);

// A token that the cluster issues for an account, as Flux's generic provider asks for it.
Result<kube::IssuedToken> issue_token(Cluster& cluster, const engine::Dialect::TokenOf& of) {
  Value audiences = Value::list();
  for (const std::string& audience : of.audiences) audiences.push_back(audience);
  WriteRequest request{.verb = WriteVerb::kCreate, .ref = {{"", "v1", "ServiceAccount"}, of.ns, of.account}, .subresource = "token"};
  request.body = Value::map({{"apiVersion", "authentication.k8s.io/v1"}, {"kind", "TokenRequest"}, {"spec", Value::map({{"audiences", audiences}})}});
  auto answer = cluster.write(request);
  if (!answer)
    return fail(answer.error().code(), "failed to create kubernetes token for service account '{}/{}': {}", of.ns, of.account, answer.error().message());
  const Value& status = answer->object["status"];
  auto until = parse_rfc3339(status["expirationTimestamp"].as_string());
  return kube::IssuedToken{status["token"].str(), until ? std::optional(*until - kLeeway) : std::nullopt};
}

}  // namespace

Result<std::shared_ptr<Cluster>> open_cluster(const argo::ClusterSecret& secret) {
  if (secret.error) return tl::unexpected(*secret.error);
  auto url = Url::parse(secret.server);
  if (!url || url->host.empty() || (url->scheme != "https" && url->scheme != "http"))
    return fail(Code::kInvalid, "cluster Secret {}: server is not an http(s) URL", secret.secret);
  const argo::ClusterConnection& connection = secret.connection;
  kube::ClientConfig config;
  config.server = std::move(*url);
  config.tls = {connection.ca, connection.certificate, connection.key, connection.server_name, connection.insecure};
  config.proxy = connection.proxy;
  config.compress = connection.compress;
  config.auth.token = connection.bearer_token;
  config.auth.username = connection.username;
  config.auth.password = connection.password;
  if (connection.exec) config.auth.exec = plugin_of(*connection.exec);
  config.context = secret.name;
  std::shared_ptr<Cluster> cluster = std::make_shared<kube::KubeCluster>(std::move(config));
  if (secret.namespaces.empty()) return cluster;
  return std::make_shared<NamespacedCluster>(std::move(cluster), secret.namespaces, secret.cluster_resources);
}

Result<std::shared_ptr<Cluster>> open_place(const std::shared_ptr<Cluster>& home, const engine::Dialect::Place& place) {
  TAUT_ASSIGN(auto parsed, kube::parse_kubeconfig(place.kubeconfig, "kubeconfig"));
  auto refuse = [](std::string_view what) { return fail(Code::kForbidden, "kubeconfig: {} is not allowed in a Secret", what); };
  for (const auto& [name, cluster] : parsed.clusters)
    if (!cluster.authority_file.empty()) return refuse("a file (certificate-authority)");
  for (const auto& [name, user] : parsed.users) {
    if (!user.certificate_file.empty() || !user.key_file.empty()) return refuse("a file (client-certificate, client-key)");
    if (!user.auth.token_file.empty()) return refuse("a file (tokenFile)");
    if (user.auth.exec) return refuse("a program (exec)");
  }
  TAUT_ASSIGN(auto config, kube::resolve_context(parsed));
  config.tls.insecure = false;
  if (!place.token.account.empty()) config.auth.issue = [home, of = place.token] { return issue_token(*home, of); };
  return std::make_shared<kube::KubeCluster>(std::move(config));
}

Result<std::shared_ptr<Cluster>> impersonate(Cluster& cluster, const std::string& user) {
  auto* served = dynamic_cast<kube::KubeCluster*>(&cluster);
  if (served == nullptr) return fail(Code::kUnsupported, "{} cannot be impersonated in this cluster", user);
  kube::ClientConfig config = served->config();
  config.auth.impersonate = {};
  config.auth.impersonate.user = user;
  return std::make_shared<kube::KubeCluster>(std::move(config));
}

Result<Value> settings_of(Cluster& cluster, const std::string& ns) {
  auto map = cluster.get({{"", "v1", "ConfigMap"}, ns, std::string(argo::kSettingsName)});
  bool none = !map && (map.error().code() == Code::kNotFound || map.error().code() == Code::kForbidden);
  if (none) return Value();
  return map;
}

Result<DestinationCluster> destination_of(std::shared_ptr<Cluster> local, const std::string& ns, const Value& application) {
  DestinationCluster out{local, {{std::string(argo::kLocalServer), std::string(argo::kLocalName), {}}}};
  // Who may not read Secrets may still plan what stays here.
  const Value& wanted = application["spec"]["destination"];
  if (trim_right(wanted["server"].as_string(), "/") == argo::kLocalServer) return out;
  TAUT_ASSIGN(auto secrets, local->list({"", "v1", "Secret"}, {.ns = ns, .label_selector = std::string(argo::kClusterSecrets)}));
  argo::ReadContext context{ns, {}, {}, nullptr};
  std::vector<argo::ClusterSecret> read;
  for (const Value& secret : secrets.items) read.push_back(argo::read_cluster_secret(secret));
  for (const auto& secret : read) {
    if (secret.local())
      out.names.front().name = secret.name;
    else
      out.names.push_back({secret.server, secret.name, secret.project});
  }
  context.clusters = out.names;
  std::string server = argo::read_application(application, context).spec.destination.server;
  for (const auto& secret : read) {
    if (secret.local() || secret.server != server) continue;
    TAUT_ASSIGN(out.cluster, open_cluster(secret));
    break;
  }
  return out;
}

}  // namespace taut::cli
