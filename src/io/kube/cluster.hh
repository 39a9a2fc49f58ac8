// KubeCluster: the port to a real API server (or the sandbox's), over HTTP/2 where it is spoken.
//
//   TAUT_ASSIGN(auto config, kube::load_client_config());
//   kube::KubeCluster cluster(std::move(config), {});
//
// All watches and requests of one cluster share one HTTP/2 connection; on HTTP/1.1 each watch has its own. Requests
// are tried again on 429 and 503 with Retry-After, and on broken connections where a repeat does no harm (reads,
// applies, merge patches, updates without resourceVersion, deletes). Watch handlers run on threads of the cluster.
#pragma once

#include <mutex>
#include <set>

#include "io/kube/discovery.hh"
#include "io/kube/transport.hh"
#include "io/kube/workers.hh"
#include "port/cluster.hh"

namespace taut::kube {

struct KubeOptions {
  TransportOptions transport;
  int list_chunk = 500;  // objects a request of a list
  size_t watch_threads = 4;
  // Between attempts of a watch that is down: the first wait and the longest; both with jitter.
  net::Milliseconds watch_first_retry{200}, watch_longest_retry{30'000};
  // The longest wait for a kind that is not served: its definition may come any moment.
  net::Milliseconds unknown_kind_retry{2'000};
};

class KubeCluster : public Cluster {
 public:
  explicit KubeCluster(ClientConfig config, KubeOptions options = {});
  // Every Watch must have been destroyed before, and no other thread be inside a call.
  ~KubeCluster() override;

  Result<Discovery> discover() override;
  Result<Value> get(const ObjectRef& ref) override;
  Result<ObjectList> list(const Gvk& gvk, const ListOptions& options) override;
  Result<WriteResult> write(const WriteRequest& request) override;
  Result<Value> remove(const ObjectRef& ref, const DeleteOptions& options) override;
  std::unique_ptr<Watch> watch(const Gvk& gvk, const ListOptions& options, WatchHandler handler) override;

  // A list that can be given up.
  Result<ObjectList> list(const Gvk& gvk, const ListOptions& options, std::optional<Cancel> cancel);
  // The path of a kind's collection, without query: "/apis/apps/v1/namespaces/default/deployments".
  Result<std::string> collection_path(const Gvk& gvk, const std::string& ns);
  // Has the next use of an unknown or vanished kind ask the server what it serves.
  void forget_discovery() { discoverer_.forget(); }

  const ClientConfig& config() const { return transport_.config(); }
  const KubeOptions& options() const { return options_; }
  Transport& transport() { return transport_; }
  Workers& workers() { return workers_; }
  // Connections opened since the start.
  size_t connections() const { return transport_.connections(); }

 private:
  Result<std::string> object_path(const ObjectRef& ref, const std::string& subresource);
  void log_warning(const std::string& warning);
  Result<net::HttpResponse> send(const ApiRequest& request, const std::string& doing);
  Result<std::string> list_page(const std::string& path, const ListOptions& options, const std::string& token,
                                int limit, const Gvk& gvk, const std::optional<Cancel>& cancel, ObjectList& out);

  const KubeOptions options_;
  Transport transport_;
  Discoverer discoverer_;
  Workers workers_;
  std::mutex warned_mutex_;
  std::set<std::string> warned_;
};

// "a=1&b=2" from pairs, values percent-encoded, empty values left out.
std::string query_of(std::initializer_list<std::pair<std::string_view, std::string_view>> parameters);

}  // namespace taut::kube
