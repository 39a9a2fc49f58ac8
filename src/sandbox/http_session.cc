#include "sandbox/http_session.hh"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <array>

#include "base/http_status.hh"

namespace taut::sandbox {
namespace {

using std::chrono::seconds;

constexpr size_t kCoalesced = 16 * 1024;   // one TLS record and one system call for small answers
constexpr size_t kReadAhead = 256 * 1024;  // of requests that come before the last one is answered
constexpr size_t kMostKept = 64 * 1024;    // of buffers, between requests
constexpr size_t kFrame = 10;              // "0000abcd\r\n" before a chunk
// For the handshake, for some progress of an answer, and for the client to close.
constexpr seconds kHandshakeTime(10), kSendTime(120), kCloseTime(2);

// A status line has to have one.
std::string_view reason(int code) {
  std::string_view name = http_reason(code);
  return name.empty() ? "Status" : name;
}

std::string address_of_peer(int socket) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  char text[INET6_ADDRSTRLEN] = "";
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return "";
  if (peer.ss_family == AF_INET) ::inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in&>(peer).sin_addr, text, sizeof text);
  if (peer.ss_family == AF_INET6) ::inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6&>(peer).sin6_addr, text, sizeof text);
  return text;
}

}  // namespace

Session::Session(SessionHost& host, uint64_t id, int socket, SSL_CTX* context)
    : host_(host), id_(id), transport_(socket, context),
      parser_({host.options().max_header, host.options().max_body}), client_(address_of_peer(socket)) {
  wait_at_most(context != nullptr ? kHandshakeTime : host.options().idle_time);
  if (context == nullptr) state_ = State::kReading;
}

Session::~Session() { end_stream(); }

void Session::on_ready(bool readable, bool writable) {
  if (state_ == State::kHandshake) {
    shake_hands();
  } else {
    if (writable && blocked_) {
      blocked_ = false;
      resume();
    }
    if (readable && state_ != State::kOver) receive();
  }
  settle();
}

