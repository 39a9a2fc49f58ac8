// Reads HTTP/1.1 requests from bytes as they come. No sockets: a fuzz target feeds it directly.
#pragma once

#include <string>
#include <string_view>

#include "sandbox/http.hh"

namespace taut::sandbox {

struct ParseLimits {
  size_t max_header = 1u << 20;  // as kube-apiserver's MaxHeaderBytes
  size_t max_body = 3u << 20;    // as its limit for resource requests
};

class RequestParser {
 public:
  enum class State {
    kHead,   // waits for the request line and the header
    kBody,   // has those, waits for the rest
    kReady,  // request() is complete
    kBad     // refusal() says why; nothing more can be read from this connection
  };

  explicit RequestParser(ParseLimits limits = {}) : limits_(limits) {}

  // Takes bytes from the front of `data` until a request is complete or the data is used up.
  State feed(std::string_view& data);
  State state() const { return state_; }
  // Whether bytes of a request have come that is not complete.
  bool started() const { return !head_.empty() || state_ == State::kBody; }
  // Whether the client waits to be asked for the body ("Expect: 100-continue"). True once.
  bool take_expectation() { return std::exchange(expects_continue_, false); }

  // kReady: the request, until reset(). A body above the limit is not there; Request::too_large says so, and the
  // connection cannot be used again.
  Request& request() { return request_; }
  bool keep_alive() const { return keep_alive_; }
  // kBad: code and text of the answer, as Go's net/http gives them.
  int refusal_code() const { return refusal_code_; }
  const std::string& refusal() const { return refusal_; }

  // Ready for the next request of the connection.
  void reset();

 private:
  State take_head(std::string_view& data);
  State take_sized(std::string_view& data);
  State take_chunked(std::string_view& data);
  State chunk_line(std::string_view line);
  State read_head(std::string_view head);
  State read_request_line(std::string_view line);
  State read_field(std::string_view line);
  State body_follows();
  State finish();
  State too_large();
  State refuse(int code, std::string text);

  ParseLimits limits_;
  State state_ = State::kHead;
  Request request_;
  std::string head_;  // what has come of the head, or of a line between chunks
  bool keep_alive_ = true;
  bool expects_continue_ = false;
  // What the fields say about the body.
  bool has_host_ = false, has_length_ = false, chunked_ = false;
  uint64_t left_ = 0;  // of the body, or of the chunk
  enum class Chunk { kSize, kData, kDataEnd, kTrailer } chunk_ = Chunk::kSize;
  size_t between_ = 0;  // bytes of sizes and trailers
  int refusal_code_ = 0;
  std::string refusal_;
};

}  // namespace taut::sandbox
