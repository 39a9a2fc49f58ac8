// Private keys in the PEM forms that Go's crypto writes and reads. OpenSSL is seen by the .cc files only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hh"

struct evp_pkey_st;

namespace taut::gotmpl {

// For owners of what OpenSSL makes: std::unique_ptr<X509, Free<X509_free>>.
template <auto free_function>
struct Free {
  template <class T>
  void operator()(T* thing) const {
    free_function(thing);
  }
};

struct FreeKey {
  void operator()(evp_pkey_st* key) const;
};
using PrivateKey = std::unique_ptr<evp_pkey_st, FreeKey>;

// An RSA key of so many bits.
Result<PrivateKey> generate_rsa(int bits);
// sprig's genPrivateKey: "" or "rsa" (4096 bits), "dsa", "ecdsa" (P-256), "ed25519". kInvalid "Unknown type x".
Result<PrivateKey> generate_key(std::string_view type);

// PKCS 1, "EC PRIVATE KEY", "DSA PRIVATE KEY", else PKCS 8, as sprig's pemBlockForKey.
Result<std::string> private_key_pem(evp_pkey_st* key);
// sprig's parsePrivateKeyPEM. kInvalid in its words, but for what Go's parsers say of bad bytes.
Result<PrivateKey> parse_private_key(std::string_view pem);

// The first block of a PEM text: its type and bytes; kNotFound if there is none.
struct PemBlock {
  std::string type;
  std::string bytes;
};
Result<PemBlock> decode_pem(std::string_view text);

// What OpenSSL last said went wrong; the queue of errors is empty then.
std::string openssl_fault();

}  // namespace taut::gotmpl
