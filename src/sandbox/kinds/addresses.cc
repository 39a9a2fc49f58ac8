#include "sandbox/kinds/addresses.hh"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>

namespace taut::sandbox::kinds {
namespace {

struct Address {
  std::array<unsigned char, 16> bytes{};
  bool six = false;
};

std::optional<Address> parse_address(std::string_view text) {
  const std::string copy(text);
  Address out;
  if (inet_pton(AF_INET, copy.c_str(), out.bytes.data()) == 1) return out;
  out.six = true;
  if (inet_pton(AF_INET6, copy.c_str(), out.bytes.data()) == 1) return out;
  return std::nullopt;
}

bool bit(const std::array<unsigned char, 16>& bytes, int index) {
  return ((bytes[static_cast<size_t>(index / 8)] >> (7 - index % 8)) & 1) != 0;
}

}  // namespace

bool is_address(std::string_view text) { return parse_address(text).has_value(); }

std::optional<Network> Network::parse(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  auto address = parse_address(text.substr(0, slash));
  std::string_view mask = text.substr(slash + 1);
  int bits = 0;
  auto [end, error] = std::from_chars(mask.data(), mask.data() + mask.size(), bits);
  if (!address || error != std::errc() || end != mask.data() + mask.size() || mask.empty()) return std::nullopt;
  if (bits < 0 || bits > (address->six ? 128 : 32)) return std::nullopt;
  return Network{address->bytes, address->six, bits};
}

bool Network::strictly_holds(const Network& other) const {
  if (six != other.six || bits >= other.bits) return false;
  for (int i = 0; i < bits; ++i) {
    if (bit(bytes, i) != bit(other.bytes, i)) return false;
  }
  return true;
}

bool Network::is_clean() const {
  for (int i = bits; i < (six ? 128 : 32); ++i) {
    if (bit(bytes, i)) return false;
  }
  return true;
}

void check_endpoint_address(Checks& checks, const std::string& path, std::string_view text) {
  auto address = parse_address(text);
  if (!address) return checks.invalid(path, text, "must be a valid IP address");
  const auto& b = address->bytes;
  const std::array<unsigned char, 16> none{}, one{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  if (b == none) checks.invalid(path, text, fmt::format("may not be unspecified ({})", text));
  if (address->six ? b == one : b[0] == 127) checks.invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
  if (address->six ? b[0] == 0xfe && (b[1] & 0xc0) == 0x80 : b[0] == 169 && b[1] == 254) {
    checks.invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
  }
  if (address->six ? b[0] == 0xff && (b[1] & 0x0f) == 2 : b[0] == 224 && b[1] == 0 && b[2] == 0) {
    checks.invalid(path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
  }
}

}  // namespace taut::sandbox::kinds
