// What Flux's kustomize-controller builds of a folder.
#pragma once

#include "render/source.hh"

namespace taut::render {

// `source.parameters` holds "flux", the spec of a Kustomization, and "variables", a list of maps: the data of the
// ConfigMaps and Secrets that its substituteFrom names, in their order; "decryption" the "name" and "data" of the Secret
// that its decryption names. kNotFound: "kustomization path not found: ..."; kInvalid: "failed to import 'a.agekey' data
// from sops decryption Secret ..."; else the errors of kustomize::build_flux, those
// of the build itself after "kustomize build failed: ".
Result<Rendered> render_flux(const RenderInput& input, const Source& source);

}  // namespace taut::render
