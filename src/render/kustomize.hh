// Kustomizations as sources, with Argo CD's `kustomize` options.
#pragma once

#include "render/source.hh"

namespace taut::render {

// Builds the source's folder as Argo CD 3.5 does: the options are written into its kustomization as `kustomize edit`
// would, then it is built. `version` chooses between kustomize 5.7 and 5.8; other versions are built as 5.8.
// Objects that a generator made name the kustomization as their origin.
Result<Rendered> render_kustomize(const RenderInput& input, const Source& source);

}  // namespace taut::render
