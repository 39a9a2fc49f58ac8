// The errors of templates in the words of Helm, which reads Go's texts and writes them anew (helm 4, engine.go).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taut::gotmpl {

// Of a text that does not parse: "parse error at (FILE:LINE): MESSAGE".
std::string helm_parse_error(std::string_view file, std::string_view error);

// Of a template that fails: a trace, "FILE:LINE:COLUMN", then "  executing NAME at <...>:", then "    MESSAGE", for each
// template on the way. A failure that a function other than include gave stays as Go has it. `said` is what `fail` or
// `required` was given, if one of them failed: "execution error at (FILE:LINE:COLUMN): SAID".
std::string helm_exec_error(std::string_view error, std::optional<std::string_view> said = {});

}  // namespace taut::gotmpl
