#include "base/base64.hh"

#include <array>
#include <cstdint>

namespace taut {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> make_reverse() {
  std::array<int8_t, 256> out{};
  for (auto& slot : out) slot = -1;
  for (size_t i = 0; i < kAlphabet.size(); ++i)
    out[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int8_t>(i);
  return out;
}
constexpr auto kReverse = make_reverse();

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    size_t rest = bytes.size() - i;
    uint32_t word = 0;
    for (size_t k = 0; k < 3; ++k)
      word = word << 8 | (k < rest ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    out += kAlphabet[word >> 18 & 63];
    out += kAlphabet[word >> 12 & 63];
    out += rest > 1 ? kAlphabet[word >> 6 & 63] : '=';
    out += rest > 2 ? kAlphabet[word & 63] : '=';
  }
  return out;
}

std::string base64_url_encode(std::string_view bytes) {
  std::string out = base64_encode(bytes);
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  while (out.ends_with('=')) out.pop_back();
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string out;
  uint32_t word = 0;
  int held = 0;
  int padding = 0;
  for (char c : text) {
    if (c == '\n' || c == '\r') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    int8_t six = kReverse[static_cast<unsigned char>(c)];
    if (six < 0 || padding != 0) return std::nullopt;
    word = word << 6 | static_cast<uint32_t>(six);
    if (++held == 4) {
      out += static_cast<char>(word >> 16);
      out += static_cast<char>(word >> 8);
      out += static_cast<char>(word);
      held = 0;
      word = 0;
    }
  }
  if ((held == 0 && padding != 0) || held == 1 || (held > 1 && held + padding != 4)) return std::nullopt;
  if (held == 2) out += static_cast<char>(word >> 4);
  if (held == 3) {
    out += static_cast<char>(word >> 10);
    out += static_cast<char>(word >> 2);
  }
  return out;
}

}  // namespace taut
