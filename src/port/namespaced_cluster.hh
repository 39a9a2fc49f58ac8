// NamespacedCluster: a cluster of which only some namespaces may be seen.
#pragma once

#include <mutex>

#include "port/cluster.hh"

namespace taut {

// Lists and watches each namespace by itself; what lives outside them is refused in Argo CD's words (gitops-engine
// pkg/cache/cluster.go): with `cluster_resources` only objects of other namespaces, without also those that live in
// none. Thread-safe.
class NamespacedCluster : public Cluster {
 public:
  NamespacedCluster(std::shared_ptr<Cluster> cluster, std::vector<std::string> namespaces, bool cluster_resources);

  Result<Discovery> discover() override { return cluster_->discover(); }
  Result<Value> get(const ObjectRef& ref) override;
  Result<ObjectList> list(const Gvk& gvk, const ListOptions& options) override;
  Result<WriteResult> write(const WriteRequest& request) override;
  Result<Value> remove(const ObjectRef& ref, const DeleteOptions& options) override;
  std::unique_ptr<Watch> watch(const Gvk& gvk, const ListOptions& options, WatchHandler handler) override;

 private:
  Status permit(const ObjectRef& ref) const;
  Result<bool> per_namespace(const Gvk& gvk, const ListOptions& options);

  const std::shared_ptr<Cluster> cluster_;
  const std::vector<std::string> namespaces_;
  const bool cluster_resources_;
  std::mutex mutex_;
  std::optional<Discovery> discovery_;  // asked again for a kind that it does not hold
};

}  // namespace taut
