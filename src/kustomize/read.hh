// Files to resources, as kyaml's ByteReader and kustomize's resource factory read them.
#pragma once

#include <string_view>
#include <vector>

#include "kustomize/resource.hh"

namespace taut::kustomize {

// All resources of a text: documents split at lines that start with "---", Lists taken apart, empty documents left
// out. Errors have the place in the text and kyaml's words: "MalformedYAMLError: yaml: line 3: ...", "missing
// metadata.name in object {{v1 ConfigMap} {{ } map[] map[]}}".
Result<std::vector<Resource>> read_resources(std::string_view text);
// The same of strategic merge patches: of a key that stands twice in a map the first counts, as upstream looks it up.
Result<std::vector<Resource>> read_patches(std::string_view text);

// Refuses what has no kind or name, as kyaml does.
Status check_meta(const Value& object);

// The error of a file: what upstream adds to messages about YAML.
Error with_file(Error error, std::string_view path);

}  // namespace taut::kustomize
