// A certificate authority and a server certificate made on the spot, for TLS on loopback.
#pragma once

#include <string>
#include <vector>

#include "base/result.hh"

namespace taut::sandbox {

struct TlsMaterial {
  std::string ca_pem;           // what clients trust
  std::string certificate_pem;  // of the server, signed by the CA
  std::string key_pem;
};

// P-256 keys, valid for ten years. `names` are DNS names or IP addresses of the server.
Result<TlsMaterial> make_tls_material(const std::vector<std::string>& names);

// `count` random bytes as lower-case hex, from the system's generator.
std::string random_hex(size_t count);

}  // namespace taut::sandbox
