// One exchange on a curl easy handle: how it is set up, what its callbacks collect, what its end means.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "base/url.hh"
#include "io/net/http.hh"

namespace taut::net {

// What all exchanges of one client share.
struct ClientState {
  HttpOptions options;
  std::atomic<size_t> connections{0};
  size_t active = 0;  // of the I/O thread: requests under way
};

class Transfer {
 public:
  Transfer(std::shared_ptr<ClientState> client, HttpRequest request, std::optional<StreamHandler> stream);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  bool streaming() const { return stream_.has_value(); }
  ClientState& client() { return *client_; }

  // I/O thread only. Sets the handle up; kInvalid for a bad URL or bad TLS material.
  Status prepare(void* easy);
  void* easy() const { return easy_; }
  // The handle, which is the caller's again.
  void* detach();
  // The meaning of curl's verdict.
  Result<HttpResponse> verdict(int curl_code);
  // Delivers the end: to the waiting `send`, or to the stream's handler unless it was dropped.
  void finish(Result<HttpResponse> result);

  // Any thread.
  void drop() { dropped_ = true; }
  bool dropped() const { return dropped_; }
  bool sent() const { return sent_; }
  Result<HttpResponse> wait();  // until finished, or cancelled by the request's Cancel
  void wait_finished();         // until `finish` has returned

 private:
  static size_t on_body(char* data, size_t size, size_t count, void* self);
  static size_t on_header(char* data, size_t size, size_t count, void* self);
  static int on_socket(void* self, int socket, int purpose);
  size_t take(std::string_view piece);
  void take_header(std::string_view line);
  void learn_status();
  Status set_target();
  Status set_tls();
  void set_proxy();
  void set_method();
  void set_headers();
  void set_limits();
  void set_callbacks();
  Error failure(int curl_code) const;

  std::shared_ptr<ClientState> client_;
  HttpRequest request_;
  std::optional<StreamHandler> stream_;
  Url url_;
  void* easy_ = nullptr;
  void* header_list_ = nullptr;
  void* connect_to_ = nullptr;
  char message_[256] = {};
  HttpResponse response_;
  bool too_large_ = false;
  long connects_ = 0;
  std::atomic<bool> dropped_{false};
  std::atomic<bool> sent_{false};

  std::mutex mutex_;
  std::condition_variable done_;
  bool finished_ = false;
  std::optional<Result<HttpResponse>> result_;
};

}  // namespace taut::net
