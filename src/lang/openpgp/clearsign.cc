#include "lang/openpgp/clearsign.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "lang/openpgp/rnp.hh"

namespace taut::openpgp {
namespace {

constexpr size_t kLongest = size_t{16} << 20;
constexpr std::string_view kStart = "-----BEGIN PGP SIGNED MESSAGE-----", kSignature = "-----BEGIN PGP SIGNATURE-----";

Result<Ring> read_ring(const std::string& bytes) {
  if (!bytes.empty() && !(bytes[0] & 0x80)) return fail(Code::kInvalid, "openpgp: invalid data: tag byte does not have MSB set");
  Ring ring = make_ring();
  if (!ring) return fail(Code::kInternal, "cannot create an OpenPGP keyring");
  if (bytes.empty()) return ring;
  if (bytes.size() > kLongest) return fail(Code::kLimit, "the keyring is larger than {} MiB", kLongest >> 20);
  Input input = input_of(bytes);
  const uint32_t flags = RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SECRET_KEYS | RNP_LOAD_SAVE_PERMISSIVE;
  if (!input || rnp_import_keys(ring.get(), input.get(), flags, nullptr) != RNP_SUCCESS) return fail(Code::kInvalid, "openpgp: invalid data: no keys");
  return ring;
}

std::vector<std::string> identities_of(const Key& key) {
  std::vector<std::string> out;
  size_t count = 0;
  rnp_key_get_uid_count(key.get(), &count);
  for (size_t i = 0; i < count; ++i) {
    char* text = nullptr;
    if (rnp_key_get_uid_at(key.get(), i, &text) != RNP_SUCCESS) continue;
    out.emplace_back(Text(text).get());
  }
  return out;
}

// Of a key or, for a subkey, its primary key.
std::string primary_fingerprint(const Key& key) {
  char* text = nullptr;
  bool primary = true;
  rnp_key_is_primary(key.get(), &primary);
  const auto done = primary ? rnp_key_get_fprint(key.get(), &text) : rnp_key_get_primary_fprint(key.get(), &text);
  return done == RNP_SUCCESS ? Text(text).get() : "";
}

Key find_key(const Ring& ring, const char* fingerprint) {
  rnp_key_handle_t key = nullptr;
  rnp_locate_key(ring.get(), "fingerprint", fingerprint, &key);
  return Key(key);
}

// What Go's library says of a signature that is wrong, by the algorithm of its key.
std::string wrong_signature(rnp_op_verify_signature_t signature) {
  rnp_key_handle_t handle = nullptr;
  char* text = nullptr;
  rnp_op_verify_signature_get_key(signature, &handle);
  const Key key(handle);
  if (key) rnp_key_get_alg(handle, &text);
  std::string algorithm = text ? Text(text).get() : "RSA";
  if (algorithm == "EDDSA") algorithm = "EdDSA";
  return fmt::format("openpgp: invalid signature: {} verification failure", algorithm);
}

// What Go's library says of a signature.
Status signature_status(rnp_op_verify_signature_t signature) {
  const rnp_result_t status = rnp_op_verify_signature_get_status(signature);
  switch (status) {
    case RNP_SUCCESS: return {};
    case RNP_ERROR_KEY_NOT_FOUND: return fail(Code::kInvalid, "openpgp: signature made by unknown entity");
    case RNP_ERROR_SIGNATURE_EXPIRED: return fail(Code::kInvalid, "openpgp: signature expired");
    default: return fail(Code::kInvalid, "{}", wrong_signature(signature));
  }
}

// The primary keys, in the order of the ring.
std::vector<Key> primary_keys(const Ring& ring) {
  std::vector<Key> out;
  rnp_identifier_iterator_t raw = nullptr;
  if (rnp_identifier_iterator_create(ring.get(), &raw, "fingerprint") != RNP_SUCCESS) return out;
  Owned<rnp_identifier_iterator_t, rnp_identifier_iterator_destroy> all(raw);
  const char* fingerprint = nullptr;
  while (rnp_identifier_iterator_next(raw, &fingerprint) == RNP_SUCCESS && fingerprint != nullptr) {
    Key key = find_key(ring, fingerprint);
    bool primary = false;
    if (key && rnp_key_is_primary(key.get(), &primary) == RNP_SUCCESS && primary) out.push_back(std::move(key));
  }
  return out;
}

// As GnuPG, the key whose identity is or holds the name.
Result<Key> named_key(const Ring& ring, std::string_view id) {
  Key candidate;
  bool vague = false;
  for (Key& key : primary_keys(ring)) {
    const std::vector<std::string> identities = identities_of(key);
    if (std::find(identities.begin(), identities.end(), id) != identities.end()) return std::move(key);
    auto holding = std::count_if(identities.begin(), identities.end(), [&](const std::string& name) { return contains(name, id); });
    vague = vague || holding > 1 || (holding == 1 && candidate);
    if (holding > 0) candidate = std::move(key);
  }
  if (vague) return fail(Code::kInvalid, "more than one key contain the id {}", quote(id));
  if (!candidate) return fail(Code::kNotFound, "private key not found");
  return candidate;
}

Status unlock(const Key& key, const Passphrase& passphrase) {
  bool secret = false, guarded = false;
  rnp_key_have_secret(key.get(), &secret);
  if (!secret) return fail(Code::kInvalid, "provided key is not a private key. Try providing a keyring with secret keys");
  rnp_key_is_protected(key.get(), &guarded);
  if (!guarded) return {};
  const std::vector<std::string> identities = identities_of(key);
  TAUT_ASSIGN(std::string text, passphrase(identities.empty() ? "Unknown" : identities[0]));
  if (rnp_key_unlock(key.get(), text.c_str()) == RNP_SUCCESS) return {};
  return fail(Code::kUnauthenticated, "openpgp: invalid data: private key checksum failure");
}

}  // namespace

Result<std::string> signed_text(std::string_view document) {
  const Failure none = fail(Code::kNotFound, "signature block not found");
  size_t at = document.starts_with(kStart) ? 0 : document.find("\n" + std::string(kStart));
  if (at == document.npos) return none;
  size_t header = document.find('\n', at + 1);
  std::string out;
  bool in_header = true;
  for (size_t start = header == document.npos ? header : header + 1; start < document.size();) {
    const size_t end = std::min(document.find('\n', start), document.size());
    std::string_view line = document.substr(start, end - start);
    start = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (in_header) {
      in_header = !trim(line).empty();
    } else if (line.starts_with(kSignature)) {
      if (!out.empty()) out.pop_back();
      return out;
    } else {
      out.append(line.starts_with("- ") ? line.substr(2) : line) += '\n';
    }
  }
  return none;
}

Result<Signed> verify_clearsigned(const std::string& key_ring, const std::string& document) {
  TAUT_TRY(signed_text(document));
  TAUT_ASSIGN(Ring ring, read_ring(key_ring));
  Input input = input_of(document);
  Output output = make_output(kLongest);
  rnp_op_verify_t raw = nullptr;
  if (!input || !output || rnp_op_verify_create(&raw, ring.get(), input.get(), output.get()) != RNP_SUCCESS)
    return fail(Code::kInternal, "no memory for an OpenPGP message");
  Verify verify(raw);
  rnp_op_verify_execute(raw);
  size_t count = 0;
  rnp_op_verify_get_signature_count(raw, &count);
  Status last = fail(Code::kNotFound, "signature block not found");
  for (size_t i = 0; i < count; ++i) {
    rnp_op_verify_signature_t signature = nullptr;
    rnp_key_handle_t signer = nullptr;
    if (rnp_op_verify_get_signature_at(raw, i, &signature) != RNP_SUCCESS) continue;
    last = signature_status(signature);
    if (!last || rnp_op_verify_signature_get_key(signature, &signer) != RNP_SUCCESS) continue;
    const Key key(signer);
    const std::string fingerprint = primary_fingerprint(key);
    const Key primary = find_key(ring, fingerprint.c_str());
    std::string text = bytes_of(output);
    std::erase(text, '\r');
    if (text.ends_with('\n')) text.pop_back();
    return Signed{{identities_of(primary ? primary : key), fingerprint}, std::move(text)};
  }
  return fail(last ? Error(Code::kInternal, "the signing key is gone") : last.error());
}

Result<std::string> clearsign(const std::string& key_ring, std::string_view id, const std::string& text, const Passphrase& passphrase) {
  TAUT_ASSIGN(Ring ring, read_ring(key_ring));
  TAUT_ASSIGN(Key key, named_key(ring, id));
  TAUT_TRY(unlock(key, passphrase));
  Input input = input_of(text);
  Output output = make_output(kLongest);
  rnp_op_sign_t raw = nullptr;
  if (!input || !output || rnp_op_sign_cleartext_create(&raw, ring.get(), input.get(), output.get()) != RNP_SUCCESS)
    return fail(Code::kInternal, "no memory for an OpenPGP message");
  Sign sign(raw);
  rnp_op_sign_set_hash(raw, "SHA512");
  rnp_result_t done = rnp_op_sign_add_signature(raw, key.get(), nullptr);
  if (done == RNP_SUCCESS) done = rnp_op_sign_execute(raw);
  if (done != RNP_SUCCESS) return fail(Code::kInvalid, "failed to either sign or armor message block: {}", rnp_result_to_string(done));
  std::string out = bytes_of(output);
  std::erase(out, '\r');
  return out;
}

}  // namespace taut::openpgp
