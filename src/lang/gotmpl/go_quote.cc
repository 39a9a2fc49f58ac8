#include "lang/gotmpl/go_quote.hh"

#include <fmt/format.h>

#include "base/runes.hh"
#include "base/strings.hh"

namespace taut::gotmpl {
namespace {

std::string escaped_rune(uint32_t rune) {
  return rune < 0x10000 ? fmt::format("\\u{:04x}", rune) : fmt::format("\\U{:08x}", rune);
}

}  // namespace

std::string quote_ascii(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    std::string_view before = text;
    bool bad = false;
    uint32_t rune = take_rune(text, &bad);
    if (bad || rune < 0x80) {
      std::string one = quote(before.substr(0, 1));
      out += std::string_view(one).substr(1, one.size() - 2);
    } else {
      out += escaped_rune(rune);
    }
  }
  return out + '"';
}

std::string quote_rune(uint32_t rune, bool ascii) {
  if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF)) rune = 0xFFFD;
  if (rune == '"') return "'\"'";
  if (rune == '\'') return "'\\''";
  if (ascii && rune >= 0x80) return "'" + escaped_rune(rune) + "'";
  std::string text = quote(rune_text(rune));
  return "'" + text.substr(1, text.size() - 2) + "'";
}

bool can_backquote(std::string_view text) {
  while (!text.empty()) {
    bool bad = false;
    uint32_t rune = take_rune(text, &bad);
    if (bad || rune == 0xFEFF || (rune < 0x20 && rune != '\t') || rune == '`' || rune == 0x7F) return false;
  }
  return true;
}

}  // namespace taut::gotmpl
