#include "lang/gotmpl/funcs/toml_key.hh"

#include <fmt/format.h>

#include <algorithm>

namespace taut::gotmpl {

namespace {

bool is_bare(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

std::string toml_quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\f': out += "\\f"; break;
      case '\r': out += "\\r"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) out += fmt::format("\\u{:04x}", c);
        else out += c;
    }
  }
  return out + '"';
}

std::string toml_key_part(std::string_view part) {
  bool bare = !part.empty() && std::all_of(part.begin(), part.end(), is_bare);
  return bare ? std::string(part) : toml_quoted(part);
}

std::string toml_key_text(const TomlKey& key) {
  std::string out;
  for (size_t i = 0; i < key.size(); ++i) {
    if (i != 0) out += '.';
    out += toml_key_part(key[i]);
  }
  return out;
}

}  // namespace taut::gotmpl
