// SHA-256, as digests of charts, archives and images name content, and as requests are signed.
#pragma once

#include <string>
#include <string_view>

namespace taut {

// In lower-case hex.
std::string sha256_hex(std::string_view bytes);
// HMAC with SHA-256: 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view bytes);
// "sha256:" and the hex.
std::string sha256_digest(std::string_view bytes);

}  // namespace taut
