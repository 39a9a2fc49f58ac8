// Applying a strategic merge patch to resources of a build. Mirrors Resource.ApplySmPatch and ResMap.ApplySmPatch of
// kustomize 5.8.1.
#pragma once

#include <string>
#include <vector>

#include "kustomize/resmap.hh"

namespace taut::kustomize {

// The positions that a selector ({group, version, kind, name, namespace, labelSelector, annotationSelector}) selects.
Result<std::vector<size_t>> select(const ResMap& map, const Value& target);

// Merges a patch into one resource. Kind, name and namespace stay unless the patch may change them. The resource is
// empty afterwards if the patch deleted it.
Status apply_strategic(Resource& resource, const Resource& patch);

// Merges a patch into each selected resource, whatever the patch's own id is, and drops what it deleted.
Status apply_to_selected(ResMap& map, const std::vector<size_t>& selected, const Resource& patch);

// What upstream says of a text that is no list of operations: with "decoding ...: " once it is JSON.
std::string decoding_message(const std::string& text, const Error& error);

}  // namespace taut::kustomize
