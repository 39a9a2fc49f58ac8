// --post-renderer of `taut helm template`, `install` and `upgrade`: helm 4 takes the name of a plugin there.
#pragma once

#include <string>
#include <vector>

#include "base/result.hh"
#include "cli/flags.hh"

namespace taut::cli {

class PostRendererFlag {
 public:
  void declare(Flags& flags);

  // Without the flag: success. Helm's "plugin: ... not found" where there is none of that name in the folders of
  // HELM_PLUGINS; kUnsupported where there is one, since taut runs no plugins.
  Status check() const;

 private:
  std::vector<std::string> names_, arguments_;
};

}  // namespace taut::cli
