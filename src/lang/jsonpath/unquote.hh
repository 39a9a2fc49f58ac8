// Quoted texts, as strconv.UnquoteChar reads their characters.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taut::jsonpath {

// A text in double or single quotes, which are part of it; nothing for bad syntax.
std::optional<std::string> unquote_extended(std::string_view text);

}  // namespace taut::jsonpath
