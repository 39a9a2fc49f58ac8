// One manifest file to objects, with the rules and words of Argo CD's repo server.
#pragma once

#include <string_view>

#include "render/render.hh"

namespace taut::render {

// The objects of a .yaml or .yml file: all its documents, empty ones left out, Lists taken apart. A file that
// cannot be read as objects and does not look like one (it lacks "apiVersion:", "kind:" or "metadata:") is some
// other YAML and gives none, with a warning; otherwise kInvalid with the place.
Result<std::vector<RenderedObject>> read_yaml_manifests(std::string_view path, std::string_view text,
                                                        std::vector<Warning>& warnings);

// The object of a .json file: exactly one. A JSON document without a kind is some other JSON and gives none, with a
// warning.
Result<std::vector<RenderedObject>> read_json_manifests(std::string_view path, std::string_view text,
                                                        std::vector<Warning>& warnings);

}  // namespace taut::render
