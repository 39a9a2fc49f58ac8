// An HTTP/1.1 server for one Handler: keep-alive, TLS, streams. One thread does all of it, on epoll.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.hh"
#include "sandbox/http.hh"
#include "sandbox/tls_material.hh"

namespace taut::sandbox {

struct HttpOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;
  const TlsMaterial* tls = nullptr;  // nullptr: plain HTTP
  size_t max_header = 1u << 20;      // longer heads are answered 431
  size_t max_body = 3u << 20;        // requests with a longer body reach the handler without it
  size_t max_connections = 4096;     // more are closed at once
  // How long a client may take: between requests, for a head from its first byte, for a body. The latter two are
  // kube-apiserver's.
  std::chrono::seconds idle_time{300}, head_time{32}, body_time{60};
};

class HttpServer {
 public:
  virtual ~HttpServer() = default;  // stops
  virtual uint16_t port() const = 0;
  virtual void stop() = 0;  // idempotent; open connections are cut
};

// The handler is called on the server's thread. kUnavailable when the address cannot be bound.
Result<std::unique_ptr<HttpServer>> start_http_server(const HttpOptions& options, Handler handler);

}  // namespace taut::sandbox
