// Files encrypted by age (age-encryption.org/v1) to X25519 recipients, in armor or not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"

namespace taut::sops {

struct AgeIdentity {
  std::string secret;  // 32 bytes
  std::string ours;    // the public key, 32 bytes
};

// A file of identities: one "AGE-SECRET-KEY-1..." a line, "#" before comments. kInvalid in age's words, with the line's
// number but none of its text.
Result<std::vector<AgeIdentity>> read_age_identities(std::string_view text);

// What a file holds. kInvalid in age's words: "no identity matched any of the recipients", "bad header MAC",
// "failed to decrypt and authenticate payload chunk".
Result<std::string> decrypt_age(std::string_view file, const std::vector<AgeIdentity>& identities);

}  // namespace taut::sops
