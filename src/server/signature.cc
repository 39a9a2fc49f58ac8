#include "server/signature.hh"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace taut::server {

std::string hmac_hex(Digest digest, std::string_view key, std::string_view text) {
  const EVP_MD* kind = digest == Digest::kSha1 ? EVP_sha1() : digest == Digest::kSha256 ? EVP_sha256() : EVP_sha512();
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(kind, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes, &size);
  std::string out;
  for (unsigned i = 0; i < size; ++i) out += fmt::format("{:02x}", bytes[i]);
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view text) { return hmac_hex(Digest::kSha256, key, text); }

// Digests are compared, so that not even the length shows.
bool same_secret(std::string_view given, std::string_view wanted) {
  std::string a = hmac_sha256("compare", given), b = hmac_sha256("compare", wanted);
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace taut::server
