// html, js, urlquery
#include <fmt/format.h>

#include "base/runes.hh"
#include "base/unicode.hh"
#include "lang/gotmpl/builtins.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl {
namespace {

// All arguments as print shows them; nothing at all is "<no value>".
std::string shown(std::span<const Value> args) {
  std::vector<Value> seen(args.begin(), args.end());
  for (Value& value : seen) {
    if (value.is_nil()) value = Value::text("<no value>");
  }
  return sprint(seen);
}

std::string_view html_of(char c) {
  switch (c) {
    case '\0': return "\xEF\xBF\xBD";
    case '"': return "&#34;";
    case '\'': return "&#39;";
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    default: return {};
  }
}

std::string js_of(uint32_t rune, std::string_view bytes) {
  switch (rune) {
    case '\\': return "\\\\";
    case '\'': return "\\'";
    case '"': return "\\\"";
    case '<':
    case '>':
    case '&':
    case '=': return fmt::format("\\u{:04X}", rune);
    default: break;
  }
  if (rune < 0x20) return fmt::format("\\u{:04X}", rune);
  if (rune < 0x80 || is_print(rune)) return std::string(bytes);
  return fmt::format("\\u{:04X}", rune);
}

bool is_unreserved(unsigned char c) {
  return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' || c == '_' || c == '.' || c == '~';
}

}  // namespace

Result<Value> builtin_html(Call& call) {
  std::string out;
  for (char c : shown(call.args)) {
    std::string_view escaped = html_of(c);
    if (escaped.empty()) out += c;
    else out += escaped;
  }
  return call.heap.text(out);
}

Result<Value> builtin_js(Call& call) {
  std::string text = shown(call.args), out;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view before = rest;
    uint32_t rune = take_rune(rest);
    out += js_of(rune, before.substr(0, before.size() - rest.size()));
  }
  return call.heap.text(out);
}

Result<Value> builtin_urlquery(Call& call) {
  std::string out;
  for (char c : shown(call.args)) {
    auto byte = static_cast<unsigned char>(c);
    if (c == ' ') out += '+';
    else if (is_unreserved(byte)) out += c;
    else out += fmt::format("%{:02X}", byte);
  }
  return call.heap.text(out);
}

}  // namespace taut::gotmpl
