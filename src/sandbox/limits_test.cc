#include "sandbox/limits.hh"

#include <gtest/gtest.h>

namespace taut::sandbox {
namespace {

using std::chrono::milliseconds;

User user(const char* name, bool admin = false) { return {name, "", {}, admin}; }

TEST(Limits, a_user_has_an_allowance_that_fills_up_again) {
  Limits limits({.requests_per_second = 10});
  auto now = Limits::Clock::now();
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(limits.admit(user("a"), now)) << i;
  EXPECT_FALSE(limits.admit(user("a"), now));
  EXPECT_TRUE(limits.admit(user("b"), now));
  now += milliseconds(100);
  EXPECT_TRUE(limits.admit(user("a"), now));
  EXPECT_FALSE(limits.admit(user("a"), now));
}

TEST(Limits, administrators_and_a_limit_of_zero_are_never_refused) {
  Limits limits({.requests_per_second = 1}), none({.requests_per_second = 0});
  auto now = Limits::Clock::now();
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(limits.admit(user("root", true), now));
    EXPECT_TRUE(none.admit(user("a"), now));
  }
}

TEST(Limits, a_watch_gives_its_place_back) {
  Limits limits({.watches = 2});
  auto first = limits.take_watch(), second = limits.take_watch();
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(limits.take_watch());
  first.reset();
  EXPECT_TRUE(limits.take_watch());
}

}  // namespace
}  // namespace taut::sandbox
