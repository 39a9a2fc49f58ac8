// The charts of a kustomization, rendered by the Helm engine.
#pragma once

#include "kustomize/options.hh"
#include "lang/gotmpl/execution.hh"
#include "render/render.hh"

namespace taut::render {

// What `helmCharts` asks for: `helm template` of a chart that lies in the kustomization's chartHome ("charts"), with
// its values files and valuesInline merged as valuesMerge says. Mirrors HelmChartInflationGenerator of kustomize 5.8.1.
// A chart that is not there is pulled from its `repo` through `charts`, which must outlive the function; without it such a
// chart is kUnsupported. `environment`: what templates may ask for.
kustomize::RenderHelm chart_renderer(gotmpl::Environment environment, RemoteCharts* charts = nullptr);

}  // namespace taut::render
