// The charts of a kustomization, rendered by the Helm engine.
#pragma once

#include "kustomize/options.hh"
#include "lang/gotmpl/execution.hh"

namespace taut::render {

// What `helmCharts` asks for: `helm template` of a chart that lies in the kustomization's chartHome ("charts"), with
// its values files and valuesInline merged as valuesMerge says. Mirrors HelmChartInflationGenerator of kustomize 5.8.1.
// Charts are not pulled: kUnsupported for one that is not there. `environment`: what templates may ask for.
kustomize::RenderHelm chart_renderer(gotmpl::Environment environment);

}  // namespace taut::render
