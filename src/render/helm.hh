// Charts as sources, with Argo CD's `helm` options.
#pragma once

#include "render/source.hh"

namespace taut::render {

// Renders the chart in the source's folder as Argo CD does with `helm template --include-crds`: releaseName, namespace,
// valueFiles (with globs, `$NAME/path` for other sources, `/path` from the root of the repository), values or
// valuesObject, parameters, fileParameters, ignoreMissingValueFiles, skipCrds, skipTests, skipSchemaValidation,
// kubeVersion, apiVersions, version ("4.1": the output of that helm). Each object names its template as its origin.
// What templates draw at random is drawn anew by every render.
Result<Rendered> render_helm(const RenderInput& input, const Source& source);

}  // namespace taut::render
