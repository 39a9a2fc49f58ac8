#include "lang/sops/primitives.hh"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "base/sha256.hh"

namespace taut::sops {
namespace {

using Bytes = const unsigned char*;
using PrivateKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Exchange = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;

Bytes bytes(std::string_view text) { return reinterpret_cast<Bytes>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

PrivateKey private_key_of(std::string_view raw) {
  EVP_PKEY* key = raw.size() == kX25519Bytes ? EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, bytes(raw), raw.size()) : nullptr;
  return {key, EVP_PKEY_free};
}

}  // namespace

std::optional<std::string> x25519(std::string_view private_key, std::string_view public_key) {
  if (public_key.size() != kX25519Bytes) return std::nullopt;
  PrivateKey own = private_key_of(private_key);
  PrivateKey peer(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, bytes(public_key), public_key.size()), EVP_PKEY_free);
  if (!own || !peer) return std::nullopt;
  Exchange exchange(EVP_PKEY_CTX_new(own.get(), nullptr), EVP_PKEY_CTX_free);
  std::string out(kX25519Bytes, '\0');
  size_t size = out.size();
  bool good = exchange && EVP_PKEY_derive_init(exchange.get()) == 1 && EVP_PKEY_derive_set_peer(exchange.get(), peer.get()) == 1 &&
              EVP_PKEY_derive(exchange.get(), bytes(out), &size) == 1 && size == out.size();
  return good ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<std::string> x25519_public(std::string_view private_key) {
  PrivateKey own = private_key_of(private_key);
  std::string out(kX25519Bytes, '\0');
  size_t size = out.size();
  if (!own || EVP_PKEY_get_raw_public_key(own.get(), bytes(out), &size) != 1) return std::nullopt;
  return out;
}

// RFC 5869 with one block of output.
std::string hkdf_sha256(std::string_view secret, std::string_view salt, std::string_view info) {
  std::string zeros(32, '\0');
  std::string extracted = hmac_sha256(salt.empty() ? zeros : salt, secret);
  return hmac_sha256(extracted, std::string(info) + '\x01');
}

bool same_bytes(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string sha512_hex(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha512(), nullptr);
  std::string out;
  for (unsigned i = 0; i < size; ++i) fmt::format_to(std::back_inserter(out), "{:02X}", digest[i]);
  return out;
}

std::optional<std::string> open_sealed(Aead kind, std::string_view key, std::string_view nonce, std::string_view text,
                                       std::string_view tag, std::string_view with) {
  constexpr size_t kLongestNonce = 128;
  if (key.size() != 32 || tag.size() != kTagBytes || nonce.empty() || nonce.size() > kLongestNonce) return std::nullopt;
  const EVP_CIPHER* cipher = kind == Aead::kAes256Gcm ? EVP_aes_256_gcm() : EVP_chacha20_poly1305();
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  EVP_CIPHER_CTX* on = context.get();
  std::string seal(tag), out(text.size() + 16, '\0');
  int size = 0, rest = 0;
  bool good = on != nullptr && EVP_DecryptInit_ex(on, cipher, nullptr, nullptr, nullptr) == 1 &&
              EVP_CIPHER_CTX_ctrl(on, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(nonce.size()), nullptr) == 1 &&
              EVP_DecryptInit_ex(on, nullptr, nullptr, bytes(key), bytes(nonce)) == 1 &&
              (with.empty() || EVP_DecryptUpdate(on, nullptr, &size, bytes(with), static_cast<int>(with.size())) == 1) &&
              EVP_DecryptUpdate(on, bytes(out), &size, bytes(text), static_cast<int>(text.size())) == 1 &&
              EVP_CIPHER_CTX_ctrl(on, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(seal.size()), seal.data()) == 1 &&
              EVP_DecryptFinal_ex(on, bytes(out) + size, &rest) == 1;
  if (!good) return std::nullopt;
  out.resize(static_cast<size_t>(size) + static_cast<size_t>(rest));
  return out;
}

}  // namespace taut::sops
