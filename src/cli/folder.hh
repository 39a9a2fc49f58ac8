// A local folder as a source, with the flags that choose what of it counts.
#pragma once

#include <string>

#include "cli/flags.hh"
#include "render/render.hh"

namespace taut::cli {

struct FolderSource {
  bool recurse = false;
  std::string include;
  std::string exclude;

  void declare(Flags& flags);
  // What the folder renders to. Warnings go to standard error. kNotFound when it is not there.
  Result<render::Rendered> render(const std::string& folder) const;
};

}  // namespace taut::cli
