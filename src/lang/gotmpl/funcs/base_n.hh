// base32, and base64 with the place of a fault, as Go's encoding packages have them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hh"

namespace taut::gotmpl {

// kInvalid "illegal base64 data at input byte 4".
Result<std::string> base64_decode_or_fault(std::string_view text);

std::string base32_encode(std::string_view bytes);
// kInvalid "illegal base32 data at input byte 4".
Result<std::string> base32_decode(std::string_view text);

}  // namespace taut::gotmpl
