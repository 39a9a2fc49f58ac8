#include "base/sha256.hh"

#include <nettle/hmac.h>
#include <nettle/sha2.h>

#include <array>

// Nettle's short names for its own.
#undef hmac_sha256_digest
#undef sha256_digest

namespace taut {
namespace {

const uint8_t* octets(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }

}  // namespace

// By nettle: of OpenSSL only the start would cost more than most renders.
std::string sha256_hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<uint8_t, SHA256_DIGEST_SIZE> digest;
  sha256_ctx state;
  nettle_sha256_init(&state);
  nettle_sha256_update(&state, bytes.size(), octets(bytes));
  nettle_sha256_digest(&state, digest.size(), digest.data());
  std::string out;
  out.reserve(2 * digest.size());
  for (uint8_t byte : digest) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::array<uint8_t, SHA256_DIGEST_SIZE> digest;
  hmac_sha256_ctx state;
  nettle_hmac_sha256_set_key(&state, key.size(), octets(key));
  nettle_hmac_sha256_update(&state, bytes.size(), octets(bytes));
  nettle_hmac_sha256_digest(&state, digest.size(), digest.data());
  return {digest.begin(), digest.end()};
}

std::string sha256_digest(std::string_view bytes) { return "sha256:" + sha256_hex(bytes); }

}  // namespace taut
