// Argo CD's resource tracking by annotation: "<app>:<group>/<kind>:<namespace>/<name>".
#pragma once

#include "engine/ownership.hh"

namespace taut::argo {

inline constexpr std::string_view kTrackingAnnotation = "argocd.argoproj.io/tracking-id";

// The application's name in tracking ids: its own in the control namespace, "<namespace>_<name>" elsewhere.
std::string instance_name(std::string_view ns, std::string_view name, std::string_view control_namespace);

class AnnotationOwnership : public engine::Ownership {
 public:
  bool marks(const engine::UnitSpec& unit) const override { return unit.key.starts_with("argoproj.io/"); }
  Value mark(Value object, const engine::UnitSpec& unit) const override;
  std::optional<std::string> owner(const Value& object) const override;
};

}  // namespace taut::argo
