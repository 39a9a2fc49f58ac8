// The server over real sockets: keep-alive, streams, limits and clients that misbehave.
#include "sandbox/http_server.hh"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/strings.hh"

namespace taut::sandbox {
namespace {

using Steady = std::chrono::steady_clock;

// A client that says exactly what it is told to.
class Client {
 public:
  explicit Client(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    timeval limit{5, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;

  void send(std::string_view text) { (void)!::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }
  void get(std::string_view path) { send(fmt::format("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", path)); }
  // Everything up to and with `end`; all there is when the connection ends first.
  std::string read_to(std::string_view end) {
    while (!contains(seen_, end)) {
      char buffer[4096];
      ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
      if (got <= 0) return std::exchange(seen_, {});
      seen_.append(buffer, static_cast<size_t>(got));
    }
    size_t size = seen_.find(end) + end.size();
    std::string out = seen_.substr(0, size);
    seen_.erase(0, size);
    return out;
  }
  // Whether the server ends the connection within the five seconds that a read waits.
  bool ended() {
    char buffer[4096];
    for (;;) {
      ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
      if (got <= 0) return got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    }
  }

 private:
  int socket_;
  std::string seen_;
};

// Says "tick" whenever it is woken, three times.
class Ticks : public Stream {
 public:
  static inline std::atomic<int> alive = 0;
  static inline std::function<void()> wake;
  Ticks() { ++alive; }
  ~Ticks() override { --alive; }
  State read(std::string& out) override {
    out += "tick";
    return ++count_ == 3 ? State::kEnd : State::kMore;
  }
  void set_waker(std::function<void()> waker) override {
    if (waker) wake = std::move(waker);
  }

 private:
  int count_ = 0;
};

// Nothing ever comes.
class Silence : public Stream {
 public:
  static inline std::atomic<int> alive = 0;
  Silence() { ++alive; }
  ~Silence() override { --alive; }
  State read(std::string&) override { return State::kMore; }
  void set_waker(std::function<void()>) override {}
};

// A million bytes of known length.
class Long : public Stream {
 public:
  std::optional<size_t> length() const override { return 1'000'000; }
  State read(std::string& out) override {
    out.append(50'000, 'x');
    return ++count_ == 20 ? State::kEnd : State::kMore;
  }
  void set_waker(std::function<void()>) override {}

 private:
  int count_ = 0;
};

Response answer(const Request& request) {
  Response out;
  out.body = request.method + ' ' + request.path + ' ' + std::to_string(request.body.size());
  if (request.too_large) out.code = 413;
  if (request.path == "/ticks") out.stream = std::make_unique<Ticks>();
  if (request.path == "/silence") out.stream = std::make_unique<Silence>();
  if (request.path == "/long") out.stream = std::make_unique<Long>();
  if (out.stream) out.body.clear();
  if (request.path == "/cut") out.reset = true;
  if (request.path == "/later") out.delay = std::chrono::milliseconds(50);
  return out;
}

std::unique_ptr<HttpServer> started(HttpOptions options = {}) {
  auto server = start_http_server(options, answer);
  EXPECT_TRUE(server);
  return std::move(*server);
}

bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 500; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

TEST(HttpServer, answers_one_request_after_the_other_on_a_connection) {
  auto server = started();
  Client client(server->port());
  client.get("/a");
  EXPECT_TRUE(client.read_to("GET /a 0").starts_with("HTTP/1.1 200 OK\r\n"));
  client.send("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /c HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(contains(client.read_to("GET /c 0"), "POST /b 3"));
}

TEST(HttpServer, answers_thousands_of_requests_that_come_at_once) {
  auto server = started();
  Client client(server->port());
  std::string all;
  for (int i = 0; i < 5000; ++i) all += "GET /many HTTP/1.1\r\nHost: x\r\n\r\n";
  std::thread sender([&] { client.send(all); });
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(client.read_to("GET /many 0").ends_with("GET /many 0")) << i;
  sender.join();
}

TEST(HttpServer, asks_for_a_body_that_the_client_holds_back) {
  auto server = started();
  Client client(server->port());
  client.send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_to("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hi");
  EXPECT_TRUE(contains(client.read_to("PUT /a 2"), "200 OK"));
}

TEST(HttpServer, the_end_of_a_stream_is_not_the_end_of_the_connection) {
  auto server = started();
  Client client(server->port());
  client.get("/ticks");
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(contains(client.read_to("tick\r\n"), "00000004\r\n"));
    Ticks::wake();
  }
  EXPECT_EQ(client.read_to("0\r\n\r\n"), "0\r\n\r\n");
  EXPECT_TRUE(eventually([] { return Ticks::alive == 0; }));
  client.get("/after");
  EXPECT_TRUE(contains(client.read_to("GET /after 0"), "200 OK"));
}

TEST(HttpServer, a_stream_ends_when_the_client_goes) {
  auto server = started();
  {
    Client client(server->port());
    client.get("/silence");
    client.read_to("\r\n\r\n");
    EXPECT_EQ(Silence::alive, 1);
  }
  EXPECT_TRUE(eventually([] { return Silence::alive == 0; }));
}

TEST(HttpServer, streams_of_known_length_are_not_chunked) {
  auto server = started();
  Client client(server->port());
  client.get("/long");
  EXPECT_TRUE(contains(client.read_to("\r\n\r\n"), "Content-Length: 1000000\r\n"));
  EXPECT_EQ(client.read_to(std::string(1'000'000, 'x')).size(), 1'000'000u);
  client.send("HEAD /long HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(contains(client.read_to("\r\n\r\n"), "Content-Length: 1000000\r\n"));
  client.get("/after");
  EXPECT_TRUE(contains(client.read_to("GET /after 0"), "200 OK"));
}

TEST(HttpServer, cuts_and_delays_as_told) {
  auto server = started();
  Client cut(server->port()), later(server->port());
  cut.get("/cut");
  EXPECT_TRUE(cut.ended());
  auto start = Steady::now();
  later.get("/later");
  later.read_to("GET /later 0");
  EXPECT_GE(Steady::now() - start, std::chrono::milliseconds(50));
}

TEST(HttpServer, a_body_above_the_limit_reaches_the_handler_as_such_and_ends_the_connection) {
  auto server = started({.max_body = 1000});
  Client client(server->port());
  client.send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'a'));
  EXPECT_TRUE(client.read_to("PUT /a 0").starts_with("HTTP/1.1 413 Request Entity Too Large\r\n"));
  EXPECT_TRUE(client.ended());
}

TEST(HttpServer, refuses_what_is_no_request) {
  auto server = started();
  Client client(server->port());
  client.send("nonsense\r\n\r\n");
  EXPECT_TRUE(client.read_to("\r\n\r\n400 Bad Request").starts_with("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_TRUE(client.ended());
}

TEST(HttpServer, does_not_wait_for_slow_clients_for_ever) {
  auto server = started({.idle_time = std::chrono::seconds(1), .head_time = std::chrono::seconds(1), .body_time = std::chrono::seconds(1)});
  Client idle(server->port()), drip(server->port()), body(server->port());
  std::atomic<bool> done = false;
  // A byte now and then does not help.
  std::thread dripping([&] {
    drip.send("GET / HTTP/1.1\r\n");
    while (!done) {
      drip.send("X");
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  });
  body.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_TRUE(idle.ended());
  EXPECT_TRUE(drip.ended());
  EXPECT_TRUE(body.ended());
  done = true;
  dripping.join();
}

TEST(HttpServer, has_room_for_so_many_connections) {
  auto server = started({.max_connections = 2});
  Client one(server->port()), two(server->port());
  one.get("/1");
  one.read_to("GET /1 0");
  two.get("/2");
  two.read_to("GET /2 0");
  Client three(server->port());
  EXPECT_TRUE(three.ended());
}

TEST(HttpServer, tells_clients_that_speak_no_tls) {
  auto material = make_tls_material({"127.0.0.1"});
  ASSERT_TRUE(material);
  auto server = started({.tls = &*material});
  Client client(server->port());
  client.get("/");
  EXPECT_TRUE(contains(client.read_to("HTTPS server.\n"), "Client sent an HTTP request to an HTTPS server."));
}

}  // namespace
}  // namespace taut::sandbox
