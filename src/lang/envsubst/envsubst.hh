// Variable substitution as Flux does it after a build: ${name}, with the operators of a shell.
//
//   ${v}              the value                       ${v:n} ${v:n:len}   a part of it, by bytes; n may be negative
//   ${#v}             its length in bytes             ${v#g} ${v##g}      without the shortest, longest start that
//   ${v^} ${v^^}      first letter, all in capitals                       the glob g matches
//   ${v,} ${v,,}      in small letters                ${v%g} ${v%%g}      the same at the end
//   ${v=d} ${v:=d} ${v:-d} ${v:?d} ${v:+d}            d where v is empty or not set
//   ${v/a/b} ${v//a/b} ${v/#a/b} ${v/%a/b}            b for the first, every, a leading, a trailing a (plain text)
//   $$                a dollar sign
//
// Arguments may hold ${...} again. Mirrors github.com/fluxcd/pkg/envsubst 1.7.0 with its peculiarities: ${v-d} is
// an error, and arguments are evaluated whether they are needed or not.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hh"

namespace taut::envsubst {

// The value of a variable; nothing when it is not set, which only the operators with a default accept. To be
// lenient, answer "" instead.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

// The text with its variables replaced. kInvalid with the library's words: "missing closing brace", "bad
// substitution", "unable to parse variable name", `variable not set (strict mode): "x"`; and for parts that are out
// of range, where the library crashes. Values are never in errors.
Result<std::string> substitute(std::string_view text, const Lookup& lookup);

}  // namespace taut::envsubst
