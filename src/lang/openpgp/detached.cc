#include "lang/openpgp/detached.hh"

#include "base/strings.hh"
#include "lang/openpgp/rnp.hh"

namespace taut::openpgp {
namespace {

constexpr std::string_view kKeys = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

Result<Ring> read_armored(const std::string& text) {
  Ring ring = make_ring();
  if (!ring) return fail(Code::kInternal, "cannot create an OpenPGP keyring");
  Input input = input_of(text);
  bool armored = contains(text, kKeys);
  if (!armored || !input || rnp_import_keys(ring.get(), input.get(), RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_PERMISSIVE, nullptr) != RNP_SUCCESS)
    return fail(Code::kInvalid, "unable to read armored key ring: openpgp: invalid argument: no armored data found");
  return ring;
}

std::string primary_id(const Ring& ring, const Key& key) {
  char* text = nullptr;
  bool primary = true;
  rnp_key_is_primary(key.get(), &primary);
  if (primary) return rnp_key_get_keyid(key.get(), &text) == RNP_SUCCESS ? Text(text).get() : "";
  if (rnp_key_get_primary_fprint(key.get(), &text) != RNP_SUCCESS) return "";
  const Text fingerprint(text);
  rnp_key_handle_t handle = nullptr;
  if (rnp_locate_key(ring.get(), "fingerprint", fingerprint.get(), &handle) != RNP_SUCCESS || handle == nullptr) return "";
  const Key owner(handle);
  char* id = nullptr;
  return rnp_key_get_keyid(owner.get(), &id) == RNP_SUCCESS ? Text(id).get() : "";
}

}  // namespace

Result<std::string> verify_detached(const std::string& key_ring, const std::string& text, const std::string& signature) {
  TAUT_ASSIGN(Ring ring, read_armored(key_ring));
  Input signed_text = input_of(text), signatures = input_of(signature);
  rnp_op_verify_t raw = nullptr;
  if (!signed_text || !signatures || rnp_op_verify_detached_create(&raw, ring.get(), signed_text.get(), signatures.get()) != RNP_SUCCESS)
    return fail(Code::kInternal, "no memory for an OpenPGP signature");
  const Verify verify(raw);
  rnp_op_verify_execute(raw);
  size_t count = 0;
  rnp_op_verify_get_signature_count(raw, &count);
  for (size_t i = 0; i < count; ++i) {
    rnp_op_verify_signature_t one = nullptr;
    rnp_key_handle_t signer = nullptr;
    if (rnp_op_verify_get_signature_at(raw, i, &one) != RNP_SUCCESS || rnp_op_verify_signature_get_status(one) != RNP_SUCCESS) continue;
    if (rnp_op_verify_signature_get_key(one, &signer) != RNP_SUCCESS) continue;
    const Key key(signer);
    if (std::string id = primary_id(ring, key); !id.empty()) return id;
  }
  return fail(Code::kForbidden, "no matching key");
}

}  // namespace taut::openpgp
