// One connection of the HTTP server: reads requests, sends answers, pulls streams. Lives on the server's thread.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "sandbox/http_parse.hh"
#include "sandbox/http_server.hh"
#include "sandbox/http_transport.hh"

namespace taut::sandbox {

using Steady = std::chrono::steady_clock;

// What a session needs of the server around it.
class SessionHost {
 public:
  virtual ~SessionHost() = default;
  virtual const HttpOptions& options() const = 0;
  virtual Response handle(const Request& request) = 0;
  // Which of the socket's events the session waits for.
  virtual void wait_for(uint64_t id, int socket, bool readable, bool writable) = 0;
  // Calls Session::on_timer then. Earlier wishes stay: the session is to look whether it is time.
  virtual void call_at(uint64_t id, Steady::time_point when) = 0;
  // A function for any thread that makes the server call Session::on_wake soon. It may outlive session and server.
  virtual std::function<void()> waker(uint64_t id, std::shared_ptr<std::atomic<bool>> pending) = 0;
  // "Date: ...\r\n"
  virtual const std::string& date() const = 0;
};

class Session {
 public:
  // Owns the socket. on_ready(false, false) starts it.
  Session(SessionHost& host, uint64_t id, int socket, SSL_CTX* context);
  ~Session();

  void on_ready(bool readable, bool writable);
  void on_timer(Steady::time_point now);
  void on_wake();
  // Whether it is over: the server then destroys it.
  bool over() const { return state_ == State::kOver; }
  // When it has waited too long for the other side; looked at about once a second.
  Steady::time_point deadline() const { return deadline_; }

 private:
  enum class State {
    kHandshake,
    kReading,    // a request, or the wait for one
    kDelayed,    // an answer that is held back
    kSending,    // an answer of known length
    kStreaming,  // a chunked one
    kClosing,    // everything is sent; waits for the client to close
    kOver
  };

  void shake_hands();
  bool receive();
  void next_request();
  void refuse(int code, std::string_view text);
  void respond(Response response);
  void write_head();
  void start_stream();
  void end_stream();
  void pull();
  void frame(size_t start);
  bool flush();
  void resume();
  void finish();
  void close_gently();
  void settle();
  void wait_at_most(std::chrono::seconds time) { deadline_ = Steady::now() + time; }

  SessionHost& host_;
  const uint64_t id_;
  Transport transport_;
  State state_ = State::kHandshake;
  RequestParser parser_;
  std::string client_;  // its IP address
  std::string in_;  // received; parsed up to in_at_
  size_t in_at_ = 0;
  Response response_;
  std::string out_;  // to be sent, from out_at_ on; then response_'s text from text_at_ on, then its stream
  size_t out_at_ = 0, text_at_ = 0;
  bool keep_alive_ = true, head_only_ = false, chunked_ = false, stream_ended_ = false;
  bool blocked_ = false;  // the socket takes no more for now
  std::shared_ptr<std::atomic<bool>> woken_;
  Steady::time_point deadline_, timer_{};
};

}  // namespace taut::sandbox
