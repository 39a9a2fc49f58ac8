#include "cli/webhook_secrets.hh"

#include "dialect/argo/secret_text.hh"

namespace taut::cli {

WebhookSecretStore::WebhookSecretStore(Cluster& cluster, const std::string& ns) {
  watch_ = cluster.watch({"", "v1", "Secret"}, {.ns = ns, .label_selector = {}, .field_selector = "metadata.name=argocd-secret"},
                         [this](const WatchEvent& event) {
                           std::lock_guard lock(mutex_);
                           if (event.type == WatchEvent::Type::kDeleted) secret_ = Value();
                           if (event.type == WatchEvent::Type::kAdded || event.type == WatchEvent::Type::kModified) secret_ = event.object;
                         });
}

std::string WebhookSecretStore::find(std::string_view key) const {
  std::lock_guard lock(mutex_);
  std::string text = argo::secret_text(secret_, key);
  return text.starts_with('$') ? argo::secret_text(secret_, text.substr(1)) : text;
}

}  // namespace taut::cli
