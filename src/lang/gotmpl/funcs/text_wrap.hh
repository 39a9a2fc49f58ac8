// Texts made to fit a width, as Masterminds/goutils 1.1.1 does it. Widths count bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taut::gotmpl {

// WrapCustom: a line break in place of the last blank that fits. Words that are too long are broken if `break_words`,
// else they stand alone on their line.
std::string wrap_text(std::string_view text, int64_t width, std::string_view line_break, bool break_words);

// sprig's abbrev and abbrevboth: "..." for what is cut off at the end, or at both ends.
std::string abbreviate(std::string_view text, int64_t width);
std::string abbreviate_both(std::string_view text, int64_t offset, int64_t width);

// goutils.DeleteWhiteSpace and Initials. They take each byte for a character of Latin-1, so that other letters than
// ASCII's are mangled as soon as something is deleted.
std::string delete_white_space(std::string_view text);
std::string initials(std::string_view text);

}  // namespace taut::gotmpl
