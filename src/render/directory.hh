// Plain manifests in a folder, as Argo CD's directory sources.
#pragma once

#include "render/source.hh"

namespace taut::render {

// Reads `directory.recurse`, `include`, `exclude` (globs over the path below the source's; `*` crosses "/"),
// `disableExtensionFilter`. Files are taken in the order of their paths, folder by folder; symlinks to files are
// followed, those to folders are not. Files that hold "+argocd:skip-file-rendering" are left out.
Result<Rendered> render_directory(const RenderInput& input, const Source& source);

}  // namespace taut::render
