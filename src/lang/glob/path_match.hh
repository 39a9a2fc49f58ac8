// Go's path.Match, on "/"-separated paths: the globs of Helm files, ignore files and generators of paths.
#pragma once

#include <string_view>

#include "base/result.hh"

namespace taut {

// Whether the whole name matches: "*" any run without "/", "?" one character but "/", "[a-z]" and "[^a-z]", "\"
// escapes. kInvalid "syntax error in pattern" for a bad pattern, even where it could not match anyway, as Go does.
Result<bool> path_match(std::string_view pattern, std::string_view name);

}  // namespace taut
