#include "cli/connection.hh"

#include "io/kube/cluster.hh"
#include "io/kube/kubeconfig.hh"

namespace taut::cli {

void Connection::declare(Flags& flags) {
  flags.add("kubeconfig", 0, "FILE", "the kubeconfig to use; otherwise $KUBECONFIG, ~/.kube/config, or the cluster around",
            &kubeconfig);
  flags.add("context", 0, "NAME", "the context of the kubeconfig", &context);
  flags.add("app-namespace", 'N', "NAMESPACE", "where the Applications are", &ns);
}

Result<std::shared_ptr<Cluster>> Connection::open() const {
  TAUT_ASSIGN(auto config, kube::load_client_config({.file = kubeconfig, .context = context}));
  return std::make_shared<kube::KubeCluster>(std::move(config));
}

}  // namespace taut::cli
