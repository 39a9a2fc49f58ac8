// Stand-ins for clusters that cannot be had.
#pragma once

#include "port/cluster.hh"

namespace taut::controller {

// Serves nothing and fails everything with one error. Without an error it is the place of applications whose cluster
// nobody knows: nothing is found there, so that they can be deleted.
class LostCluster : public Cluster {
 public:
  explicit LostCluster(std::optional<Error> error = std::nullopt) : error_(std::move(error)) {}

  Result<Discovery> discover() override {
    if (error_) return tl::unexpected(*error_);
    return Discovery{};
  }
  Result<Value> get(const ObjectRef&) override { return refuse(); }
  Result<ObjectList> list(const Gvk&, const ListOptions&) override { return refuse(); }
  Result<WriteResult> write(const WriteRequest&) override { return refuse(); }
  Result<Value> remove(const ObjectRef&, const DeleteOptions&) override { return refuse(); }
  std::unique_ptr<Watch> watch(const Gvk&, const ListOptions&, WatchHandler handler) override {
    handler({WatchEvent::Type::kFailed, {}, refuse().value()});
    return std::make_unique<Watch>();
  }

 private:
  tl::unexpected<Error> refuse() const {
    return tl::unexpected<Error>(error_.value_or(Error(Code::kNotFound, "the cluster is not known")));
  }
  const std::optional<Error> error_;
};

}  // namespace taut::controller
