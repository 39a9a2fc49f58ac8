// Which changed files concern an Application: its annotation argocd.argoproj.io/manifest-generate-paths.
//
// Mirrors util/app/path of Argo CD 3.5. taut renders by what a render read, so that the annotation is never needed
// to keep a render from being repeated; it tells a webhook which applications to look at.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "value/value.hh"

namespace taut::argo {

inline constexpr std::string_view kGeneratePathsAnnotation = "argocd.argoproj.io/manifest-generate-paths";

// The paths of one of the application's sources: what the annotation names, relative to the source's path or, with a
// leading slash, to the repository; the path alone for a source that a hydrator writes. Empty: any file concerns it.
std::vector<std::string> refresh_paths(const Value& application, const Value& source);

// Whether one of the files is one of the paths, below one, or matches one as a glob. True where either is not known
// (empty).
bool files_concern(std::span<const std::string> paths, std::span<const std::string> changed);

}  // namespace taut::argo
