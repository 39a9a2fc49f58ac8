#include "connection.hh"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <strings.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace taut::bench {
namespace {

constexpr size_t kBuffer = 256 * 1024;

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "sandbox_bench: %s\n", what.c_str());
  std::exit(1);
}

SSL_CTX* context() {
  static SSL_CTX* made = [] {
    SSL_CTX* out = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(out, SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_set_read_ahead(out, 1);
    SSL_CTX_set_default_read_buffer_len(out, 64 * 1024);
    return out;
  }();
  return made;
}

uint64_t number(std::string_view text, int base) {
  uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out, base);
  return out;
}

}  // namespace

Target parse_target(std::string_view text) {
  size_t equals = text.find('='), scheme = text.find("https://"), comma = text.rfind(',');
  size_t colon = text.rfind(':', comma);
  if (equals == text.npos || scheme != equals + 1 || comma == text.npos || colon < scheme + 8)
    die("a server is NAME=https://HOST:PORT,TOKEN");
  Target out;
  out.name = text.substr(0, equals);
  out.host = text.substr(scheme + 8, colon - scheme - 8);
  out.port = static_cast<uint16_t>(number(text.substr(colon + 1, comma - colon - 1), 10));
  out.token = text.substr(comma + 1);
  return out;
}

std::string request_text(const Target& target, std::string_view method, std::string_view path, std::string_view type,
                         std::string_view body) {
  std::string out = fmt::format("{} {} HTTP/1.1\r\nHost: {}:{}\r\nAuthorization: Bearer {}\r\nAccept: application/json\r\n"
                                "User-Agent: bench/1\r\n", method, path, target.host, target.port, target.token);
  if (!type.empty()) out += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", type, body.size());
  out += "\r\n";
  out += body;
  return out;
}

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {}
Loop::~Loop() { close(epoll_); }

void Loop::step() {
  epoll_event events[64];
  int count = epoll_wait(epoll_, events, 64, 60'000);
  if (count <= 0) die("no answer for a minute");
  for (int i = 0; i < count; ++i) static_cast<Connection*>(events[i].data.ptr)->readable();
}

Connection::Connection(Loop& loop, const Target& target) {
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(target.port);
  inet_pton(AF_INET, target.host.c_str(), &address.sin_addr);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) die("cannot connect to " + target.name);
  int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  tls_ = SSL_new(context());
  SSL_set_fd(tls_, socket_);
  if (SSL_connect(tls_) != 1) die("no TLS with " + target.name);
  fcntl(socket_, F_SETFL, O_NONBLOCK);
  epoll_event event{.events = EPOLLIN, .data = {.ptr = this}};
  epoll_ctl(loop.epoll_, EPOLL_CTL_ADD, socket_, &event);
}

Connection::~Connection() {
  SSL_free(tls_);
  close(socket_);
}

void Connection::send(std::string_view request, std::function<void(int)> done) {
  done_ = std::move(done);
  code_ = 0;
  while (!request.empty()) {
    int written = SSL_write(tls_, request.data(), static_cast<int>(request.size()));
    if (written > 0) {
      request.remove_prefix(static_cast<size_t>(written));
      continue;
    }
    if (SSL_get_error(tls_, written) != SSL_ERROR_WANT_WRITE) die("the server closed a connection");
    pollfd wait{socket_, POLLOUT, 0};
    poll(&wait, 1, 60'000);
  }
}

void Connection::readable() {
  static char buffer[kBuffer];
  for (;;) {
    int got = SSL_read(tls_, buffer, kBuffer);
    if (got > 0) {
      bytes_ += static_cast<uint64_t>(got);
      consume({buffer, static_cast<size_t>(got)});
      continue;
    }
    int error = SSL_get_error(tls_, got);
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ) return;
    die("the server closed a connection");
  }
}

void Connection::consume(std::string_view data) {
  while (!data.empty()) {
    size_t used = 0;
    switch (state_) {
      case State::kHeader: used = take_header(data); break;
      case State::kSize:
      case State::kChunkEnd: used = take_chunk(data); break;
      case State::kBody:
      case State::kChunk:
        used = static_cast<size_t>(std::min<uint64_t>(left_, data.size()));
        body(data.substr(0, used));
        left_ -= used;
        if (left_ == 0 && state_ == State::kBody) finish();
        else if (left_ == 0) state_ = State::kChunkEnd;
        break;
    }
    data.remove_prefix(used);
  }
}

size_t Connection::take_header(std::string_view data) {
  size_t before = line_.size();
  line_ += data;
  size_t end = line_.find("\r\n\r\n");
  if (end == line_.npos) return data.size();
  std::string_view head = std::string_view(line_).substr(0, end);
  code_ = static_cast<int>(number(head.substr(9, 3), 10));
  left_ = 0;
  chunked_ = false;
  for (size_t at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at + 2)) {
    std::string_view line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    if (strncasecmp(line.data(), "content-length: ", 16) == 0) left_ = number(line.substr(16), 10);
    if (strncasecmp(line.data(), "transfer-encoding: chunked", 26) == 0) chunked_ = true;
  }
  line_.clear();
  state_ = chunked_ ? State::kSize : State::kBody;
  if (!chunked_ && left_ == 0) finish();
  return end + 4 - before;
}

// The line with a chunk's size, or what follows a chunk.
size_t Connection::take_chunk(std::string_view data) {
  size_t newline = data.find('\n');
  line_ += data.substr(0, newline);
  if (newline == data.npos) return data.size();
  if (state_ == State::kChunkEnd) {
    line_.clear();
    state_ = State::kSize;
    return newline + 1;
  }
  if (line_ == "\r") {  // after the last chunk
    line_.clear();
    finish();
    return newline + 1;
  }
  left_ = number(line_, 16);
  line_.clear();
  if (left_ != 0) state_ = State::kChunk;
  return newline + 1;
}

void Connection::body(std::string_view data) {
  lines_ += static_cast<uint64_t>(std::count(data.begin(), data.end(), '\n'));
}

void Connection::finish() {
  state_ = State::kHeader;
  auto done = std::move(done_);
  done_ = nullptr;
  if (done) done(code_);
}

}  // namespace taut::bench
