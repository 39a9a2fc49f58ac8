// What an API server serves: the aggregated form (apidiscovery.k8s.io v2, v2beta1; two requests for everything), or
// on servers that lack it one document for each group and version.
#pragma once

#include <mutex>

#include "io/kube/transport.hh"
#include "port/cluster.hh"

namespace taut::kube {

// Adds the resources of an APIGroupDiscoveryList, v2 or v2beta1. A version that is marked stale goes to `failed`.
void add_aggregated(const Value& list, Discovery& out);
// Adds the resources of one APIResourceList of the old form.
void add_resource_list(const Value& list, const std::string& group_version, Discovery& out);

// Discovers, and keeps the last answer. Thread-safe.
class Discoverer {
 public:
  explicit Discoverer(Transport& transport) : transport_(transport) {}

  // Asks the server; what has not changed since (by ETag) is not sent again.
  Result<std::shared_ptr<const Discovery>> refresh();
  // The resource of a kind, from the last answer if it is there; asks the server anew otherwise, though not more
  // than once a second. kNotFound in kubectl's words when there is none.
  Result<ApiResource> find(const Gvk& gvk);
  // Has the next `find` ask the server: a resource was not where it should be.
  void forget();

 private:
  struct Part {
    std::string etag;
    bool aggregated = false;
    Discovery found;
  };
  Status refresh_part(const char* path, Part& part);
  Status add_old_form(const Value& index, Part& part);
  bool look_up(const Gvk& gvk, std::optional<ApiResource>& out);

  Transport& transport_;
  std::mutex searching_;
  std::mutex asking_;
  Part core_, groups_;

  std::mutex mutex_;
  std::shared_ptr<const Discovery> last_;
  std::chrono::steady_clock::time_point asked_{};
};

}  // namespace taut::kube
