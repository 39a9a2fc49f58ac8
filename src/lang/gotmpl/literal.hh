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

// strconv.ParseUint and ParseInt with base 0: prefixes 0x 0o 0b and 0, underscores between digits.
std::optional<uint64_t> parse_uint(std::string_view text);
std::optional<int64_t> parse_int(std::string_view text);
// strconv.ParseFloat for what a lexer calls a number; nothing for bad syntax or out of range.
std::optional<double> parse_float(std::string_view text);

// Sets all forms that a number constant has. kInvalid in Go's words.
enum class NumberForm : uint8_t { kPlain, kCharacter, kComplex };
Status read_number(std::string_view text, NumberForm form, NumberNode& node);

}  // namespace taut::gotmpl
