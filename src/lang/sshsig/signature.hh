// Signatures that ssh-keygen makes beside what it signs (OpenSSH's PROTOCOL.sshsig), as Git's commits and tags have them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hh"

namespace taut::sshsig {

// The fingerprint, "SHA256:<base64>", of the key that made the armored signature of `text` for Git. Each of `keys` is a file of
// authorized keys, of which one that cannot be read counts only where none can. Keys are ssh-ed25519, ecdsa-sha2-nistp256, -384
// and -521, and ssh-rsa of 2,048 bits or more, whose signatures with SHA-1 are not taken.
//
// Mirrors fluxcd/pkg/git/signature: kInvalid "unable to unarmor SSH signature: ...", "unable to parse authorized keys: ...";
// kForbidden "unable to verify payload with any of the given authorized keys: no matching key" where no key made it.
Result<std::string> verify(std::span<const std::string> keys, std::string_view text, std::string_view signature);

}  // namespace taut::sshsig
