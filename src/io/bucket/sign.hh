// AWS' Signature Version 4 of requests without a body.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hh"

namespace taut::bucket {

struct SigningKey {
  std::string access_key;
  std::string secret_key;
  std::string region;
};

struct Unsigned {
  std::string method;
  std::string host;   // as it is sent
  std::string path;   // percent-encoded, "/" between parts
  std::vector<std::pair<std::string, std::string>> query;  // decoded; any order
};

// "a=1&b=x%2Fy", sorted by name.
std::string canonical_query(std::vector<std::pair<std::string, std::string>> query);

// The headers that are to be sent: x-amz-date, x-amz-content-sha256, Authorization.
std::vector<std::pair<std::string, std::string>> sign(const Unsigned& request, const SigningKey& key, Time now);

}  // namespace taut::bucket
