// Clear-signed texts (RFC 4880 §7) by the keys of a binary key ring, as helm signs charts: with the texts of Go's
// ProtonMail/go-crypto.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"

namespace taut::openpgp {

struct Signer {
  std::vector<std::string> identities;  // "Name (Comment) <mail>"
  std::string fingerprint;              // of the primary key, in upper-case hex
};

struct Signed {
  Signer signer;
  std::string text;  // without the line feed before its signature
};

// The text between the lines of a clear-signed document, whoever signed it. kNotFound "signature block not found".
Result<std::string> signed_text(std::string_view document);

// Who signed the document, and the text that the signature is good for: only that may be believed, since a document may have
// several parts. kNotFound "signature block not found", kInvalid "openpgp: signature made by unknown entity", "openpgp: invalid
// signature: ...".
Result<Signed> verify_clearsigned(const std::string& key_ring, const std::string& document);

// Asks for the passphrase of a key, by its identity.
using Passphrase = std::function<Result<std::string>(const std::string& identity)>;

// Signs the text with the key that has an identity of that name, or the only one whose identity holds it; SHA-512. kNotFound
// "private key not found", kInvalid "more than one key contain the id ...", "provided key is not a private key. ...".
Result<std::string> clearsign(const std::string& key_ring, std::string_view id, const std::string& text, const Passphrase& passphrase);

}  // namespace taut::openpgp
