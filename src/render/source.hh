// What kind of source a folder is, and the parameters it is rendered with.
#pragma once

#include "render/render.hh"

namespace taut::render {

struct Source {
  SourceType type = SourceType::kDirectory;
  std::string path;  // clean
  Value parameters;  // the Application's source with the repository's own overrides merged in
};

// Merges `.argocd-source.yaml` and `.argocd-source-NAME.yaml`, as Argo CD's repo server does: only the tools'
// blocks count. Then the type: the block that is set (kInvalid when several are), or by the files of the folder:
// kustomization.yaml, kustomization.yml or Kustomization, else Chart.yaml, else a plain directory.
Result<Source> find_source(const RenderInput& input);

}  // namespace taut::render
