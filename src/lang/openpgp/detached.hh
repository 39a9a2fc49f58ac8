// Signatures beside what they sign (RFC 4880 §11.4), as Git's commits and tags have them.
#pragma once

#include <string>

#include "base/result.hh"

namespace taut::openpgp {

// The id of the primary key, 16 upper-case hex digits, of the armored key ring that made the armored signature of `text`.
// kInvalid "unable to read armored key ring: ..." for a text that is no key ring, kForbidden "no matching key" where no
// signature is good and by one of its keys (fluxcd/pkg/git/signature).
Result<std::string> verify_detached(const std::string& key_ring, const std::string& text, const std::string& signature);

}  // namespace taut::openpgp
