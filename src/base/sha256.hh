// SHA-256, as digests of charts, archives and images name content.
#pragma once

#include <string>
#include <string_view>

namespace taut {

// In lower-case hex.
std::string sha256_hex(std::string_view bytes);
// "sha256:" and the hex.
std::string sha256_digest(std::string_view bytes);

}  // namespace taut
