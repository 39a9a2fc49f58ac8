// Small verbs on text that the standard library lacks. Bytes, not code points, unless said.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace taut {

// Pieces between separators; "" gives one empty piece, as Go's strings.Split does.
std::vector<std::string_view> split(std::string_view text, char separator);
// At most two pieces: before and after the first separator; false when there is none.
bool cut(std::string_view text, std::string_view separator, std::string_view& before,
         std::string_view& after);
std::string_view trim(std::string_view text);
std::string_view trim_right(std::string_view text, std::string_view characters);
std::string to_lower(std::string_view text);
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);
bool contains(std::string_view text, std::string_view part);
bool valid_utf8(std::string_view text);
// Bytes that are no UTF-8 become U+FFFD each, as Go's JSON encoder has it.
std::string replace_invalid_utf8(std::string_view text);

template <class Range>
std::string join(const Range& parts, std::string_view separator) {
  std::string out;
  bool first = true;
  for (const auto& part : parts) {
    if (!first) out += separator;
    out += part;
    first = false;
  }
  return out;
}

// A Go %q literal: double quotes, with \n, \t, \", \\ and \x.., \u.... or \U........ for what cannot be printed.
std::string quote(std::string_view text);

}  // namespace taut
