// Standard base64 (RFC 4648, with padding), as Go's encoding/base64.StdEncoding.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taut {

std::string base64_encode(std::string_view bytes);
// By the alphabet for URLs and without padding: Go's base64.RawURLEncoding.
std::string base64_url_encode(std::string_view bytes);
// Nothing when the text is not base64; CR and LF are skipped as Go does.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace taut
