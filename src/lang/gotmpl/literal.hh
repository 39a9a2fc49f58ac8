// Go's literals, as strconv reads them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hh"
#include "lang/gotmpl/node.hh"

namespace taut::gotmpl {

// strconv.Unquote of a "..." or `...` literal; nothing for bad syntax.
std::optional<std::string> unquote(std::string_view literal);

// Sets all forms that a number constant has. kInvalid in Go's words.
enum class NumberForm : uint8_t { kPlain, kCharacter, kComplex };
Status read_number(std::string_view text, NumberForm form, NumberNode& node);

}  // namespace taut::gotmpl
