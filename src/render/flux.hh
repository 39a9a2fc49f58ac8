// What Flux's kustomize-controller builds of a folder.
#pragma once

#include "render/source.hh"

namespace taut::render {

// `source.parameters` holds "flux", the spec of a Kustomization, and "variables", a list of maps: the data of the
// ConfigMaps and Secrets that its substituteFrom names, in their order. kNotFound: "kustomization path not found: ...",
// else the errors of kustomize::build_flux after "kustomize build failed: ".
Result<Rendered> render_flux(const RenderInput& input, const Source& source);

}  // namespace taut::render
