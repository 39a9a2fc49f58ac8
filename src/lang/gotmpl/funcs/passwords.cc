// sprig crypto.go: what is derived from passwords or encrypted with them.
#include <crypt.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/base64.hh"
#include "base/strings.hh"
#include "lang/gotmpl/funcs/base_n.hh"
#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/random.hh"
#include "lang/gotmpl/funcs/support.hh"

namespace taut::gotmpl::funcs {

namespace {

using Bytes = std::basic_string<unsigned char>;

constexpr size_t kBlock = 16;  // of AES
constexpr uint64_t kWorkOfHash = 30'000'000, kWorkOfDerivation = 60'000'000;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
std::string_view text_of_bytes(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Go's bcrypt.GenerateFromPassword with its default cost; the text of the error if it fails.
Result<std::string> bcrypt_text(Call& call, std::string_view password) {
  constexpr std::string_view kFailed = "failed to encrypt string with bcrypt: ";
  call.heap.work(kWorkOfHash);
  if (password.size() > 72) return fmt::format("{}bcrypt: password length exceeds 72 bytes", kFailed);
  if (taut::contains(password, std::string_view("\0", 1))) return fmt::format("{}password holds a NUL byte", kFailed);
  std::array<uint8_t, 16> salt;
  TAUT_TRY(fill_random(call, salt));
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  if (crypt_gensalt_rn("$2a$", 10, reinterpret_cast<const char*>(salt.data()), salt.size(), setting, sizeof setting) ==
      nullptr)
    return fail(Code::kInternal, "{}no salt", kFailed);
  auto room = std::make_unique<crypt_data>();
  const char* hash = crypt_r(std::string(password).c_str(), setting, room.get());
  if (hash == nullptr || hash[0] == '*') return fail(Code::kInternal, "{}no hash", kFailed);
  return std::string(hash);
}

// Templates and characters of the Master Password algorithm, version 2.
struct PasswordType {
  std::string_view name;
  std::vector<std::string_view> templates;
};
const PasswordType* find_password_type(std::string_view name) {
  static const PasswordType kTypes[] = {
      {"maximum", {"anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"}},
      {"long",
       {"CvcvnoCvcvCvcv", "CvcvCvcvnoCvcv", "CvcvCvcvCvcvno", "CvccnoCvcvCvcv", "CvccCvcvnoCvcv", "CvccCvcvCvcvno",
        "CvcvnoCvccCvcv", "CvcvCvccnoCvcv", "CvcvCvccCvcvno", "CvcvnoCvcvCvcc", "CvcvCvcvnoCvcc", "CvcvCvcvCvccno",
        "CvccnoCvccCvcv", "CvccCvccnoCvcv", "CvccCvccCvcvno", "CvcvnoCvccCvcc", "CvcvCvccnoCvcc", "CvcvCvccCvccno",
        "CvccnoCvcvCvcc", "CvccCvcvnoCvcc", "CvccCvcvCvccno"}},
      {"medium", {"CvcnoCvc", "CvcCvcno"}},
      {"short", {"Cvcn"}},
      {"basic", {"aaanaaan", "aannaaan", "aaannaaa"}},
      {"pin", {"nnnn"}},
  };
  for (const PasswordType& type : kTypes)
    if (type.name == name) return &type;
  return nullptr;
}

std::string_view characters(char kind) {
  switch (kind) {
    case 'V': return "AEIOU";
    case 'C': return "BCDFGHJKLMNPQRSTVWXYZ";
    case 'v': return "aeiou";
    case 'c': return "bcdfghjklmnpqrstvwxyz";
    case 'a': return "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
    case 'n': return "0123456789";
    case 'o': return "@&%?,=[]_:-+*$#!'^~;()/.";
    default: return "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()";
  }
}

void append_number(uint32_t number, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift);
}

std::string seeded(std::string_view name) {
  std::string out = "com.lyndir.masterpassword";
  append_number(static_cast<uint32_t>(name.size()), out);
  return out.append(name);
}

// AES-256-CBC without padding; `text` is a number of whole blocks. The key is the password, cut off or filled with 0.
Result<Bytes> aes_cbc(std::string_view password, const unsigned char* iv, const Bytes& text, bool encrypt) {
  Bytes key(bytes_of(password), std::min<size_t>(password.size(), 32));
  key.resize(32, 0);
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  Bytes out(text.size() + kBlock, 0);
  int size = 0, last = 0;
  bool good = EVP_CipherInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, key.data(), iv, encrypt ? 1 : 0) == 1 &&
              EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
              EVP_CipherUpdate(context.get(), out.data(), &size, text.data(), static_cast<int>(text.size())) == 1 &&
              EVP_CipherFinal_ex(context.get(), out.data() + size, &last) == 1;
  if (!good) return fail(Code::kInternal, "AES failed");
  out.resize(static_cast<size_t>(size + last));
  return out;
}

}  // namespace

