// An HTTP client: blocking requests from any thread, streaming answers, one I/O thread underneath.
//
// Over TLS it speaks HTTP/2 where the server agrees (ALPN), and then all requests and streams to one host share one
// connection until the server's limit of streams is reached; otherwise HTTP/1.1 with kept-alive connections.
// Errors are in the words of Go's net/http ("dial tcp 127.0.0.1:6443: connect: connection refused"), with the code
// kUnavailable (no connection, reset, refused), kTimeout, kUnauthenticated (the server's certificate is not
// trusted), kCancelled, kLimit (answer too large) or kInvalid (bad URL, bad PEM). A status such as 404 or 500 is an
// answer, not an error. A request on a connection that was idle and that the server closes before it answers is
// sent once more on a new one, whatever its method (libcurl's doing). Header values, bodies and URL credentials
// never appear in an error.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cancel.hh"
#include "base/result.hh"

namespace taut::net {

using Milliseconds = std::chrono::milliseconds;

struct Header {
  std::string name;
  std::string value;
};

// PEM texts, kept in memory only.
struct TlsOptions {
  std::string ca;           // "": the system's bundle
  std::string certificate;  // of the client, with its chain
  std::string key;
  std::string server_name;  // for SNI and verification, when it is not the URL's host
  bool insecure = false;    // does not verify the server
};

struct HttpOptions {
  TlsOptions tls;
  std::string proxy;  // http, https or socks5 URL; "": HTTPS_PROXY, http_proxy and NO_PROXY, as libcurl reads them
  std::string no_proxy = {};  // hosts that are reached without `proxy`, as NO_PROXY has them
  std::string user_agent = "taut";
  Milliseconds connect_timeout{10'000};  // resolving, connecting and the TLS handshake
  bool http2 = true;
  bool compress = true;      // asks for gzip on requests (never on streams)
  size_t max_requests = 32;  // under way at once; the others wait their turn. Streams do not count
  size_t max_body = 512u << 20;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<Header> headers;
  std::string body;
  std::string user, password;    // basic authentication, when `user` is not empty
  Milliseconds timeout{0};       // for the whole exchange once it has its turn; 0: none
  Milliseconds idle_timeout{0};  // fails when no byte comes for so long; 0: none. Whole seconds
  int max_redirects = 0;
  std::optional<Cancel> cancel;  // looked at every 20 ms by `send`
};

struct HttpResponse {
  int status = 0;
  std::vector<Header> headers;
  std::string body;
  bool http2 = false;

  // The first value of a header, whatever the case of its name; nullptr when absent.
  const std::string* header(std::string_view name) const;
};

// What is known of an exchange that failed.
struct Exchange {
  bool sent = false;  // the request may have reached the server
};

// Goes on until it ends or is destroyed; destroying waits for a running callback to return (unless it is called
// from one), after which none runs.
class HttpStream {
 public:
  virtual ~HttpStream() = default;
  // Offers the refused piece again. Thread-safe.
  virtual void resume() = 0;
};

// All run on the I/O thread, so they must not block, nor call HttpClient::send.
struct StreamHandler {
  // A piece of the body of a 2xx answer, as it comes. False: not taken, nothing more is read until `resume`.
  std::function<bool(std::string_view)> on_chunk;
  // Once, at the end: the answer (`body` only when it was not a 2xx) or why it broke off.
  std::function<void(Result<HttpResponse>)> on_end;
  // When the head of a 2xx answer is there, before any piece. May be empty.
  std::function<void()> on_open = {};
};

// The thread that moves the bytes. May be shared by clients; lives as long as one of them.
class HttpLoop;
std::shared_ptr<HttpLoop> make_http_loop();

class HttpClient {
 public:
  explicit HttpClient(HttpOptions options, std::shared_ptr<HttpLoop> loop = make_http_loop());
  // Cancels what is under way and waits for it. No other thread may be inside a call.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  Result<HttpResponse> send(HttpRequest request, Exchange* exchange = nullptr);
  std::unique_ptr<HttpStream> open_stream(HttpRequest request, StreamHandler handler);

  // Connections made so far that led to an answer.
  size_t connections() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace taut::net
