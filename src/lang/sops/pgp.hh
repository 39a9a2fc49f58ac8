// Messages encrypted to OpenPGP keys, by the library RNP.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"

namespace taut::sops {

// Refuses what holds no OpenPGP key: kInvalid.
Status check_pgp_key(const std::string& key);

// What an armored message holds. Keys with a passphrase cannot be used, as in Flux. kInvalid.
Result<std::string> decrypt_pgp(const std::string& message, const std::vector<std::string>& keys);

}  // namespace taut::sops