void Session::shake_hands() {
  switch (transport_.handshake()) {
    case Transport::Io::kDone:
      state_ = State::kReading;
      return wait_at_most(host_.options().idle_time);
    case Transport::Io::kAgain: return;
    case Transport::Io::kPlain:
      transport_.write_plain("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
      return close_gently();
    case Transport::Io::kClosed: state_ = State::kOver;
  }
}

// Takes what has come; false when nothing has. While an answer is under way this only keeps it, and notices the
// client's going.
bool Session::receive() {
  Transport::Io io = transport_.read(in_);
  if (io == Transport::Io::kClosed) state_ = State::kOver;
  if (state_ == State::kClosing) in_.clear();
  return io == Transport::Io::kDone;
}

void Session::next_request() {
  std::string_view data = std::string_view(in_).substr(in_at_);
  bool fresh = !parser_.started();
  auto state = parser_.feed(data);
  in_at_ = in_.size() - data.size();
  if (data.empty()) {
    in_.clear();
    in_at_ = 0;
  }
  switch (state) {
    case RequestParser::State::kBad: return refuse(parser_.refusal_code(), parser_.refusal());
    case RequestParser::State::kHead:
      // From the first byte on there is a limit that more bytes do not move.
      if (fresh) wait_at_most(parser_.started() ? host_.options().head_time : host_.options().idle_time);
      return;
    case RequestParser::State::kBody:
      if (fresh) wait_at_most(host_.options().body_time);
      if (parser_.take_expectation()) {
        out_ += "HTTP/1.1 100 Continue\r\n\r\n";
        flush();
      }
      return;
    case RequestParser::State::kReady: break;
  }
  Request& request = parser_.request();
  request.client = client_;
  keep_alive_ = parser_.keep_alive();
  head_only_ = request.method == "HEAD";
  respond(host_.handle(request));
}

// What net/http answers by itself.
void Session::refuse(int code, std::string_view text) {
  keep_alive_ = false;
  Response response;
  response.code = code;
  response.content_type = "text/plain; charset=utf-8";
  response.body = text;
  respond(std::move(response));
}

void Session::respond(Response response) {
  if (response.reset) {
    transport_.reset_on_close();
    state_ = State::kOver;
    return;
  }
  response_ = std::move(response);
  if (response_.delay > Duration::zero()) {
    state_ = State::kDelayed;
    deadline_ = Steady::time_point::max();
    timer_ = Steady::now() + std::chrono::duration_cast<Steady::duration>(std::exchange(response_.delay, {}));
    return host_.call_at(id_, timer_);
  }
  write_head();
  text_at_ = 0;
  if (head_only_) text_at_ = response_.text().size();
  if (response_.stream && head_only_) response_.stream.reset();
  wait_at_most(kSendTime);
  if (response_.stream) return start_stream();
  state_ = State::kSending;
  if (std::string_view text = response_.text().substr(text_at_); text.size() <= kCoalesced) {
    out_ += text;
    text_at_ += text.size();
  }
  resume();
}

void Session::write_head() {
  std::optional<size_t> length = response_.stream ? response_.stream->length() : response_.text().size();
  chunked_ = !length;
  out_.append("HTTP/1.1 ").append(std::to_string(response_.code)).append(" ").append(reason(response_.code));
  out_.append("\r\nContent-Type: ").append(response_.content_type).append("\r\n").append(host_.date());
  for (const auto& [name, value] : response_.headers) out_.append(name).append(": ").append(value).append("\r\n");
  if (!keep_alive_) out_ += "Connection: close\r\n";
  if (length) out_.append("Content-Length: ").append(std::to_string(*length)).append("\r\n\r\n");
  else out_ += "Transfer-Encoding: chunked\r\n\r\n";
}

void Session::start_stream() {
  state_ = State::kStreaming;
  stream_ended_ = false;
  if (chunked_) {
    woken_ = std::make_shared<std::atomic<bool>>(false);
    response_.stream->set_waker(host_.waker(id_, woken_));
  }
  resume();
}

void Session::end_stream() {
  if (response_.stream) response_.stream->set_waker(nullptr);
  response_.stream.reset();
  woken_.reset();
}

void Session::on_wake() {
  if (woken_) woken_->store(false);
  if (state_ != State::kStreaming || blocked_) return;
  resume();
  settle();
}

void Session::on_timer(Steady::time_point now) {
  if (now < timer_) return;
  timer_ = {};
  if (state_ == State::kDelayed) {
    respond(std::move(response_));
    settle();
  } else {
    on_wake();
  }
}

// One read of the stream into `out_`, which is empty.
void Session::pull() {
  size_t start = chunked_ ? kFrame : 0;
  out_.assign(start, ' ');
  stream_ended_ = response_.stream->read(out_) == Stream::State::kEnd;
  if (chunked_) frame(start);
}

// Makes a chunk of what the stream gave, with its size before it: one write for all.
void Session::frame(size_t start) {
  size_t size = out_.size() - start;
  if (size == 0) {
    out_.clear();
  } else {
    static constexpr char kDigits[] = "0123456789abcdef";
    for (size_t i = 0; i < 8; ++i) out_[i] = kDigits[(size >> (28 - 4 * i)) & 15];
    out_[8] = '\r';
    out_[9] = '\n';
    out_ += "\r\n";
  }
  if (stream_ended_) out_ += "0\r\n\r\n";
}

// Sends what is ready. False when the socket takes no more, or the connection is over.
bool Session::flush() {
  auto send = [&](std::string_view text, size_t& at) {
    std::string_view rest = text.substr(at);
    Transport::Io io = rest.empty() ? Transport::Io::kDone : transport_.write(rest);
    if (text.size() - rest.size() != at) wait_at_most(kSendTime);
    at = text.size() - rest.size();
    if (io == Transport::Io::kClosed) state_ = State::kOver;
    blocked_ = !rest.empty();
    return rest.empty();
  };
  if (!send(out_, out_at_)) return false;
  out_.clear();
  out_at_ = 0;
  return state_ == State::kReading || send(response_.text(), text_at_);
}

// Goes on with the answer as far as the socket lets it.
void Session::resume() {
  while (state_ != State::kOver && flush()) {
    if (!response_.stream) {
      if (state_ == State::kSending || state_ == State::kStreaming) finish();
      return;
    }
    if (stream_ended_) {
      end_stream();
      return finish();
    }
    pull();
    if (!out_.empty()) {
      wait_at_most(kSendTime);
      continue;
    }
    // Nothing for now: the client may take as long as it likes to listen to nothing.
    deadline_ = Steady::time_point::max();
    if (auto when = response_.stream->next_deadline(); when && *when != timer_) {
      timer_ = *when;
      host_.call_at(id_, timer_);
    }
    return;
  }
}

void Session::finish() {
  response_ = {};
  if (out_.capacity() > kMostKept) out_.shrink_to_fit();
  if (in_.empty() && in_.capacity() > kMostKept) in_.shrink_to_fit();
  if (!keep_alive_) return close_gently();
  parser_.reset();
  state_ = State::kReading;
  wait_at_most(host_.options().idle_time);
}

// Lets the client read the answer before the connection goes, as a close with unread bytes would cut it.
void Session::close_gently() {
  state_ = State::kClosing;
  in_.clear();
  in_at_ = 0;
  transport_.half_close();
  wait_at_most(kCloseTime);
}

// Serves the requests that are there, and says what to wait for.
void Session::settle() {
  for (;;) {
    while (state_ == State::kReading && !in_.empty()) next_request();
    if (state_ == State::kOver) return;
    if (in_.size() >= kReadAhead || !transport_.has_pending() || !receive()) break;
  }
  if (state_ != State::kOver) host_.wait_for(id_, transport_.socket(), in_.size() < kReadAhead, blocked_);
}

}  // namespace taut::sandbox
