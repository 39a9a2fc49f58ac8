// --post-renderer of `taut helm template`, `install` and `upgrade`: a folder with a kustomization, which runs in process.
// helm 4 takes the name of a plugin there.
#pragma once

#include <string>
#include <vector>

#include "base/result.hh"
#include "cli/flags.hh"
#include "render/post_render.hh"

namespace taut::cli {

class PostRendererFlag {
 public:
  void declare(Flags& flags);

  // Empty without the flag. Helm's "plugin: ... not found" for what is neither a folder nor a plugin in the folders of
  // HELM_PLUGINS; kUnsupported for a plugin, since taut runs none. --post-renderer-args may name the file that the
  // kustomization reads the chart's objects from.
  Result<render::PostRenderer> get() const;

 private:
  std::vector<std::string> names_, arguments_;
};

}  // namespace taut::cli
