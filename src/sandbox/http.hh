// Requests and answers as the API sees them: no sockets, so every behaviour can be tested by a function call.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hh"

namespace taut::sandbox {

struct Request {
  std::string method;
  std::string path;   // decoded, without the query
  std::string query;  // raw
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string client;      // the IP address it came from; "" in process
  bool too_large = false;  // the body is above the server's limit and was not read

  // The first header of that name, whatever its case; "" when there is none.
  std::string_view header(std::string_view name) const;
};

// The parameters of a query string, decoded, in order.
class Query {
 public:
  explicit Query(std::string_view raw);
  std::string_view get(std::string_view name) const;  // "" when absent
  bool has(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return parameters_; }

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

// "%2F" and "+" undone.
std::string percent_decode(std::string_view text, bool plus_is_space);

// An answer that is made while it is sent: a watch, a followed log, a long list. The server pulls; the stream says
// when it has more.
class Stream {
 public:
  enum class State { kMore, kEnd };
  virtual ~Stream() = default;
  // How long it is altogether, where that is known; then the answer is not chunked, and every read() gives something.
  virtual std::optional<size_t> length() const { return std::nullopt; }
  // Appends what there is to `out`, at most about 1 MB, without waiting. kEnd after the last bytes.
  virtual State read(std::string& out) = 0;
  // When read() should be called even if nobody woke the server (timeouts, bookmarks).
  virtual std::optional<std::chrono::steady_clock::time_point> next_deadline() const { return std::nullopt; }
  // `wake` may be called from any thread whenever there may be more to read; called with nullptr before the end.
  virtual void set_waker(std::function<void()> wake) = 0;
};

struct Response {
  int code = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  // The body is `shared` when it is set, else `body`.
  std::string body;
  std::shared_ptr<const std::string> shared;
  std::unique_ptr<Stream> stream;  // then the body is empty
  // Injected faults: cut the connection instead of answering; answer later.
  bool reset = false;
  Duration delay{};

  std::string_view text() const { return shared ? std::string_view(*shared) : std::string_view(body); }
};

// Thread-safe. Must not throw.
using Handler = std::function<Response(const Request&)>;

}  // namespace taut::sandbox
