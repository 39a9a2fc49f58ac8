// What Flux's labels and annotations on applied objects mean (fluxcd/pkg/ssa, kustomize-controller 1.9).
#pragma once

#include "engine/ownership.hh"
#include "plan/intent.hh"

namespace taut::flux {

// The labels kustomize.toolkit.fluxcd.io/name and namespace.
class LabelOwnership : public engine::Ownership {
 public:
  bool marks(const engine::UnitSpec& unit) const override;
  Value mark(Value object, const engine::UnitSpec& unit) const override;
  std::optional<std::string> owner(const Value& object) const override;
};

// The name of a Kustomization's Unit: "flux/<namespace>/<name>".
std::string unit_name(std::string_view ns, std::string_view name);

// The annotations (or labels) ssa, prune, force and reconcile of kustomize.toolkit.fluxcd.io, whose values compare
// without regard to case; and the order of Flux's stages: definitions, namespaces and cluster roles, then classes, then
// the rest, kind by kind, webhooks last. No hooks, and no waiting but for definitions.
class Rules : public plan::ObjectRules {
 public:
  explicit Rules(bool force) : force_(force) {}
  plan::Intent intent(const Value& object) const override;
  bool leaves_alone(const Value& desired, const Value& live) const override;
  bool keeps(const Value& live) const override;
  // What kubectl wrote is taken over, so that fields that are not in Git go, unless ssa says Merge.
  Value taken_over(const Value& desired, const Value& live, std::string_view manager) const override;

 private:
  bool force_;  // spec.force
};

}  // namespace taut::flux
