#include "lang/sshsig/public_key.hh"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

#include "base/base64.hh"

namespace taut::sshsig {
namespace {

constexpr int kLeastRsaBits = 2048;
constexpr int kMostRsaBits = 16384;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

enum Tag : uint8_t { kInteger = 0x02, kBits = 0x03, kSequence = 0x30 };

std::string der(Tag tag, std::string_view content) {
  std::string out(1, static_cast<char>(tag));
  if (content.size() < 0x80) {
    out += static_cast<char>(content.size());
  } else {
    std::string size;
    for (size_t rest = content.size(); rest > 0; rest >>= 8) size.insert(size.begin(), static_cast<char>(rest & 0xff));
    out += static_cast<char>(0x80 | size.size());
    out += size;
  }
  return out.append(content);
}

// The algorithm, as X.509 writes it with its tags, and the key's bits.
std::string public_key_info(std::string_view algorithm, std::string_view bits) {
  return der(kSequence, der(kSequence, algorithm) + der(kBits, std::string(1, '\0').append(bits)));
}

using namespace std::string_view_literals;
constexpr std::string_view kEd25519 = "\x06\x03\x2b\x65\x70"sv;
constexpr std::string_view kRsa = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"sv;
constexpr std::string_view kCurveKey = "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"sv;

struct Curve {
  std::string_view name;   // in "ecdsa-sha2-<name>"
  std::string_view object;
  const EVP_MD* (*hash)();
};
constexpr std::array<Curve, 3> kCurves = {{{"nistp256", "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"sv, [] { return EVP_sha256(); }},
                                           {"nistp384", "\x06\x05\x2b\x81\x04\x00\x22"sv, [] { return EVP_sha384(); }},
                                           {"nistp521", "\x06\x05\x2b\x81\x04\x00\x23"sv, [] { return EVP_sha512(); }}}};

const Curve* curve_of(std::string_view type) {
  for (const Curve& curve : kCurves)
    if (type.starts_with("ecdsa-sha2-") && type.substr(11) == curve.name) return &curve;
  return nullptr;
}

Key decode(const std::string& info) {
  auto* begin = reinterpret_cast<const unsigned char*>(info.data());
  return Key(d2i_PUBKEY(nullptr, &begin, static_cast<long>(info.size())));
}

struct PublicKey {
  std::string_view type;
  const Curve* curve = nullptr;
  Key key;
};

PublicKey read_key(std::string_view blob) {
  Wire wire(blob);
  PublicKey out;
  auto type = wire.text();
  if (!type) return out;
  out.type = *type;
  out.curve = curve_of(*type);
  auto first = wire.text();
  if (!first) return out;
  if (out.type == "ssh-ed25519") {
    if (first->size() == 32 && wire.at_end()) out.key = decode(public_key_info(kEd25519, *first));
  } else if (out.curve != nullptr) {
    auto point = wire.text();
    if (point && *first == out.curve->name && wire.at_end()) out.key = decode(public_key_info(std::string(kCurveKey).append(out.curve->object), *point));
  } else if (out.type == "ssh-rsa") {
    auto modulus = wire.text();
    if (!modulus || modulus->size() > kMostRsaBits / 8 + 1 || first->size() > 8 || !wire.at_end()) return out;
    out.key = decode(public_key_info(kRsa, der(kSequence, der(kInteger, *modulus) + der(kInteger, *first))));
    if (out.key && EVP_PKEY_bits(out.key.get()) < kLeastRsaBits) out.key.reset();
  }
  return out;
}

bool verify(EVP_PKEY* key, const EVP_MD* hash, std::string_view signature, std::string_view bytes) {
  Context context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key) != 1) return false;
  return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1;
}

// Two numbers, which X.509 has in a sequence.
std::string curve_signature(std::string_view bytes) {
  Wire wire(bytes);
  auto r = wire.text(), s = wire.text();
  return r && s && wire.at_end() ? der(kSequence, der(kInteger, *r) + der(kInteger, *s)) : std::string();
}

}  // namespace

std::optional<uint32_t> Wire::number() {
  if (rest_.size() < 4) return std::nullopt;
  uint32_t out = 0;
  for (int i = 0; i < 4; ++i) out = out << 8 | static_cast<unsigned char>(rest_[static_cast<size_t>(i)]);
  rest_.remove_prefix(4);
  return out;
}

std::optional<std::string_view> Wire::text() {
  auto size = number();
  if (!size || *size > rest_.size()) return std::nullopt;
  std::string_view out = rest_.substr(0, *size);
  rest_.remove_prefix(*size);
  return out;
}

std::string wired(std::string_view text) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(text.size() >> shift & 0xff);
  return out.append(text);
}

std::optional<std::string> digest(std::string_view algorithm, std::string_view bytes) {
  const EVP_MD* kind = algorithm == "sha256" ? EVP_sha256() : algorithm == "sha512" ? EVP_sha512() : nullptr;
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned size = 0;
  if (kind == nullptr || EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, kind, nullptr) != 1) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(out.data()), size);
}

std::string fingerprint(std::string_view blob) {
  std::string text = base64_encode(*digest("sha256", blob));
  while (text.ends_with('=')) text.pop_back();
  return "SHA256:" + text;
}


bool has_signed(std::string_view blob, std::string_view signature, std::string_view bytes) {
  PublicKey key = read_key(blob);
  Wire wire(signature);
  auto algorithm = wire.text(), made = wire.text();
  if (!key.key || !algorithm || !made || !wire.at_end()) return false;
  if (key.type == "ssh-rsa") {
    const EVP_MD* hash = *algorithm == "rsa-sha2-256" ? EVP_sha256() : *algorithm == "rsa-sha2-512" ? EVP_sha512() : nullptr;
    return hash != nullptr && verify(key.key.get(), hash, *made, bytes);
  }
  if (*algorithm != key.type) return false;
  if (key.curve != nullptr) return verify(key.key.get(), key.curve->hash(), curve_signature(*made), bytes);
  return verify(key.key.get(), nullptr, *made, bytes);
}

}  // namespace taut::sshsig
