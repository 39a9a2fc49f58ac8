#include "lang/gotmpl/funcs/base_n.hh"

#include <cstdint>

#include "base/base64.hh"

namespace taut::gotmpl {

namespace {

bool is_line_end(char c) { return c == '\n' || c == '\r'; }

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

size_t skip_line_ends(std::string_view text, size_t at) {
  while (at < text.size() && is_line_end(text[at])) ++at;
  return at;
}

// Where Go's decoder gives up on a text that is not base64.
size_t base64_fault(std::string_view text) {
  size_t at = 0;
  while (true) {
    for (size_t j = 0; j < 4; ++j) {
      size_t next = skip_line_ends(text, at);
      if (next == text.size()) return next - j;
      at = next + 1;
      if (is_base64(text[next])) continue;
      if (text[next] != '=' || j < 2) return next;
      if (j == 2) {  // "==" is wanted
        at = skip_line_ends(text, at);
        if (at == text.size()) return at;
        if (text[at] != '=') return at - 1;
        ++at;
      }
      return skip_line_ends(text, at);
    }
  }
}

constexpr std::string_view kAlphabet32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

Failure corrupt32(size_t at) { return fail(Code::kInvalid, "illegal base32 data at input byte {}", at); }

// The padding behind `held` characters of a group; `rest` is what follows the first "=".
Status check_padding32(std::string_view rest, size_t held, size_t total) {
  size_t wanted = 7 - held;
  if (rest.size() < wanted) return corrupt32(total);
  for (size_t k = 0; k < wanted; ++k)
    if (rest[k] != '=') return corrupt32(total - rest.size() + k - 1);
  if (held == 3 || held == 6) return corrupt32(total - rest.size() - 1);
  return {};
}

// The bytes of a group of `held` characters of 5 bits each.
void append_group32(uint64_t bits, size_t held, std::string& out) {
  bits <<= 5 * (8 - held);
  for (size_t i = 0; i < held * 5 / 8; ++i) out += static_cast<char>(bits >> (32 - 8 * i));
}

}  // namespace

Result<std::string> base64_decode_or_fault(std::string_view text) {
  if (auto decoded = base64_decode(text)) return std::move(*decoded);
  return fail(Code::kInvalid, "illegal base64 data at input byte {}", base64_fault(text));
}

std::string base32_encode(std::string_view bytes) {
  std::string out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min<size_t>(5, bytes.size()))) {
    uint64_t bits = 0;
    for (size_t i = 0; i < 5; ++i) bits = bits << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u);
    size_t written = bytes.size() >= 5 ? 8 : (bytes.size() * 8 + 4) / 5;
    for (size_t i = 0; i < 8; ++i) out += i < written ? kAlphabet32[bits >> (35 - 5 * i) & 31] : '=';
  }
  return out;
}

Result<std::string> base32_decode(std::string_view text) {
  std::string plain, out;
  for (char c : text)
    if (!is_line_end(c)) plain += c;
  std::string_view rest = plain;
  while (!rest.empty()) {
    uint64_t bits = 0;
    for (size_t held = 0; held < 8; ++held) {
      if (rest.empty()) return corrupt32(plain.size() - held);
      char c = rest[0];
      rest.remove_prefix(1);
      if (c == '=' && held >= 2 && rest.size() < 8) {
        TAUT_TRY(check_padding32(rest, held, plain.size()));
        append_group32(bits, held, out);
        return out;
      }
      size_t value = kAlphabet32.find(c);
      if (value == std::string_view::npos) return corrupt32(plain.size() - rest.size() - 1);
      bits = bits << 5 | value;
    }
    append_group32(bits, 8, out);
  }
  return out;
}

}  // namespace taut::gotmpl
