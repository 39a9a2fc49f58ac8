// Storage: claims are bound to volumes that fit, or to new ones where a StorageClass of the sandbox is named or is the
// default. What is in use is protected from deletion.
#pragma once

#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

// The provisioner of the class "standard".
inline constexpr std::string_view kProvisioner = "sandbox.taut.dev/simulated";

class VolumeController : public Controller {
 public:
  explicit VolumeController(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "persistentvolume-controller") {}
  // Makes the StorageClass "standard", which binds at once.
  void start();
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;

 private:
  Status sync_claim(const Value& claim);
  Status sync_volume(const Value& volume);
  Status bind(const Value& claim, Value volume);
  Status provision(const Value& claim, const Value& cls);
  bool in_use(const Value& claim) const;
};

}  // namespace taut::sandbox::workloads
