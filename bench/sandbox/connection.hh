// An HTTP/1.1 client that costs as little as it can, so that a benchmark measures the server: requests are sent as
// bytes that were made before, answers are counted and thrown away, all connections share one thread and one epoll.
// Every failure ends the program: a benchmark with errors has no result.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace taut::bench {

struct Target {
  std::string name;  // as the report calls it
  std::string host;
  uint16_t port = 0;
  std::string token;
};

// "NAME=https://HOST:PORT,TOKEN"
Target parse_target(std::string_view text);

// A request as it goes over the wire. `type` is the Content-Type; "" when there is no body.
std::string request_text(const Target& target, std::string_view method, std::string_view path, std::string_view type,
                         std::string_view body);

class Connection;

// Waits for all connections that are made with it.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  // Handles what has come, waiting for something if nothing has. Ends the program after a minute of silence.
  void step();

 private:
  friend class Connection;
  int epoll_;
};

// One TLS connection. Not thread-safe; lives as long as its Loop.
class Connection {
 public:
  Connection(Loop& loop, const Target& target);  // connects and shakes hands before it returns
  ~Connection();
  Connection(const Connection&) = delete;

  // `done` is called, with the status code, when the answer is there in full. One request at a time.
  void send(std::string_view request, std::function<void(int)> done);
  // For watches: bytes '\n' seen in the bodies so far, which is one an event.
  uint64_t lines() const { return lines_; }
  uint64_t bytes() const { return bytes_; }
  bool answering() const { return code_ != 0; }

 private:
  friend class Loop;
  void readable();
  void consume(std::string_view data);
  size_t take_header(std::string_view data);
  size_t take_chunk(std::string_view data);
  void body(std::string_view data);
  void finish();

  int socket_ = -1;
  SSL* tls_ = nullptr;
  std::function<void(int)> done_;
  std::string line_;  // a header or the size of a chunk, until it is complete
  int code_ = 0;
  bool chunked_ = false;
  uint64_t left_ = 0;  // of the body or of the chunk
  enum class State { kHeader, kBody, kSize, kChunk, kChunkEnd } state_ = State::kHeader;
  uint64_t lines_ = 0, bytes_ = 0;
};

}  // namespace taut::bench
