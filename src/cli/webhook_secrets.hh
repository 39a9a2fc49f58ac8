// The secrets of webhooks: the keys of argocd-secret, kept by a watch.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "port/cluster.hh"

namespace taut::cli {

// Thread-safe.
class WebhookSecretStore {
 public:
  WebhookSecretStore(Cluster& cluster, const std::string& ns);

  // A key such as "webhook.github.secret"; empty when it is not set. "$KEY" stands for another key of the Secret.
  std::string find(std::string_view key) const;

 private:
  mutable std::mutex mutex_;
  Value secret_;
  std::unique_ptr<Watch> watch_;  // last, so that it ends first
};

}  // namespace taut::cli
