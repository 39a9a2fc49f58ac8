#include "lang/sops/bech32.hh"

#include <algorithm>
#include <cstdint>

#include "base/strings.hh"

namespace taut::sops {
namespace {

constexpr std::string_view kLetters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr size_t kChecksum = 6;

uint32_t checksum_step(uint32_t sum, uint32_t value) {
  constexpr uint32_t kGenerators[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  uint32_t top = sum >> 25;
  sum = (sum & 0x1ffffff) << 5 ^ value;
  for (size_t bit = 0; bit < 5; ++bit)
    if ((top >> bit & 1) != 0) sum ^= kGenerators[bit];
  return sum;
}

}  // namespace

std::optional<std::string> bech32_decode(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix) || text.size() < prefix.size() + 1 + kChecksum || text[prefix.size()] != '1') return std::nullopt;
  std::string lower = to_lower(text);
  bool any_upper = text != lower, any_lower = std::ranges::any_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
  if (any_upper && any_lower) return std::nullopt;
  uint32_t sum = 1;
  std::string name = lower.substr(0, prefix.size());
  for (char c : name) sum = checksum_step(sum, static_cast<uint8_t>(c) >> 5);
  sum = checksum_step(sum, 0);
  for (char c : name) sum = checksum_step(sum, static_cast<uint8_t>(c) & 31);
  std::string out;
  uint32_t held = 0, bits = 0;
  for (size_t i = prefix.size() + 1; i < lower.size(); ++i) {
    size_t value = kLetters.find(lower[i]);
    if (value == std::string_view::npos) return std::nullopt;
    sum = checksum_step(sum, static_cast<uint32_t>(value));
    if (i + kChecksum >= lower.size()) continue;
    held = (held << 5 | static_cast<uint32_t>(value)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(held >> bits & 0xff);
  }
  bool padded = bits < 5 && (held & ((1U << bits) - 1)) == 0;
  if (sum != 1 || !padded) return std::nullopt;
  return out;
}

}  // namespace taut::sops
