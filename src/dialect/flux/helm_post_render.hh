// What comes after the templates of a HelmRelease's chart: the patches and images of spec.postRenderers,
// spec.commonMetadata, and the labels that say whose the objects are (helm-controller 1.6, internal/postrender).
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/result.hh"
#include "dialect/flux/helm_release.hh"

namespace taut::flux {

using PostRender = std::function<Status(std::map<std::string, std::string>& files)>;

// Changes rendered files, by path. spec.postRenderStrategy says whether hooks are changed with the rest (combined, which
// is usual), by themselves (separate) or not at all (nohooks). Errors are kustomize's.
PostRender post_renderer(const Value& object, const HelmRelease& read);

// helm.toolkit.fluxcd.io/name and namespace.
void set_origin_labels(Value& object, const HelmRelease& read);

}  // namespace taut::flux
