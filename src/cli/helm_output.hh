// What helm's commands have in common beside charts and values: files written, and flags that mean nothing here.
#pragma once

#include <string>

#include "cli/flags.hh"
#include "helm/render.hh"

namespace taut::cli {

struct OutputFolder {
  std::string path;
  std::string release;  // a folder in it for all but the definitions of crds/, or ""
};

// What `helm template --output-dir` writes; says "wrote FILE" of each on standard output.
Status write_rendering(const helm::Rendering& rendering, const helm::PrintOptions& options, const OutputFolder& folder);

// Flags of `helm template` that concern an installation. They are taken and have no effect, as with helm.
class IgnoredFlags {
 public:
  void declare(Flags& flags);

 private:
  bool switch_ = false;
  std::string text_;
};

}  // namespace taut::cli
