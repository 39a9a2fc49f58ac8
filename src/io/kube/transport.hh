// Requests to one API server: with the right identity, tried again where that is safe, their failures as Errors.
#pragma once

#include <mutex>

#include "io/kube/backoff.hh"
#include "io/kube/credentials.hh"

namespace taut::kube {

struct TransportOptions {
  std::string user_agent = "taut";
  size_t max_requests = 32;  // under way at once, watches not counted
  int max_attempts = 5;      // for 429 and 503 with Retry-After, and for connections that break
  net::Milliseconds longest_retry_after{30'000};
  net::Milliseconds idle_timeout{60'000};
  Credentials::Now now;  // default: the system's clock
};

struct ApiRequest {
  std::string method = "GET";
  std::string path;  // with query: "/api/v1/pods?limit=500"
  std::string body;
  std::string content_type;
  std::string accept = "application/json";
  std::vector<net::Header> headers;
  bool idempotent = true;  // may be sent again when the connection broke after it was sent
  std::optional<Cancel> cancel;
};

class Transport {
 public:
  Transport(ClientConfig config, TransportOptions options);
  // Ends what is under way. No other thread may be inside a call.
  ~Transport();

  // An answer that is neither 2xx nor 304 is the error it stands for.
  Result<net::HttpResponse> send(const ApiRequest& request);
  // Opens a stream; a 401 is not tried again but makes the next call ask for new credentials.
  Result<std::unique_ptr<net::HttpStream>> stream(const ApiRequest& request, net::StreamHandler handler);

  const ClientConfig& config() const { return config_; }
  size_t connections() const;

 private:
  struct Client {
    std::string certificate;
    std::shared_ptr<net::HttpClient> http;
  };
  Result<net::HttpResponse> send_once(const ApiRequest& request, net::Exchange& exchange);
  net::HttpRequest prepare(const ApiRequest& request, const Identity& identity) const;
  std::shared_ptr<net::HttpClient> client_for(const Identity& identity);
  bool pause(net::Milliseconds time, const std::optional<Cancel>& cancel);

  const ClientConfig config_;
  const TransportOptions options_;
  Credentials credentials_;
  std::shared_ptr<net::HttpLoop> loop_;
  mutable std::mutex mutex_;
  std::vector<Client> clients_;  // the last is in use; the others serve streams that they opened
};

}  // namespace taut::kube