Result<Value> bcrypt(Call& call) {
  TAUT_ASSIGN(std::string hash, bcrypt_text(call, call.text(0)));
  return call.heap.text(hash);
}

Result<Value> htpasswd(Call& call) {
  std::string user(call.text(0));
  if (taut::contains(user, ":")) return call.heap.text("invalid username: " + user);
  TAUT_ASSIGN(std::string hash, bcrypt_text(call, call.text(1)));
  return call.heap.text(user + ":" + hash);
}

// derivePassword COUNTER TYPE PASSWORD USER SITE
Result<Value> derive_password(Call& call) {
  const PasswordType* type = find_password_type(call.text(1));
  if (type == nullptr) return call.heap.text(fmt::format("cannot find password template {}", call.text(1)));
  call.heap.work(kWorkOfDerivation);
  std::string_view password = call.text(2);
  std::string salt = seeded(call.text(3));
  std::array<unsigned char, 64> key;
  if (EVP_PBE_scrypt(password.data(), password.size(), bytes_of(salt), salt.size(), 32'768, 8, 2, 128ull << 20,
                     key.data(), key.size()) != 1)
    return fail(Code::kInternal, "failed to derive password");
  std::string message = seeded(call.text(4));
  append_number(static_cast<uint32_t>(call[0].as_uint()), message);
  std::array<unsigned char, 32> seed;
  unsigned size = seed.size();
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(message), message.size(), seed.data(), &size);
  std::string out;
  std::string_view form = type->templates[seed[0] % type->templates.size()];
  for (size_t i = 0; i < form.size(); ++i) {
    std::string_view set = characters(form[i]);
    out += set[seed[i + 1] % set.size()];
  }
  return call.heap.text(out);
}

Result<Value> encrypt_aes(Call& call) {
  std::string_view plain = call.text(1);
  if (plain.empty()) return Value::text("");
  std::array<uint8_t, kBlock> iv;
  TAUT_TRY(fill_random(call, iv));
  size_t padding = kBlock - plain.size() % kBlock;
  Bytes padded(bytes_of(plain), plain.size());
  padded.append(padding, static_cast<unsigned char>(padding));
  TAUT_ASSIGN(Bytes encrypted, aes_cbc(call.text(0), iv.data(), padded, true));
  Bytes out(iv.data(), iv.size());
  out += encrypted;
  return call.heap.text(base64_encode(text_of_bytes(out)));
}

Result<Value> decrypt_aes(Call& call) {
  if (call.text(1).empty()) return Value::text("");
  TAUT_ASSIGN(std::string crypt, base64_decode_or_fault(call.text(1)));
  if (crypt.size() < kBlock) return bounds_fault(fmt::format("[:{}] with capacity {}", kBlock, crypt.size()));
  Bytes body(bytes_of(crypt) + kBlock, crypt.size() - kBlock);
  if (body.size() % kBlock != 0) return go_failure("crypto/cipher: input not full blocks");
  if (body.empty()) return go_failure("runtime error: index out of range [-1]");
  TAUT_ASSIGN(Bytes plain, aes_cbc(call.text(0), bytes_of(crypt), body, false));
  auto end = static_cast<int64_t>(plain.size()) - plain.back();
  if (end < 0) return bounds_fault(fmt::format("[:{}]", end));
  plain.resize(static_cast<size_t>(end));
  return call.heap.text(text_of_bytes(plain));
}

}  // namespace taut::gotmpl::funcs
