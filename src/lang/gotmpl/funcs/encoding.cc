// sprig's encodings and sums. What does not decode gives the text of the error, as there.
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <zlib.h>

#include <array>

#include "base/base64.hh"
#include "base/sha256.hh"
#include "lang/gotmpl/funcs/base_n.hh"
#include "lang/gotmpl/funcs/functions.hh"

namespace taut::gotmpl::funcs {

namespace {

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

// By nettle, as in base/sha256.cc: charts that put a checksum into an annotation would pay for OpenSSL's start.
template <class State, size_t kSize>
std::string digest(std::string_view text, void (*init)(State*), void (*update)(State*, size_t, const uint8_t*),
                   void (*finish)(State*, size_t, uint8_t*)) {
  State state;
  std::array<uint8_t, kSize> sum;
  init(&state);
  update(&state, text.size(), reinterpret_cast<const uint8_t*>(text.data()));
  finish(&state, sum.size(), sum.data());
  return hex({reinterpret_cast<const char*>(sum.data()), sum.size()});
}

}  // namespace

Result<Value> base64_encoded(Call& call) { return call.heap.text(base64_encode(call.text(0))); }
Result<Value> base32_encoded(Call& call) { return call.heap.text(base32_encode(call.text(0))); }
Result<Value> base64_decoded(Call& call) {
  auto decoded = base64_decode_or_fault(call.text(0));
  return call.heap.text(decoded ? *decoded : decoded.error().message());
}
Result<Value> base32_decoded(Call& call) {
  auto decoded = base32_decode(call.text(0));
  return call.heap.text(decoded ? *decoded : decoded.error().message());
}

Result<Value> sha1_sum(Call& call) {
  return call.heap.text(
      digest<sha1_ctx, SHA1_DIGEST_SIZE>(call.text(0), nettle_sha1_init, nettle_sha1_update, nettle_sha1_digest));
}
Result<Value> sha256_sum(Call& call) { return call.heap.text(sha256_hex(call.text(0))); }
Result<Value> sha512_sum(Call& call) {
  return call.heap.text(digest<sha512_ctx, SHA512_DIGEST_SIZE>(call.text(0), nettle_sha512_init, nettle_sha512_update,
                                                              nettle_sha512_digest));
}

Result<Value> adler32_sum(Call& call) {
  std::string_view text = call.text(0);
  uLong sum = adler32_z(1, reinterpret_cast<const Bytef*>(text.data()), text.size());
  return call.heap.text(fmt::format("{}", sum));
}

}  // namespace taut::gotmpl::funcs
