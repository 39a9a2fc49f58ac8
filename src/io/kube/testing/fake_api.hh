// The answers of an API server for tests of the client: discovery in either form, and whatever a test says of other
// paths. Only tests include this.
#pragma once

#include <deque>
#include <future>

#include "io/kube/cluster.hh"
#include "io/net/testing/test_server.hh"
#include "value/json.hh"

namespace taut::kube {

inline const Gvk kConfigMap{"", "v1", "ConfigMap"};
inline const Gvk kDeployment{"apps", "v1", "Deployment"};

inline constexpr std::string_view kCoreAggregated =
    R"({"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2",
 "items":[{"metadata":{},"versions":[{"version":"v1","freshness":"Current","resources":[
  {"resource":"configmaps","responseKind":{"group":"","version":"v1","kind":"ConfigMap"},"scope":"Namespaced",
   "shortNames":["cm"],"verbs":["get","list","watch"]},
  {"resource":"namespaces","responseKind":{"group":"","version":"v1","kind":"Namespace"},"scope":"Cluster",
   "subresources":[{"subresource":"status","verbs":["get"]}],"verbs":["get"]}]}]}]})";
inline constexpr std::string_view kGroupsAggregated =
    R"({"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2",
 "items":[{"metadata":{"name":"apps"},"versions":[{"version":"v1","freshness":"Current","resources":[
  {"resource":"deployments","responseKind":{"group":"apps","version":"v1","kind":"Deployment"},"scope":"Namespaced",
   "categories":["all"],"subresources":[{"subresource":"scale"},{"subresource":"status"}],"verbs":["get"]}]}]},
  {"metadata":{"name":"metrics.k8s.io"},"versions":[{"version":"v1beta1","freshness":"Stale"}]}]})";

inline std::string status_body(int code, std::string_view reason, std::string_view message, Value details = {}) {
  return to_json(Value::map({{"kind", "Status"},
                             {"apiVersion", "v1"},
                             {"status", "Failure"},
                             {"code", code},
                             {"reason", reason},
                             {"message", message},
                             {"details", std::move(details)}}));
}

inline Value config_map(std::string_view name, int version, std::string_view uid = "") {
  return Value::map({{"metadata", Value::map({{"name", name},
                                              {"namespace", "default"},
                                              {"uid", uid.empty() ? std::string("uid-") += name : std::string(uid)},
                                              {"resourceVersion", std::to_string(version)}})}});
}

inline std::string list_body(std::initializer_list<Value> items, int version, std::string_view next = "") {
  Value metadata = Value::map({{"resourceVersion", std::to_string(version)}});
  if (!next.empty()) metadata.set("continue", next);
  return to_json(Value::map(
      {{"kind", "ConfigMapList"}, {"apiVersion", "v1"}, {"metadata", metadata}, {"items", Value::list(items)}}));
}

// Serves discovery and leaves all else to `handler`.
class FakeApi {
 public:
  explicit FakeApi(net::TestServer::Handler handler)
      : handler_(std::move(handler)),
        server([this](const auto& request, auto& reply) { answer(request, reply); }) {}

  ClientConfig config() const {
    ClientConfig out;
    out.server = *Url::parse(server.url());
    return out;
  }
  static KubeOptions quick() {
    KubeOptions out;
    out.watch_first_retry = net::Milliseconds(20);
    out.watch_longest_retry = net::Milliseconds(50);
    return out;
  }

 private:
  void answer(const net::TestRequest& request, net::TestReply& reply) {
    std::string path = request.path();
    if (path == "/version") {
      reply.send(200, R"({"gitVersion":"v1.36.1"})", close_after_discovery ? "Connection: close\r\n" : "");
      reply.broken = close_after_discovery;
      return;
    }
    if (path == "/api") return reply.send(200, kCoreAggregated);
    if (path == "/apis") return reply.send(200, kGroupsAggregated);
    handler_(request, reply);
  }
  net::TestServer::Handler handler_;

 public:
  bool close_after_discovery = false;
  net::TestServer server;
};

}  // namespace taut::kube
