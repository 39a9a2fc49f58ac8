#include "lang/sops/pgp.hh"

#include <fcntl.h>
#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include <memory>

namespace taut::sops {
namespace {

template <auto destroy>
struct Freer {
  template <class T>
  void operator()(T* it) const {
    destroy(it);
  }
};
using Keyring = std::unique_ptr<std::remove_pointer_t<rnp_ffi_t>, Freer<rnp_ffi_destroy>>;
using Input = std::unique_ptr<std::remove_pointer_t<rnp_input_t>, Freer<rnp_input_destroy>>;
using Output = std::unique_ptr<std::remove_pointer_t<rnp_output_t>, Freer<rnp_output_destroy>>;

constexpr size_t kLongest = size_t{1} << 20;

// Not copied: `bytes` must outlive it.
Input input_of(const std::string& bytes) {
  rnp_input_t input = nullptr;
  rnp_input_from_memory(&input, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), false);
  return Input(input);
}

// Its own log goes nowhere; the library closes the file.
Keyring make_keyring() {
  rnp_ffi_t ring = nullptr;
  if (rnp_ffi_create(&ring, "GPG", "GPG") != RNP_SUCCESS) return nullptr;
  if (int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC); nowhere >= 0) rnp_ffi_set_log_fd(ring, nowhere);
  return Keyring(ring);
}

rnp_result_t import(const Keyring& ring, const std::string& key) {
  Input input = input_of(key);
  if (!input || key.size() > kLongest) return RNP_ERROR_BAD_PARAMETERS;
  return rnp_import_keys(ring.get(), input.get(), RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SECRET_KEYS | RNP_LOAD_SAVE_PERMISSIVE, nullptr);
}

}  // namespace

Status check_pgp_key(const std::string& key) {
  Keyring ring = make_keyring();
  if (!ring) return fail(Code::kInternal, "cannot create an OpenPGP keyring");
  if (auto done = import(ring, key); done != RNP_SUCCESS)
    return fail(Code::kInvalid, "cannot import armored key data into GnuPG keyring: {}", rnp_result_to_string(done));
  size_t count = 0;
  rnp_get_public_key_count(ring.get(), &count);
  if (count == 0) return fail(Code::kInvalid, "cannot import armored key data into GnuPG keyring: no valid OpenPGP data found");
  return {};
}

Result<std::string> decrypt_pgp(const std::string& message, const std::vector<std::string>& keys) {
  Keyring ring = make_keyring();
  if (!ring) return fail(Code::kInternal, "cannot create an OpenPGP keyring");
  for (const std::string& key : keys) import(ring, key);
  Input input = input_of(message);
  rnp_output_t memory = nullptr;
  rnp_output_to_memory(&memory, kLongest);
  Output output(memory);
  if (!input || !output) return fail(Code::kInternal, "no memory for an OpenPGP message");
  if (auto done = rnp_decrypt(ring.get(), input.get(), output.get()); done != RNP_SUCCESS)
    return fail(Code::kInvalid, "failed to decrypt sops data key with pgp: {}", rnp_result_to_string(done));
  uint8_t* bytes = nullptr;
  size_t size = 0;
  rnp_output_memory_get_buf(output.get(), &bytes, &size, false);
  if (size == 0) return fail(Code::kInvalid, "failed to decrypt sops data key with pgp: zero bytes returned");
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

}  // namespace taut::sops
