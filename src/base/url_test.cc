#include "base/url.hh"

#include <gtest/gtest.h>

namespace taut {
namespace {

TEST(Url, takes_all_parts_apart_and_puts_them_together) {
  const char* text = "https://me:s%40cret@Example.com:8443/a/b?x=1&y=%20#top";
  auto url = Url::parse(text);
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->user, "me");
  EXPECT_EQ(url->password, "s%40cret");
  EXPECT_EQ(url->host, "example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/a/b");
  EXPECT_EQ(url->query, "x=1&y=%20");
  EXPECT_EQ(url->fragment, "top");
  EXPECT_EQ(url->to_string(), "https://me:s%40cret@example.com:8443/a/b?x=1&y=%20#top");
  EXPECT_EQ(url->redacted(), "https://me:xxxxx@example.com:8443/a/b?x=1&y=%20#top");
  EXPECT_EQ(url->origin(), "https://example.com:8443");
}

TEST(Url, reads_addresses_and_defaults) {
  auto url = Url::parse("http://[FE80::1]");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "fe80::1");
  EXPECT_EQ(url->port_or_default(), 80);
  EXPECT_EQ(url->to_string(), "http://[fe80::1]");
  EXPECT_EQ(Url::parse("https://[::1]:6443/")->port, 6443);
}

TEST(Url, errors_do_not_repeat_the_text) {
  for (const char* text : {"user:secret@host", "https://u:secret@", "https://u:secret@h:99999",
                           "https://u:secret@h:x", "https://u:secret@[::1", "https://u:secret@h\n"}) {
    auto url = Url::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code(), Code::kInvalid);
    EXPECT_EQ(url.error().message().find("secret"), std::string::npos);
  }
}

TEST(Url, encodes_and_decodes) {
  EXPECT_EQ(url_encode("a b/c=d,ü~"), "a%20b%2Fc%3Dd%2C%C3%BC~");
  EXPECT_EQ(url_decode("a%20b%2fc"), "a b/c");
  EXPECT_FALSE(url_decode("a%2"));
  EXPECT_FALSE(url_decode("a%zz"));
}

TEST(Url, takes_credentials_out_of_texts) {
  EXPECT_EQ(redact_urls("fatal: 'https://me:pw@host/x.git' and ssh://git@h/y failed"),
            "fatal: 'https://host/x.git' and ssh://h/y failed");
}

}  // namespace
}  // namespace taut
