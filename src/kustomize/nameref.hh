// Name references: fields that hold the name of another object of the build follow its changes of name.
#pragma once

#include <vector>

#include "kustomize/config.hh"
#include "kustomize/resmap.hh"

namespace taut::kustomize {

// Mirrors kustomize 5.8.1 (api/internal/accumulator/namereferencetransformer.go, api/filters/nameref), with candidates
// found by name, so that the time is linear in the number of resources. The error: a name that several objects had.
Status fix_name_references(ResMap& map, const std::vector<NameReference>& references);

}  // namespace taut::kustomize
