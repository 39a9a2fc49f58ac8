#include "io/net/transfer_error.hh"

#include <curl/curl.h>
#include <openssl/x509_vfy.h>

#include <cerrno>
#include <cstring>

#include "base/strings.hh"

namespace taut::net {
namespace {

std::string address(const Url& url) {
  bool v6 = url.host.find(':') != std::string::npos;
  return fmt::format("{}:{}", v6 ? '[' + url.host + ']' : url.host, url.port_or_default());
}

std::string system_error(long number) {
  if (number == 0) return "connection refused";
  return to_lower(std::strerror(static_cast<int>(number)));
}

// What Go's crypto/x509 says of the same fault.
std::string certificate_fault(long verify_result, std::string_view text) {
  switch (verify_result) {
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: return "x509: certificate signed by unknown authority";
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID: return "x509: certificate has expired or is not yet valid";
    default: break;
  }
  if (contains(text, "does not match") || contains(text, "no alternative certificate subject name"))
    return "x509: certificate is not valid for this host name";
  return fmt::format("x509: {}", text);
}

std::pair<Code, std::string> certificate_refused(const CurlFailure& failure) {
  return {Code::kUnauthenticated,
          "tls: failed to verify certificate: " + certificate_fault(failure.verify_result, failure.text)};
}

// The server's alert, as OpenSSL names it ("... tlsv13 alert certificate required, errno 0"), in Go's words.
std::optional<std::string> tls_alert(std::string_view text) {
  size_t at = text.find(" alert ");
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view name = text.substr(at + 7);
  return fmt::format("remote error: tls: {}", name.substr(0, name.find(',')));
}

std::pair<Code, std::string> connection_lost(const CurlFailure& failure) {
  if (auto alert = tls_alert(failure.text)) return {Code::kUnauthenticated, *alert};
  if (failure.code == CURLE_SSL_CONNECT_ERROR) {
    if (failure.verify_result != 0) return certificate_refused(failure);
    return {Code::kUnavailable, fmt::format("tls: handshake failure: {}", failure.text)};
  }
  std::string_view doing = failure.code == CURLE_RECV_ERROR ? "read tcp" : "write tcp";
  if (failure.os_error != 0)
    return {Code::kUnavailable, fmt::format("{}: {}", doing, system_error(failure.os_error))};
  return {Code::kUnavailable, fmt::format("{}: {}", doing, failure.text)};
}

std::pair<Code, std::string> describe(const CurlFailure& failure, const Url& url) {
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Code::kUnavailable, fmt::format("dial tcp: lookup {}: no such host", url.host)};
    case CURLE_COULDNT_RESOLVE_PROXY:
      return {Code::kUnavailable, "proxyconnect tcp: lookup of the proxy: no such host"};
    case CURLE_COULDNT_CONNECT:
      if (auto proxy = Url::parse(failure.proxy))
        return {Code::kUnavailable, fmt::format("proxyconnect tcp: dial tcp {}: connect: {}", address(*proxy),
                                                system_error(failure.os_error))};
      return {Code::kUnavailable,
              fmt::format("dial tcp {}: connect: {}", address(url), system_error(failure.os_error))};
    case CURLE_OPERATION_TIMEDOUT:
      if (!failure.connected) return {Code::kTimeout, fmt::format("dial tcp {}: i/o timeout", address(url))};
      return {Code::kTimeout, "context deadline exceeded"};
    case CURLE_PEER_FAILED_VERIFICATION: return certificate_refused(failure);
    case CURLE_GOT_NOTHING: return {Code::kUnavailable, "EOF"};
    case CURLE_PARTIAL_FILE: return {Code::kUnavailable, "unexpected EOF"};
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_SSL_CONNECT_ERROR: return connection_lost(failure);
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
      return {Code::kInvalid, "tls: failed to read the certificate, the key or the certificate authority"};
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return {Code::kInvalid, "unsupported protocol scheme"};
    case CURLE_TOO_MANY_REDIRECTS: return {Code::kInvalid, "stopped after too many redirects"};
    default: return {Code::kUnavailable, std::string(failure.text)};
  }
}

}  // namespace

Error transfer_error(const CurlFailure& failure, const HttpRequest& request, const Url& url) {
  auto [code, text] = describe(failure, url);
  Url shown = url;
  shown.query.clear();
  return Error(code, fmt::format("{} \"{}\": {}", request.method, shown.redacted(), redact_urls(text)));
}

}  // namespace taut::net
