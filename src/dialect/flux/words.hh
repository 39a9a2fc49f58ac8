// The names and words that Flux's controllers share (source-controller 1.9, kustomize-controller 1.9).
#pragma once

#include <string>
#include <string_view>

#include "object/id.hh"

namespace taut::flux {

inline constexpr std::string_view kSourceGroup = "source.toolkit.fluxcd.io";
inline constexpr std::string_view kKustomizeGroup = "kustomize.toolkit.fluxcd.io";
inline constexpr std::string_view kHelmGroup = "helm.toolkit.fluxcd.io";
inline constexpr std::string_view kFinalizer = "finalizers.fluxcd.io";
inline constexpr std::string_view kRequestedAt = "reconcile.fluxcd.io/requestedAt";
inline constexpr std::string_view kForceAt = "reconcile.fluxcd.io/forceAt";
inline constexpr std::string_view kResetAt = "reconcile.fluxcd.io/resetAt";
inline constexpr std::string_view kNameLabel = "kustomize.toolkit.fluxcd.io/name";
inline constexpr std::string_view kNamespaceLabel = "kustomize.toolkit.fluxcd.io/namespace";

// Types of conditions, and reasons that several kinds share.
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kReconciling = "Reconciling";
inline constexpr std::string_view kSourceVerified = "SourceVerified";
inline constexpr std::string_view kStalled = "Stalled";
inline constexpr std::string_view kSucceeded = "Succeeded";
inline constexpr std::string_view kProgressing = "Progressing";
inline constexpr std::string_view kProgressingWithRetry = "ProgressingWithRetry";
// Ours: a field that Flux has and taut does not do yet. It is never passed over.
inline constexpr std::string_view kUnsupportedField = "UnsupportedField";

inline Gvk kustomization_gvk() { return {std::string(kKustomizeGroup), "v1", "Kustomization"}; }
inline Gvk helm_release_gvk() { return {std::string(kHelmGroup), "v2", "HelmRelease"}; }
// Argo CD's, for objects that wait for one.
inline Gvk application_gvk() { return {"argoproj.io", "v1alpha1", "Application"}; }
inline Gvk source_gvk(std::string_view kind) { return {std::string(kSourceGroup), "v1", std::string(kind)}; }

// Whether an Application is where it is to be, and well.
inline bool is_settled(const Value& application) {
  const Value& status = application["status"];
  return status["sync"]["status"].as_string() == "Synced" && status["health"]["status"].as_string() == "Healthy";
}

// A source as other objects name it.
struct SourceRef {
  std::string kind;
  std::string ns;
  std::string name;
  // "GitRepository/flux-system/podinfo".
  std::string to_string() const { return kind + '/' + ns + '/' + name; }
  auto operator<=>(const SourceRef&) const = default;
};

}  // namespace taut::flux
