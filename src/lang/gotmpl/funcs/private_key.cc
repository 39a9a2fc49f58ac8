#include "lang/gotmpl/funcs/private_key.hh"

#include <openssl/bio.h>
#include <openssl/dsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace taut::gotmpl {

namespace {

using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;

Bio reading(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Result<PrivateKey> made(EVP_PKEY* key) {
  if (key == nullptr) return fail(Code::kInternal, "failed to generate private key: {}", openssl_fault());
  return PrivateKey(key);
}

// FIPS 186-4 with 2048 and 256 bits.
Result<PrivateKey> generate_dsa() {
  KeyContext maker(EVP_PKEY_CTX_new_id(EVP_PKEY_DSA, nullptr));
  EVP_PKEY* parameters = nullptr;
  bool good = maker && EVP_PKEY_paramgen_init(maker.get()) == 1 &&
              EVP_PKEY_CTX_set_dsa_paramgen_bits(maker.get(), 2048) == 1 &&
              EVP_PKEY_CTX_set_dsa_paramgen_q_bits(maker.get(), 256) == 1 &&
              EVP_PKEY_paramgen(maker.get(), &parameters) == 1;
  if (!good) return fail(Code::kInternal, "failed to generate dsa params: {}", openssl_fault());
  PrivateKey kept(parameters);
  KeyContext context(EVP_PKEY_CTX_new(parameters, nullptr));
  EVP_PKEY* key = nullptr;
  if (context && EVP_PKEY_keygen_init(context.get()) == 1) EVP_PKEY_keygen(context.get(), &key);
  return made(key);
}

}  // namespace

void FreeKey::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

std::string openssl_fault() {
  unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "unknown" : reason;
}

Result<PrivateKey> generate_rsa(int bits) { return made(EVP_RSA_gen(static_cast<unsigned>(bits))); }

Result<PrivateKey> generate_key(std::string_view type) {
  if (type.empty() || type == "rsa") return generate_rsa(4096);
  if (type == "dsa") return generate_dsa();
  if (type == "ecdsa") return made(EVP_EC_gen("P-256"));
  if (type == "ed25519") return made(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  return fail(Code::kInvalid, "Unknown type {}", type);
}

Result<std::string> private_key_pem(evp_pkey_st* key) {
  Bio out(BIO_new(BIO_s_mem()));
  int kind = EVP_PKEY_get_base_id(key);
  bool traditional = kind == EVP_PKEY_RSA || kind == EVP_PKEY_EC || kind == EVP_PKEY_DSA;
  int written = traditional
                    ? PEM_write_bio_PrivateKey_traditional(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr)
                    : PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  if (written != 1) return fail(Code::kInternal, "error pem-encoding key: {}", openssl_fault());
  char* data = nullptr;
  long size = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

Result<PemBlock> decode_pem(std::string_view text) {
  Bio in = reading(text);
  char *name = nullptr, *header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  if (PEM_read_bio(in.get(), &name, &header, &data, &size) != 1) {
    ERR_clear_error();
    return fail(Code::kNotFound, "no PEM data in input");
  }
  PemBlock out{name, std::string(reinterpret_cast<const char*>(data), static_cast<size_t>(size))};
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_free(data);
  return out;
}

Result<PrivateKey> parse_private_key(std::string_view pem) {
  TAUT_ASSIGN(PemBlock block, decode_pem(pem));
  constexpr std::string_view kSuffix = " PRIVATE KEY";
  bool pkcs8 = block.type == "PRIVATE KEY";
  if (!pkcs8 && !std::string_view(block.type).ends_with(kSuffix))
    return fail(Code::kInvalid, "no private key data in PEM block of type {}", block.type);
  std::string kind = pkcs8 ? "" : block.type.substr(0, block.type.size() - kSuffix.size());
  int id = kind == "RSA" ? EVP_PKEY_RSA : kind == "EC" ? EVP_PKEY_EC : kind == "DSA" ? EVP_PKEY_DSA : EVP_PKEY_NONE;
  if (!pkcs8 && id == EVP_PKEY_NONE) return fail(Code::kInvalid, "invalid private key type {}", block.type);
  const auto* data = reinterpret_cast<const unsigned char*>(block.bytes.data());
  auto size = static_cast<long>(block.bytes.size());
  EVP_PKEY* key = pkcs8 ? d2i_AutoPrivateKey(nullptr, &data, size) : d2i_PrivateKey(id, nullptr, &data, size);
  if (key == nullptr) {
    if (pkcs8) return fail(Code::kInvalid, "decoding PEM as PKCS#8: {}", openssl_fault());
    return fail(Code::kInvalid, "parsing {} private key from PEM: {}", kind, openssl_fault());
  }
  return PrivateKey(key);
}

}  // namespace taut::gotmpl
