#include "io/net/http.hh"

#include <gtest/gtest.h>

#include <future>

#include "io/net/testing/test_server.hh"

namespace taut::net {
namespace {

using namespace std::chrono_literals;

HttpRequest request(const TestServer& server, std::string target, std::string method = "GET") {
  HttpRequest out;
  out.method = std::move(method);
  out.url = server.url() + target;
  return out;
}

void echo(const TestRequest& request, TestReply& reply) {
  std::string auth = request.headers.contains("authorization") ? request.headers.at("authorization") : "";
  reply.send(200, request.method + ' ' + request.target + ' ' + request.body + ' ' + auth);
}

TEST(HttpClient, sends_each_method_with_its_body_and_headers) {
  TestServer server(echo);
  HttpClient client({});
  EXPECT_EQ(client.send(request(server, "/a?x=1"))->body, "GET /a?x=1  ");
  auto patch = request(server, "/b", "PATCH");
  patch.body = "{}";
  patch.headers = {{"Authorization", "Bearer t"}};
  auto answer = client.send(patch);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "PATCH /b {} Bearer t");
  EXPECT_EQ(*answer->header("content-type"), "application/json");
  EXPECT_EQ(client.send(request(server, "/c", "DELETE"))->body, "DELETE /c  ");
  EXPECT_EQ(server.connections(), 1u);  // kept alive
}

TEST(HttpClient, goes_through_a_proxy_and_keeps_its_password_to_itself) {
  TestServer proxy(echo);
  HttpOptions options;
  options.proxy = fmt::format("http://me:secret@127.0.0.1:{}", proxy.port());
  HttpRequest far;
  far.url = "http://cluster.invalid/version";
  auto answer = HttpClient(options).send(far);
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->body, "GET http://cluster.invalid/version  ");
  options.proxy = "http://me:secret@127.0.0.1:1";
  auto refused = HttpClient(options).send(far);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(),
            "GET \"http://cluster.invalid/version\": proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection "
            "refused");
}

TEST(HttpClient, sends_a_user_and_password) {
  TestServer server(echo);
  auto named = request(server, "/");
  named.user = "ann";
  named.password = "pw";
  EXPECT_EQ(HttpClient({}).send(named)->body, "GET /  Basic YW5uOnB3");
}

TEST(HttpClient, a_status_is_an_answer_and_not_an_error) {
  TestServer server([](const TestRequest&, TestReply& reply) { reply.send(503, "busy", "Retry-After: 7\r\n"); });
  HttpClient client({});
  auto answer = client.send(request(server, "/"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(*answer->header("Retry-After"), "7");
}

TEST(HttpClient, keeps_to_its_limit_of_requests_under_way) {
  std::atomic<int> now{0}, most{0};
  TestServer server([&](const TestRequest&, TestReply& reply) {
    int here = ++now;
    int seen = most;
    while (here > seen && !most.compare_exchange_weak(seen, here)) {
    }
    std::this_thread::sleep_for(20ms);
    --now;
    reply.send(200, "ok");
  });
  HttpOptions options;
  options.max_requests = 3;
  HttpClient client(options);
  std::vector<std::future<bool>> all;
  for (int i = 0; i < 12; ++i)
    all.push_back(std::async(std::launch::async, [&] { return client.send(request(server, "/")).has_value(); }));
  for (auto& one : all) EXPECT_TRUE(one.get());
  EXPECT_LE(most, 3);
  EXPECT_GE(most, 2);
}

TEST(HttpClient, failures_say_what_happened_in_gos_words) {
  HttpClient client({});
  uint16_t port;
  {
    TestServer gone(echo);
    port = gone.port();
  }
  HttpRequest to_nobody;
  to_nobody.url = fmt::format("http://me:secret@127.0.0.1:{}/x?token=secret", port);
  Exchange exchange;
  auto refused = client.send(to_nobody, &exchange);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kUnavailable);
  EXPECT_EQ(
      refused.error().message(),
      fmt::format("GET \"http://me:xxxxx@127.0.0.1:{}/x\": dial tcp 127.0.0.1:{}: connect: connection refused",
                  port, port));
  EXPECT_FALSE(exchange.sent);

  TestServer resets([](const TestRequest&, TestReply& reply) { reply.reset(); });
  auto reset = client.send(request(resets, "/"), &exchange);
  ASSERT_FALSE(reset);
  EXPECT_EQ(reset.error().code(), Code::kUnavailable);
  EXPECT_TRUE(contains(reset.error().message(), "connection reset by peer")) << reset.error().message();
  EXPECT_TRUE(exchange.sent);

  HttpRequest bad;
  bad.url = "ftp://127.0.0.1/";
  EXPECT_EQ(client.send(bad).error().code(), Code::kInvalid);
}

TEST(HttpClient, gives_up_after_its_timeouts) {
  TestServer server([](const TestRequest&, TestReply& reply) {
    while (!reply.gone()) std::this_thread::sleep_for(5ms);
    reply.broken = true;
  });
  HttpClient client({});
  auto slow = request(server, "/");
  slow.timeout = 50ms;
  auto answer = client.send(slow);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Code::kTimeout);
  EXPECT_TRUE(contains(answer.error().message(), "context deadline exceeded"));
  slow.timeout = 0ms;
  slow.cancel = Cancel();
  auto waiting = std::async(std::launch::async, [&] { return client.send(slow); });
  std::this_thread::sleep_for(30ms);
  slow.cancel->request();
  EXPECT_EQ(waiting.get().error().code(), Code::kCancelled);
}

