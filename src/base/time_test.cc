#include "base/time.hh"

#include <gtest/gtest.h>

namespace taut {
namespace {

using namespace std::chrono_literals;

TEST(Time, rfc3339_round_trips_and_normalises_the_offset) {
  auto time = parse_rfc3339("2024-02-29T23:30:00.5-01:30");
  ASSERT_TRUE(time);
  EXPECT_EQ(format_rfc3339(*time), "2024-03-01T01:00:00Z");
  EXPECT_EQ(format_rfc3339_micro(*time), "2024-03-01T01:00:00.500000Z");
}

TEST(Time, rfc3339_refuses_dates_that_do_not_exist) {
  EXPECT_FALSE(parse_rfc3339("2023-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("2023-02-28"));
  EXPECT_FALSE(parse_rfc3339("2023-02-28T24:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("2023-02-28T00:00:00"));
}

TEST(Time, rfc3339_beyond_what_can_be_held_is_the_nearest) {
  EXPECT_EQ(parse_rfc3339("2999-01-01T00:00:00Z"), Time::max());
  EXPECT_EQ(parse_rfc3339("0001-01-01T00:00:00Z"), Time::min());
}

TEST(GoDuration, reads_what_go_reads) {
  EXPECT_EQ(parse_go_duration("1h30m"), 90min);
  EXPECT_EQ(parse_go_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_go_duration("-2ms"), -2ms);
  EXPECT_EQ(parse_go_duration("0"), 0s);
  EXPECT_FALSE(parse_go_duration("5"));
  EXPECT_FALSE(parse_go_duration("1d"));
  EXPECT_FALSE(parse_go_duration(""));
}

TEST(GoDuration, writes_as_go_writes) {
  EXPECT_EQ(format_go_duration(90min), "1h30m0s");
  EXPECT_EQ(format_go_duration(1500ms), "1.5s");
  EXPECT_EQ(format_go_duration(0s), "0s");
  EXPECT_EQ(format_go_duration(2500us), "2.5ms");
}

TEST(Time, what_is_no_duration_is_told_as_go_tells_it) {
  auto told = [](std::string_view text) { return read_go_duration(text).error().message(); };
  EXPECT_EQ(told(""), "time: invalid duration \"\"");
  EXPECT_EQ(told("5"), "time: missing unit in duration \"5\"");
  EXPECT_EQ(told("1h5"), "time: missing unit in duration \"1h5\"");
  EXPECT_EQ(told("1d"), "time: unknown unit \"d\" in duration \"1d\"");
  EXPECT_EQ(told("a\"\xc3\xa9"), "time: invalid duration \"a\\\"\\xc3\\xa9\"");
  EXPECT_EQ(told("9223372036854775808ns"), "time: invalid duration \"9223372036854775808ns\"");
  EXPECT_EQ(read_go_duration("-9223372036854775808ns"), Duration::min());
  EXPECT_EQ(read_go_duration("1.5h.5m"), std::chrono::minutes(90) + std::chrono::seconds(30));
}

}  // namespace
}  // namespace taut
