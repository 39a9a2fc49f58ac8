// Fields as people write them, and their places in files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "kustomize/trail.hh"
#include "tree/tree.hh"

namespace taut::kustomize {

// The parts of a field path, as field_path.hh has them: from ".a.b[0].c", "a.b.0.c", `a["x/y"]`, "a[name=web]" or a JSON
// pointer.
Result<std::vector<std::string>> parse_field(std::string_view text);

// The path with indices of items that have a name replaced by "[name=...]".
std::vector<std::string> follow_by_name(const Value& object, std::vector<std::string> path);

// ".a.b[0].c"
std::string field_text(const std::vector<std::string>& path);

// The line at which the cause speaks of the field: of the object in its file, of the patch's field or operation; the
// cause's own line where that cannot be told.
uint32_t line_of(const Tree& tree, const Cause& cause, const std::vector<std::string>& path);

}  // namespace taut::kustomize
