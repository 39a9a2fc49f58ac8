// Endpoints and EndpointSlices of Services: the addresses of the pods that a selector finds, ready or not.
#pragma once

#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

class EndpointSliceController : public Controller {
 public:
  explicit EndpointSliceController(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "endpoint-slice-controller") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;

 private:
  Status mirror(const Value& service);
  Status write(const Value& service, std::string_view manager, const Value& owner, const Value& endpoints, const Value& ports);
};

class EndpointsController : public Controller {
 public:
  explicit EndpointsController(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "endpoint-controller") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;
};

}  // namespace taut::sandbox::workloads
