// What renders take from elsewhere, through the port to repositories: charts that charts and kustomizations name, and the
// repositories and files that kustomizations name.
#pragma once

#include <memory>

#include "kustomize/remote.hh"
#include "port/repositories.hh"
#include "render/render.hh"

namespace taut::controller {

// Both ask `repositories`, which must outlive them, and are thread-safe.
std::shared_ptr<render::RemoteCharts> remote_charts(Repositories& repositories);

// Refs and files are taken to be as they were for two minutes. `local`: repositories on this machine ("file://...") may be
// named; otherwise they are kForbidden.
std::unique_ptr<kustomize::Remotes> remote_bases(Repositories& repositories, bool local);

}  // namespace taut::controller
