// Drift of a release: what the cluster has otherwise than the release says, and its correction (helm-controller 1.6,
// internal/action/diff.go; fluxcd/pkg/ssa/jsondiff).
#pragma once

#include <string>
#include <vector>

#include "release/resources.hh"

namespace taut::flux {

struct Drift {
  enum class Kind : uint8_t { kNone, kRemoved, kChanged, kExcluded };
  Kind kind = Kind::kNone;
  release::Resource resource;  // as it is to be
  Value patch = Value::list(); // kChanged: a JSON patch of the live object
};

// Whether anything is removed or changed.
bool has_drifted(const std::vector<Drift>& drifts);

// What a server-side apply by helm would change, asked of the server without changing anything. Objects that bear
// helm.toolkit.fluxcd.io/driftDetection: disabled, as a label or an annotation, are left out, as are fields that a rule
// of `ignore` (spec.driftDetection.ignore) names. An object that cannot be asked for goes to `problems`, the others are
// compared all the same. The error is of a rule or of the whole manifest.
Result<std::vector<Drift>> find_drift(release::Run& run, const release::Release& release, const Value& ignore,
                                      std::vector<std::string>& problems);

// "Deployment/default/web changed (0 additions, 1 changes, 0 removals)", a line each.
std::string describe_drift(const std::vector<Drift>& drifts);

struct Corrected {
  std::vector<std::string> done;      // "Deployment/default/web configured"
  std::vector<std::string> problems;  // "Deployment/default/web patch failure: ..."
};
// Creates what is gone, then patches what is changed.
Corrected correct_drift(release::Run& run, const std::vector<Drift>& drifts);

}  // namespace taut::flux
