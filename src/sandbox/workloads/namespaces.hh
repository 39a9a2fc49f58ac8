// The namespace controller: a namespace that is being deleted loses all it holds, then its finalizer. It also gives each
// new namespace what it starts with: the default ServiceAccount and the cluster's root certificates.
#pragma once

#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

class NamespaceController : public Controller {
 public:
  explicit NamespaceController(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "namespace-controller") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;

 private:
  Status empty_out(const Value& ns, size_t& left, std::string& waiting_for);
  Status write_conditions(const Value& ns, size_t left, const std::string& waiting_for);
};

class NamespaceContents : public Controller {
 public:
  explicit NamespaceContents(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "serviceaccount-controller") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;

 private:
  Status ensure(const Value& object);
};

}  // namespace taut::sandbox::workloads
