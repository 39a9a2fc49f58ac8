// What each new namespace starts with: the default ServiceAccount and the cluster's root certificates.
#pragma once

#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

class NamespaceContents : public Controller {
 public:
  explicit NamespaceContents(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "serviceaccount-controller") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;

 private:
  Status ensure(const Value& object);
};

}  // namespace taut::sandbox::workloads
