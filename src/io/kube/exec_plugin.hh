// Exec credential plugins (client.authentication.k8s.io v1 and v1beta1), as client-go runs them.
#pragma once

#include "base/time.hh"
#include "io/kube/kubeconfig.hh"

namespace taut::kube {

struct ExecCredentials {
  std::string token;
  std::string certificate, key;  // PEM, both or neither
  std::optional<Time> expires;
};

// Runs the plugin: KUBERNETES_EXEC_INFO in its environment, nothing on its input, its errors on ours. Blocks until
// it ends, at most `timeout`. Errors begin with "getting credentials: "; what the plugin printed is not part of
// them.
Result<ExecCredentials> run_exec_plugin(const ExecPlugin& plugin, Duration timeout = std::chrono::seconds(60));

}  // namespace taut::kube
