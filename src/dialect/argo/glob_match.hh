// Glob patterns as AppProject uses them.
#pragma once

#include <string_view>

namespace taut::argo {

// `*` any text without a separator, `**` any text, `?` one character, `[abc]`, `[!a-z]`, `{a,b}`, `\` escapes.
bool glob_match(std::string_view pattern, std::string_view text, std::string_view separators);

}  // namespace taut::argo
