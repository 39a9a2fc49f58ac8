// The cryptography that age and SOPS are made of, from OpenSSL. What cannot be opened is nothing, never a reason: all
// that there is to know is that key, text and tag do not belong together.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taut::sops {

inline constexpr size_t kX25519Bytes = 32;
inline constexpr size_t kTagBytes = 16;

// The shared secret of a private and a public key, 32 bytes each; nothing for keys that lead to zero.
std::optional<std::string> x25519(std::string_view private_key, std::string_view public_key);
std::optional<std::string> x25519_public(std::string_view private_key);

// 32 bytes.
std::string hkdf_sha256(std::string_view secret, std::string_view salt, std::string_view info);
bool same_bytes(std::string_view a, std::string_view b);
// SHA-512 in upper-case hex.
std::string sha512_hex(std::string_view text);

enum class Aead { kAes256Gcm, kChaCha20Poly1305 };
std::optional<std::string> open_sealed(Aead kind, std::string_view key, std::string_view nonce, std::string_view text,
                                       std::string_view tag, std::string_view with = {});

}  // namespace taut::sops