TEST(HttpClient, refuses_an_answer_that_is_too_large) {
  TestServer server([](const TestRequest&, TestReply& reply) { reply.send(200, std::string(2000, 'x')); });
  HttpOptions options;
  options.max_body = 1000;
  HttpClient client(options);
  EXPECT_EQ(client.send(request(server, "/")).error().code(), Code::kLimit);
}

struct Collected {
  std::mutex mutex;
  std::string text;
  std::promise<Result<HttpResponse>> ended;
  bool take = true;
  StreamHandler handler() {
    return {[this](std::string_view piece) {
              std::lock_guard lock(mutex);
              if (take) text += piece;
              return take;
            },
            [this](Result<HttpResponse> result) { ended.set_value(std::move(result)); }};
  }
  std::string now() {
    std::lock_guard lock(mutex);
    return text;
  }
};

TEST(HttpStream, delivers_pieces_as_they_come_and_holds_back_when_told) {
  std::atomic<int> step{0};
  TestServer server([&](const TestRequest&, TestReply& reply) {
    reply.begin();
    reply.chunk("one ");
    while (step == 0) std::this_thread::sleep_for(1ms);
    reply.chunk("two ");
    reply.end();
  });
  HttpClient client({});
  Collected seen;
  auto stream = client.open_stream(request(server, "/"), seen.handler());
  while (seen.now() != "one ") std::this_thread::sleep_for(1ms);
  {
    std::lock_guard lock(seen.mutex);
    seen.take = false;
  }
  step = 1;
  std::this_thread::sleep_for(30ms);
  EXPECT_EQ(seen.now(), "one ");
  {
    std::lock_guard lock(seen.mutex);
    seen.take = true;
  }
  stream->resume();
  auto end = seen.ended.get_future().get();
  ASSERT_TRUE(end);
  EXPECT_EQ(seen.now(), "one two ");
}

TEST(HttpStream, a_refusal_comes_at_the_end_with_its_body) {
  TestServer server([](const TestRequest&, TestReply& reply) { reply.send(410, "gone"); });
  HttpClient client({});
  Collected seen;
  auto stream = client.open_stream(request(server, "/"), seen.handler());
  auto end = seen.ended.get_future().get();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->status, 410);
  EXPECT_EQ(end->body, "gone");
  EXPECT_EQ(seen.now(), "");
}

TEST(HttpStream, breaks_off_with_an_error_and_stops_when_destroyed) {
  TestServer server([](const TestRequest& request, TestReply& reply) {
    reply.begin();
    reply.chunk("x");
    if (request.target == "/reset") return reply.reset();
    while (!reply.gone()) std::this_thread::sleep_for(1ms);
    reply.broken = true;
  });
  HttpClient client({});
  Collected broken, dropped;
  auto first = client.open_stream(request(server, "/reset"), broken.handler());
  auto end = broken.ended.get_future().get();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code(), Code::kUnavailable);
  auto second = client.open_stream(request(server, "/"), dropped.handler());
  while (dropped.now() != "x") std::this_thread::sleep_for(1ms);
  second.reset();  // on_end is not called: its promise stays unset
  EXPECT_EQ(dropped.ended.get_future().wait_for(10ms), std::future_status::timeout);
}

TEST(HttpTls, trusts_the_given_authority_only_and_shows_its_certificate) {
  TestPki pki(true), other;
  TestServer server(
      [](const TestRequest& request, TestReply& reply) {
        reply.send(200, "hello " + request.client_name + " at " + request.headers.at("host"));
      },
      &pki);
  HttpOptions options;
  options.tls = {pki.ca, pki.client_certificate, pki.client_private_key, "", false};
  auto answer = HttpClient(options).send(request(server, "/"));
  ASSERT_TRUE(answer) << answer.error().message();
  std::string host = fmt::format("127.0.0.1:{}", server.port());
  EXPECT_EQ(answer->body, "hello alice at " + host);

  options.tls.server_name = "taut.test";
  auto named = HttpClient(options).send(request(server, "/"));
  ASSERT_TRUE(named) << named.error().message();
  EXPECT_EQ(named->body, "hello alice at " + host);

  options.tls.server_name = "other.test";
  auto misnamed = HttpClient(options).send(request(server, "/"));
  ASSERT_FALSE(misnamed);
  EXPECT_EQ(misnamed.error().code(), Code::kUnauthenticated);
  EXPECT_TRUE(contains(misnamed.error().message(), "x509: certificate is not valid for"))
      << misnamed.error().message();

  options.tls = {other.ca, pki.client_certificate, pki.client_private_key, "", false};
  auto unknown = HttpClient(options).send(request(server, "/"));
  ASSERT_FALSE(unknown);
  EXPECT_TRUE(contains(unknown.error().message(), "x509: certificate signed by unknown authority"))
      << unknown.error().message();
  options.tls.insecure = true;
  EXPECT_TRUE(HttpClient(options).send(request(server, "/")));
  options.tls.certificate = options.tls.key = "";
  auto nameless = HttpClient(options).send(request(server, "/"));
  ASSERT_FALSE(nameless);
  EXPECT_EQ(nameless.error().code(), Code::kUnauthenticated);
  EXPECT_TRUE(contains(nameless.error().message(), "remote error: tls: certificate required"))
      << nameless.error().message();
  options.tls.certificate = "not a certificate";
  EXPECT_EQ(HttpClient(options).send(request(server, "/")).error().code(), Code::kInvalid);
}

}  // namespace
}  // namespace taut::net
