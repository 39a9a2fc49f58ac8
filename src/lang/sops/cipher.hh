// One encrypted value: "ENC[AES256_GCM,data:...,iv:...,tag:...,type:str]".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hh"
#include "lang/sops/node.hh"

namespace taut::sops {

bool has_cipher_form(std::string_view text);

// The value of the type that it names; "" stands for itself. `path` is what it was sealed with: its keys, each with a
// ":" behind. kInvalid without anything of the value.
Result<Node> decrypt_value(std::string_view text, std::string_view key, std::string_view path);

// What the check over all values takes of one: as SOPS' ToBytes.
std::string checked_bytes(const Node& scalar);

}  // namespace taut::sops
