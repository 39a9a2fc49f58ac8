// Regular expressions in the syntax of Go's regexp package, which is RE2's.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.hh"

namespace re2 {
class RE2;
}

namespace taut {

// regexp.Compile. kInvalid in Go's words: "error parsing regexp: missing closing ): `a(`".
Result<std::shared_ptr<const re2::RE2>> compile_go_regexp(std::string_view pattern);

}  // namespace taut
