// Letter case as Go's strings, Masterminds/goutils 1.1.1 and huandu/xstrings 1.5.0 change it.
#pragma once

#include <string>
#include <string_view>

namespace taut::gotmpl {

// strings.ToUpper, strings.ToLower; bytes that are no UTF-8 become U+FFFD.
std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);
// strings.Title: the first letter of each word; "it's" becomes "It'S".
std::string title_case(std::string_view text);
// goutils.Uncapitalize: lower case for the first letter of each word.
std::string untitle_case(std::string_view text);
// goutils.SwapCase: words begin in upper case.
std::string swap_case(std::string_view text);
// xstrings.ToPascalCase: "http_server" becomes "HttpServer".
std::string pascal_case(std::string_view text);
// xstrings.ToSnakeCase ('_') and ToKebabCase ('-'): "HTTP20xOK" becomes "http_20x_ok".
std::string joined_case(std::string_view text, char connector);

}  // namespace taut::gotmpl
