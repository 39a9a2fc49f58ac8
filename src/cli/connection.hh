// How a command reaches a cluster: the flags that kubectl has for it.
#pragma once

#include <memory>
#include <string>

#include "cli/flags.hh"
#include "port/cluster.hh"

namespace taut::cli {

struct Connection {
  std::string kubeconfig;  // "" for $KUBECONFIG, then ~/.kube/config, then in-cluster
  std::string context;
  std::string ns = "argocd";  // where the Applications are

  void declare(Flags& flags);
  // The cluster that the flags name. Errors name the kubeconfig file and field.
  Result<std::shared_ptr<Cluster>> open() const;
};

}  // namespace taut::cli
