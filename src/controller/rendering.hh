// The renderer of a controller: the memo that all applications share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controller/controller.hh"
#include "render/memo.hh"

namespace taut::controller {

struct RenderFacts {
  std::string kube_version;               // "1.36.1"
  std::vector<std::string> api_versions;  // "apps/v1", "apps/v1/Deployment"
};

// What charts may ask about the cluster.
RenderFacts render_facts(const Discovery& discovery);

// Thread-safe. Results are shared between applications and commits that read the same files. `repositories`, where
// given, are asked for the charts, repositories and files that what is in Git names; they must outlive the function.
RenderFunction make_renderer(std::shared_ptr<render::Memo> memo, RenderFacts facts, Repositories* repositories = nullptr);

}  // namespace taut::controller
