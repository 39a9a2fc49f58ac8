#include "sandbox/http_parse.hh"

#include <gtest/gtest.h>

namespace taut::sandbox {
namespace {

using State = RequestParser::State;

State feed(RequestParser& parser, std::string_view text) { return parser.feed(text); }

constexpr std::string_view kPost =
    "POST /api/v1/pods?dryRun=All HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX-Two:  b c \r\n\r\nhello";

TEST(RequestParser, reads_a_request_however_it_comes) {
  for (size_t piece : {size_t{1}, size_t{3}, size_t{1000}}) {
    RequestParser parser;
    for (size_t at = 0; at < kPost.size(); at += piece) {
      EXPECT_NE(parser.state(), State::kReady);
      feed(parser, kPost.substr(at, piece));
    }
    ASSERT_EQ(parser.state(), State::kReady) << piece;
    EXPECT_EQ(parser.request().method, "POST");
    EXPECT_EQ(parser.request().path, "/api/v1/pods");
    EXPECT_EQ(parser.request().query, "dryRun=All");
    EXPECT_EQ(parser.request().header("x-two"), "b c");
    EXPECT_EQ(parser.request().body, "hello");
    EXPECT_TRUE(parser.keep_alive());
  }
}

TEST(RequestParser, leaves_what_belongs_to_the_next_request) {
  RequestParser parser;
  std::string_view text = "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n";
  ASSERT_EQ(parser.feed(text), State::kReady);
  EXPECT_TRUE(text.starts_with("GET /b"));
  parser.reset();
  ASSERT_EQ(parser.feed(text), State::kReady);
  EXPECT_EQ(parser.request().path, "/b");
}

TEST(RequestParser, puts_chunks_together) {
  RequestParser parser;
  std::string_view head = "PATCH / HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n";
  std::string_view body = "5;ext=1\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: t\r\n\r\n";
  feed(parser, head);
  for (char c : body) feed(parser, {&c, 1});
  ASSERT_EQ(parser.state(), State::kReady);
  EXPECT_EQ(parser.request().body, "hello!");
}

TEST(RequestParser, a_body_above_the_limit_is_not_read) {
  RequestParser sized({.max_body = 10}), chunked({.max_body = 10});
  EXPECT_EQ(feed(sized, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n"), State::kReady);
  EXPECT_TRUE(sized.request().too_large);
  EXPECT_FALSE(sized.keep_alive());
  EXPECT_EQ(feed(chunked, "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n8\r\n1234"), State::kReady);
  EXPECT_TRUE(chunked.request().too_large);
  EXPECT_TRUE(chunked.request().body.empty());
}

TEST(RequestParser, a_head_above_the_limit_is_refused) {
  RequestParser parser({.max_header = 100});
  std::string line = "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(10'000, 'a');
  EXPECT_EQ(feed(parser, line), State::kBad);
  EXPECT_EQ(parser.refusal_code(), 431);
}

TEST(RequestParser, refuses_what_is_no_http) {
  for (auto [text, code] : std::initializer_list<std::pair<const char*, int>>{
           {"GET /\r\n\r\n", 400},
           {"GET / HTTP/1.1\r\n\r\n", 400},  // no Host
           {"G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
           {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
           {"GET / FTP/1.1\r\nHost: x\r\n\r\n", 400},
           {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
           {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
           {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
           {"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
           {"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400},
           {"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400}}) {
    RequestParser parser;
    EXPECT_EQ(feed(parser, text), State::kBad) << text;
    EXPECT_EQ(parser.refusal_code(), code) << text;
    EXPECT_FALSE(parser.refusal().empty());
  }
}

TEST(RequestParser, knows_when_the_connection_ends) {
  RequestParser close, old;
  feed(close, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_FALSE(close.keep_alive());
  feed(old, "GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.state(), State::kReady);
  EXPECT_FALSE(old.keep_alive());
}

}  // namespace
}  // namespace taut::sandbox
