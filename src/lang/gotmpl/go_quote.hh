// The rarer forms of Go's quoting (strconv); base's `quote` is the common one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taut::gotmpl {

// As `quote`, with all that is not ASCII escaped.
std::string quote_ascii(std::string_view text);
// 'x'; with `ascii` all that is not ASCII escaped. What is no character is U+FFFD.
std::string quote_rune(uint32_t rune, bool ascii);
// Whether the text can stand between backquotes as it is: no control characters but tab, no backquote.
bool can_backquote(std::string_view text);

}  // namespace taut::gotmpl
