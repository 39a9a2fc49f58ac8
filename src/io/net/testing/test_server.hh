// A small HTTP/1.1 server for tests: one thread a connection, the test's handler answers each request. With a
// TestPki it speaks TLS. Only tests include this.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "base/strings.hh"
#include "io/net/testing/test_pki.hh"

namespace taut::net {

struct TestRequest {
  std::string method;
  std::string target;                          // path and query
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::string client_name;  // CN of the client's certificate

  std::string path() const { return target.substr(0, target.find('?')); }
  bool asks(std::string_view parameter) const { return contains(target, parameter); }
};

// A connection seen by the handler.
class TestReply {
 public:
  TestReply(int socket, SSL* ssl) : socket_(socket), ssl_(ssl) {}

  void send(int status, std::string_view body, std::string_view headers = "Content-Type: application/json\r\n") {
    write(fmt::format("HTTP/1.1 {} Status\r\n{}Content-Length: {}\r\n\r\n{}", status, headers, body.size(), body));
  }
  // A chunked answer: begin, chunk..., end.
  void begin(int status = 200) {
    write(fmt::format("HTTP/1.1 {} Status\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
                      status));
  }
  void chunk(std::string_view text) { write(fmt::format("{:x}\r\n{}\r\n", text.size(), text)); }
  void end() { write("0\r\n\r\n"); }
  // Breaks the connection off, with a reset.
  void reset() {
    linger hard{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    broken = true;
  }
  // True once the other side has gone, or the server is being stopped.
  bool gone() const {
    char byte;
    ssize_t got = recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
  }
  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      long sent = ssl_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                       : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        broken = true;
        return;
      }
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }
  bool broken = false;

 private:
  int socket_;
  SSL* ssl_;
};

class TestServer {
 public:
  using Handler = std::function<void(const TestRequest&, TestReply&)>;

  explicit TestServer(Handler handler, const TestPki* pki = nullptr) : handler_(std::move(handler)), pki_(pki) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 64) != 0) abort();
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { accept_all(); });
  }

  ~TestServer() {
    stopping_ = true;
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
    {
      std::lock_guard lock(mutex_);
      for (int open : sockets_) shutdown(open, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
  }

  std::string url() const { return fmt::format("{}://127.0.0.1:{}", pki_ ? "https" : "http", port_); }
  uint16_t port() const { return port_; }
  size_t connections() const { return connections_; }
  size_t requests() const { return requests_; }

 private:
  void accept_all() {
    sigset_t set;  // for this thread and those that it starts: OpenSSL writes to sockets that may be closed
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    for (;;) {
      int client = accept(listener_, nullptr, nullptr);
      if (client < 0 || stopping_) {
        if (client >= 0) close(client);
        return;
      }
      ++connections_;
      int on = 1;
      setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      std::lock_guard lock(mutex_);
      sockets_.push_back(client);
      threads_.emplace_back([this, client] { serve(client); });
    }
  }

  void serve(int client) {
    SSL* ssl = pki_ ? pki_->accept(client) : nullptr;
    if (pki_ && !ssl) drain(client);  // closing at once could overtake the alert that says why
    if (!pki_ || ssl) {
      TestReply reply(client, ssl);
      std::string buffer;
      TestRequest request;
      if (ssl) request.client_name = TestPki::peer_name(ssl);
      while (!stopping_ && !reply.broken && read_request(client, ssl, buffer, request)) {
        ++requests_;
        handler_(request, reply);
      }
    }
    if (ssl) SSL_free(ssl);
    std::lock_guard lock(mutex_);
    sockets_.remove(client);
    close(client);
  }

  static void drain(int client) {
    shutdown(client, SHUT_WR);
    char bytes[4096];
    while (recv(client, bytes, sizeof bytes, 0) > 0) {
    }
  }

  static bool fill(int client, SSL* ssl, std::string& buffer) {
    char bytes[16384];
    long got = ssl ? SSL_read(ssl, bytes, sizeof bytes) : recv(client, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    buffer.append(bytes, static_cast<size_t>(got));
    return true;
  }

  static bool read_request(int client, SSL* ssl, std::string& buffer, TestRequest& out) {
    size_t head;
    while ((head = buffer.find("\r\n\r\n")) == std::string::npos)
      if (!fill(client, ssl, buffer)) return false;
    out.headers.clear();
    bool first = true;
    for (auto line : split(std::string_view(buffer).substr(0, head), '\n')) {
      line = trim(line);
      if (first) {
        auto words = split(line, ' ');
        out.method = words[0];
        out.target = words.size() > 1 ? words[1] : "";
        first = false;
        continue;
      }
      std::string_view name, value;
      if (cut(line, ":", name, value)) out.headers[to_lower(name)] = trim(value);
    }
    buffer.erase(0, head + 4);
    auto length = out.headers.find("content-length");
    size_t size = length == out.headers.end() ? 0 : std::stoul(length->second);
    while (buffer.size() < size)
      if (!fill(client, ssl, buffer)) return false;
    out.body = buffer.substr(0, size);
    buffer.erase(0, size);
    return true;
  }

  Handler handler_;
  const TestPki* pki_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<size_t> connections_{0};
  std::atomic<size_t> requests_{0};
  std::mutex mutex_;
  std::list<int> sockets_;
  std::list<std::thread> threads_;
  std::thread thread_;
};

}  // namespace taut::net
