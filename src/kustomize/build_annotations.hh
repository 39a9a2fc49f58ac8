// What upstream notes of a build in annotations of its objects, and taut in fields of a Resource: the names it had, its
// prefixes and suffixes, who refers to it, how it was generated, where it comes from. It shows where patches replace the
// annotations, which takes those notes with it, and in messages that print an object in the middle of a build.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kustomize/resource.hh"

namespace taut::kustomize {

inline constexpr std::string_view kOriginAnnotation = "config.kubernetes.io/origin";
inline constexpr std::string_view kTransformationsAnnotation = "alpha.config.kubernetes.io/transformations";

// The object with those annotations.
Value with_build_annotations(const Resource& resource);
// Takes them out of the object into the fields. For resources that are read.
void absorb_build_annotations(Resource& resource);
// The same for an object that a patch made of `with_build_annotations`: what is no longer there is forgotten. After a
// JSON patch (`json`) upstream sets those of its own domain again, so that only origin and transformations can get lost.
void return_build_annotations(Resource& resource, bool json);

// The text of the annotation; "path: base/x.yaml\n".
std::string origin_text(const Origin& origin);
std::string transformations_text(const std::vector<Origin>& list);

}  // namespace taut::kustomize
