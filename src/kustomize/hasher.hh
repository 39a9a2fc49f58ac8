// The suffix that names of generated objects get, so that a change of content is a change of name.
#pragma once

#include <string>

#include "base/result.hh"
#include "kustomize/resource.hh"

namespace taut::kustomize {

// The ten characters for a resource as kustomize 5.8.1 (api/hasher) computes them: of ConfigMaps data and binaryData
// count, of Secrets type, data and stringData; names, labels and annotations never. Of other kinds the
// whole content counts; upstream hashes its YAML nodes with lines and columns there, so those suffixes differ.
// The error is that of values that have no JSON form.
Result<std::string> content_hash(const Resource& resource);

}  // namespace taut::kustomize
