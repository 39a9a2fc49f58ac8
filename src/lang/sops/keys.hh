// The private keys that a Secret holds for decryption, by the names of its fields, as Flux reads them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lang/sops/age.hh"

namespace taut::sops {

struct Keys {
  std::vector<AgeIdentity> age;
  std::vector<std::string> pgp;  // armored

  // "*.agekey" and "*.asc"; other names are passed over. kInvalid: "failed to parse and add to age identities: ...";
  // nothing of the key is in the message.
  Status import(std::string_view name, const std::string& text);
};

}  // namespace taut::sops
