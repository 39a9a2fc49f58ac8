// Keys and strings as BurntSushi/toml 1.6.0 writes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace taut::gotmpl {

using TomlKey = std::vector<std::string>;

// In double quotes, with TOML's escapes.
std::string toml_quoted(std::string_view text);
// A part of a key: bare if it can be.
std::string toml_key_part(std::string_view part);
// "a.b.\"c d\""
std::string toml_key_text(const TomlKey& key);

}  // namespace taut::gotmpl
