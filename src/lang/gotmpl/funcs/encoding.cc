// sprig's encodings and sums. What does not decode gives the text of the error, as there.
#include <openssl/evp.h>
#include <zlib.h>

#include "base/base64.hh"
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

Result<Value> digest(Call& call, const EVP_MD* method) {
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  std::string_view text = call.text(0);
  if (EVP_Digest(text.data(), text.size(), sum, &size, method, nullptr) != 1)
    return fail(Code::kInternal, "digest failed");
  return call.heap.text(hex({reinterpret_cast<const char*>(sum), size}));
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

Result<Value> sha1_sum(Call& call) { return digest(call, EVP_sha1()); }
Result<Value> sha256_sum(Call& call) { return digest(call, EVP_sha256()); }
Result<Value> sha512_sum(Call& call) { return digest(call, EVP_sha512()); }

Result<Value> adler32_sum(Call& call) {
  std::string_view text = call.text(0);
  uLong sum = adler32_z(1, reinterpret_cast<const Bytef*>(text.data()), text.size());
  return call.heap.text(fmt::format("{}", sum));
}

}  // namespace taut::gotmpl::funcs
