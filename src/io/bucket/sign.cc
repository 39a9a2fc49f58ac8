#include "io/bucket/sign.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.hh"
#include "base/url.hh"

namespace taut::bucket {
namespace {

constexpr std::string_view kSigned = "host;x-amz-content-sha256;x-amz-date";

std::string hex(std::string_view bytes) {
  std::string out;
  for (char byte : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return out;
}

// "20130524T000000Z"
std::string basic_time(Time now) {
  std::string out;
  for (char c : format_rfc3339(now))
    if (c != '-' && c != ':') out += c;
  return out;
}

}  // namespace

std::string canonical_query(std::vector<std::pair<std::string, std::string>> query) {
  for (auto& [name, value] : query) {
    name = url_encode(name);
    value = url_encode(value);
  }
  std::ranges::sort(query);
  std::string out;
  for (const auto& [name, value] : query) out += fmt::format("{}{}={}", out.empty() ? "" : "&", name, value);
  return out;
}

std::vector<std::pair<std::string, std::string>> sign(const Unsigned& request, const SigningKey& key, Time now) {
  std::string time = basic_time(now), day = time.substr(0, 8), body = sha256_hex("");
  std::string canonical = fmt::format("{}\n{}\n{}\nhost:{}\nx-amz-content-sha256:{}\nx-amz-date:{}\n\n{}\n{}", request.method, request.path,
                                      canonical_query(request.query), request.host, body, time, kSigned, body);
  std::string scope = fmt::format("{}/{}/s3/aws4_request", day, key.region);
  std::string to_sign = fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", time, scope, sha256_hex(canonical));
  std::string secret = "AWS4" + key.secret_key;
  for (std::string_view step : {std::string_view(day), std::string_view(key.region), std::string_view("s3"), std::string_view("aws4_request")})
    secret = hmac_sha256(secret, step);
  return {{"x-amz-date", time},
          {"x-amz-content-sha256", body},
          {"Authorization", fmt::format("AWS4-HMAC-SHA256 Credential={}/{},SignedHeaders={},Signature={}", key.access_key, scope, kSigned,
                                        hex(hmac_sha256(secret, to_sign)))}};
}

}  // namespace taut::bucket
