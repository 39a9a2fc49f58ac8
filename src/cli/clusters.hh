// The clusters that Applications go to, opened with the Secrets of the control namespace.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dialect/argo/application.hh"
#include "dialect/argo/cluster_secret.hh"
#include "engine/dialect.hh"
#include "port/cluster.hh"

namespace taut::cli {

// Does not wait for the cluster. kInvalid for what the Secret says wrongly; no credential is part of an error.
Result<std::shared_ptr<Cluster>> open_cluster(const argo::ClusterSecret& secret);

// The cluster that a dialect's place leads to: the current context of its kubeconfig, with the tokens that `home` issues
// to its account. kInvalid, and kForbidden for what would have files read or programs run here. That the server's
// certificate is not to be verified is passed over, as in Flux. Whom to impersonate is not looked at.
Result<std::shared_ptr<Cluster>> open_place(const std::shared_ptr<Cluster>& home, const engine::Dialect::Place& place);
// The same cluster, asked as somebody else. kUnsupported for one that is no API server.
Result<std::shared_ptr<Cluster>> impersonate(Cluster& cluster, const std::string& user);

// The ConfigMap argocd-cm of the control namespace; null where there is none, or it may not be read.
Result<Value> settings_of(Cluster& cluster, const std::string& ns);

struct DestinationCluster {
  std::shared_ptr<Cluster> cluster;
  std::vector<argo::ClusterName> names;  // of all clusters
};
// The cluster that an Application goes to: the one it is in, or one that a Secret names. An Application that names no
// known cluster gets the one it is in; what is wrong is said when it is read.
Result<DestinationCluster> destination_of(std::shared_ptr<Cluster> local, const std::string& ns, const Value& application);

}  // namespace taut::cli
