// How a sender proves that it knows the secret. All comparisons take the same time whatever the difference.
#pragma once

#include <string>
#include <string_view>

namespace taut::server {

bool same_secret(std::string_view given, std::string_view wanted);
enum class Digest { kSha1, kSha256, kSha512 };
// Lower-case hex.
std::string hmac_hex(Digest digest, std::string_view key, std::string_view text);
std::string hmac_sha256(std::string_view key, std::string_view text);

}  // namespace taut::server
