// An HTTP/1.1 server for one Handler: keep-alive, TLS, chunked streams. One thread does all of it.
#pragma once

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
  size_t max_body = 16u << 20;       // larger bodies are answered 413
  size_t max_connections = 4096;
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
