#include "port/namespaced_cluster.hh"

#include <algorithm>
#include <mutex>

namespace taut {
namespace {

// The watches of all namespaces as one: synced when all are, failed when the first fails.
class Together : public Watch {
 public:
  Together(size_t count, Cluster::WatchHandler handler) : handler_(std::move(handler)), synced_(count), failed_(count) {}

  void take(size_t index, WatchEvent event) {
    std::lock_guard lock(mutex_);
    if (event.type == WatchEvent::Type::kSynced) {
      bool was_down = failed_[index], first = !synced_[index];
      failed_[index] = false;
      synced_[index] = true;
      if ((first || was_down) && all(synced_, true) && all(failed_, false)) handler_(std::move(event));
      return;
    }
    if (event.type == WatchEvent::Type::kFailed) {
      bool fresh = all(failed_, false);
      failed_[index] = true;
      if (fresh) handler_(std::move(event));
      return;
    }
    handler_(std::move(event));
  }

  std::vector<std::unique_ptr<Watch>> parts;

  ~Together() override { parts.clear(); }

 private:
  static bool all(const std::vector<bool>& list, bool value) { return std::ranges::all_of(list, [&](bool b) { return b == value; }); }

  std::mutex mutex_;  // one handler at a time
  const Cluster::WatchHandler handler_;
  std::vector<bool> synced_, failed_;
};

// A watch of what may not be seen: it failed, once.
class NoWatch : public Watch {};

}  // namespace

NamespacedCluster::NamespacedCluster(std::shared_ptr<Cluster> cluster, std::vector<std::string> namespaces, bool cluster_resources)
    : cluster_(std::move(cluster)), namespaces_(std::move(namespaces)), cluster_resources_(cluster_resources) {}

Status NamespacedCluster::permit(const ObjectRef& ref) const {
  if (ref.ns.empty() && !cluster_resources_)
    return fail(Code::kForbidden, "cluster level {} \"{}\" can not be managed when in namespaced mode", ref.gvk.kind, ref.name);
  if (!ref.ns.empty() && std::ranges::find(namespaces_, ref.ns) == namespaces_.end())
    return fail(Code::kForbidden, "namespace \"{}\" for {} \"{}\" is not managed", ref.ns, ref.gvk.kind, ref.name);
  return {};
}

// Whether each namespace is to be asked by itself.
Result<bool> NamespacedCluster::per_namespace(const Gvk& gvk, const ListOptions& options) {
  if (!options.ns.empty()) return false;
  std::lock_guard lock(mutex_);
  if (!discovery_ || !discovery_->find(gvk)) {
    TAUT_ASSIGN(discovery_, cluster_->discover());
  }
  const ApiResource* resource = discovery_->find(gvk);
  if (!resource || resource->namespaced) return true;
  if (cluster_resources_) return false;
  return fail(Code::kForbidden, "cluster level {} can not be managed when in namespaced mode", gvk.kind);
}

Result<Value> NamespacedCluster::get(const ObjectRef& ref) {
  TAUT_TRY(permit(ref));
  return cluster_->get(ref);
}

Result<ObjectList> NamespacedCluster::list(const Gvk& gvk, const ListOptions& options) {
  TAUT_ASSIGN(bool each, per_namespace(gvk, options));
  if (!each) return cluster_->list(gvk, options);
  ObjectList out;
  for (const std::string& ns : namespaces_) {
    ListOptions one = options;
    one.ns = ns;
    TAUT_ASSIGN(auto part, cluster_->list(gvk, one));
    out.resource_version = std::move(part.resource_version);
    for (Value& item : part.items) out.items.push_back(std::move(item));
  }
  return out;
}

Result<WriteResult> NamespacedCluster::write(const WriteRequest& request) {
  TAUT_TRY(permit(request.ref));
  return cluster_->write(request);
}

Result<Value> NamespacedCluster::remove(const ObjectRef& ref, const DeleteOptions& options) {
  TAUT_TRY(permit(ref));
  return cluster_->remove(ref, options);
}

std::unique_ptr<Watch> NamespacedCluster::watch(const Gvk& gvk, const ListOptions& options, WatchHandler handler) {
  auto each = per_namespace(gvk, options);
  if (!each) {
    handler({WatchEvent::Type::kFailed, {}, each.error()});
    return std::make_unique<NoWatch>();
  }
  if (!*each) return cluster_->watch(gvk, options, std::move(handler));
  auto together = std::make_unique<Together>(namespaces_.size(), std::move(handler));
  for (size_t i = 0; i < namespaces_.size(); ++i) {
    ListOptions one = options;
    one.ns = namespaces_[i];
    together->parts.push_back(cluster_->watch(gvk, one, [&all = *together, i](WatchEvent event) { all.take(i, std::move(event)); }));
  }
  return together;
}

}  // namespace taut
