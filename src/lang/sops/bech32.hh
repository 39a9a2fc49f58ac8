// Bech32 (BIP 173) without its limit of 90 characters, as age uses it for keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taut::sops {

// The bytes that a text of one case with this prefix (in the text's case) stands for.
std::optional<std::string> bech32_decode(std::string_view prefix, std::string_view text);

}  // namespace taut::sops
