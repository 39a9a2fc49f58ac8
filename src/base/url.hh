// URLs of the common form scheme://user:password@host:port/path?query#fragment (RFC 3986, generic syntax).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hh"

namespace taut {

// The parts are kept as they were written (still percent-encoded), but for `scheme` and `host` in lower case.
struct Url {
  std::string scheme;
  std::string user;
  std::string password;
  std::string host;   // an IPv6 address without its brackets
  uint16_t port = 0;  // 0: not given
  std::string path;   // "" or begins with '/'
  std::string query;  // without '?'
  std::string fragment;

  // Fails with kInvalid, in Go's words, when there is no scheme or no host, or the port is no number. The error
  // does not repeat the text: it may hold a password.
  static Result<Url> parse(std::string_view text);
  std::string to_string() const;
  // As to_string, with "xxxxx" for a password, as Go's URL.Redacted.
  std::string redacted() const;
  // "scheme://host:port", no credentials; the port is left out when not given.
  std::string origin() const;
  // The port, or that of the scheme (80, 443, 22, 1080); 0 when unknown.
  uint16_t port_or_default() const;
  bool operator==(const Url&) const = default;
};

// Percent-encodes all bytes but letters, digits and "-._~": right for a path segment and a query value alike.
std::string url_encode(std::string_view text);
// Nothing when a '%' is not followed by two hex digits. '+' stays.
std::optional<std::string> url_decode(std::string_view text);
// Removes "user:password@" from every URL inside a text, for messages that come from elsewhere.
std::string redact_urls(std::string_view text);

}  // namespace taut
