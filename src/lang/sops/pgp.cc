#include "lang/sops/pgp.hh"

#include "lang/openpgp/rnp.hh"

namespace taut::sops {
namespace {

using openpgp::Input;
using openpgp::input_of;
using Keyring = openpgp::Ring;
using openpgp::Output;

constexpr size_t kLongest = size_t{1} << 20;

rnp_result_t import(const Keyring& ring, const std::string& key) {
  Input input = input_of(key);
  if (!input || key.size() > kLongest) return RNP_ERROR_BAD_PARAMETERS;
  return rnp_import_keys(ring.get(), input.get(), RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SECRET_KEYS | RNP_LOAD_SAVE_PERMISSIVE, nullptr);
}

}  // namespace

Status check_pgp_key(const std::string& key) {
  Keyring ring = openpgp::make_ring();
  if (!ring) return fail(Code::kInternal, "cannot create an OpenPGP keyring");
  if (auto done = import(ring, key); done != RNP_SUCCESS)
    return fail(Code::kInvalid, "cannot import armored key data into GnuPG keyring: {}", rnp_result_to_string(done));
  size_t count = 0;
  rnp_get_public_key_count(ring.get(), &count);
  if (count == 0) return fail(Code::kInvalid, "cannot import armored key data into GnuPG keyring: no valid OpenPGP data found");
  return {};
}

Result<std::string> decrypt_pgp(const std::string& message, const std::vector<std::string>& keys) {
  Keyring ring = openpgp::make_ring();
  if (!ring) return fail(Code::kInternal, "cannot create an OpenPGP keyring");
  for (const std::string& key : keys) import(ring, key);
  Input input = input_of(message);
  Output output = openpgp::make_output(kLongest);
  if (!input || !output) return fail(Code::kInternal, "no memory for an OpenPGP message");
  if (auto done = rnp_decrypt(ring.get(), input.get(), output.get()); done != RNP_SUCCESS)
    return fail(Code::kInvalid, "failed to decrypt sops data key with pgp: {}", rnp_result_to_string(done));
  std::string out = openpgp::bytes_of(output);
  if (out.empty()) return fail(Code::kInvalid, "failed to decrypt sops data key with pgp: zero bytes returned");
  return out;
}

}  // namespace taut::sops
