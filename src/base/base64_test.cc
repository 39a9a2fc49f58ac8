#include "base/base64.hh"

#include <gtest/gtest.h>

namespace taut {
namespace {

TEST(Base64, round_trips_every_length) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    bytes += static_cast<char>(i * 7);
  }
}

TEST(Base64, refuses_what_go_refuses) {
  EXPECT_FALSE(base64_decode("a"));
  EXPECT_FALSE(base64_decode("ab"));
  EXPECT_FALSE(base64_decode("ab=c"));
  EXPECT_FALSE(base64_decode("a*b="));
  EXPECT_EQ(base64_decode("YW\nJj"), "abc");
}

}  // namespace
}  // namespace taut
