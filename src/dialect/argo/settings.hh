// What Argo CD's ConfigMap `argocd-cm` says about kinds: resource.customizations (util/settings, v3.5).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dialect/argo/global_projects.hh"
#include "dialect/argo/resource_filter.hh"
#include "health/customizations.hh"
#include "plan/ignore.hh"
#include "plan/normalizer.hh"
#include "value/value.hh"

namespace taut::argo {

inline constexpr std::string_view kSettingsName = "argocd-cm";

struct Settings {
  // Health checks and actions; null when there are none.
  std::shared_ptr<const Customizations> customizations;
  // Added to the ignoreDifferences of each application.
  std::vector<plan::IgnoreRule> ignore;
  // Fields of known types and, where resource.compareoptions asks for it, the rules of aggregated roles.
  std::shared_ptr<const plan::Normalizer> normalizer;
  // Kinds that are left out; null when the settings name none.
  std::shared_ptr<const ResourceFilter> filter;
  // kustomize.buildOptions, as renders take it.
  Value render_options = Value::map();
  // Whether objects are labelled with their application as well (application.resourceTrackingMethod), and by which key.
  bool tracking_label = false;
  std::string label_key = "app.kubernetes.io/instance";
  std::string installation_id;
  std::vector<GlobalProject> global_projects;
  bool impersonates = false;  // application.sync.impersonation.enabled
  // What cannot be followed, by key: "resource.customizations.health: ...". The other settings are followed.
  std::vector<std::string> errors;
  // Equal settings have equal fingerprints.
  Value fingerprint;
};

// Reads `resource.customizations` and `resource.customizations.<type>.<group>_<Kind>`. Never fails. A null ConfigMap
// says nothing.
Settings read_settings(const Value& config_map);

}  // namespace taut::argo
