// Globs as envsubst has them: Go's path.Match, but "*" and "?" match slashes too.
#pragma once

#include <optional>
#include <string_view>

namespace taut::envsubst {

// Whether the glob matches the whole text; nothing when the glob is malformed as far as it was looked at.
std::optional<bool> glob_matches(std::string_view glob, std::string_view text);

}  // namespace taut::envsubst
