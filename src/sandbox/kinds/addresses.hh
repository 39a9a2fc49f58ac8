// IP addresses and networks in objects, as net.ParseIP and net.ParseCIDR read them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "sandbox/kinds/checks.hh"

namespace taut::sandbox::kinds {

bool is_address(std::string_view text);

struct Network {
  std::array<unsigned char, 16> bytes{};
  bool six = false;
  int bits = 0;

  static std::optional<Network> parse(std::string_view text);
  // Whether the other lies inside and is smaller.
  bool strictly_holds(const Network& other) const;
  // Whether all bits beyond the mask are zero.
  bool is_clean() const;
};

// What cannot be the address of an endpoint: loopback, link-local, unspecified.
void check_endpoint_address(Checks& checks, const std::string& path, std::string_view address);

}  // namespace taut::sandbox::kinds
