#include "base/time_zone.hh"

#include <gtest/gtest.h>

namespace taut {
namespace {

TEST(TimeZone, offsets_follow_the_season) {
  auto berlin = TimeZone::load("Europe/Berlin");
  ASSERT_TRUE(berlin);
  EXPECT_EQ(berlin->at(*parse_rfc3339("2026-01-15T00:00:00Z")).offset, std::chrono::hours(1));
  EXPECT_EQ(berlin->at(*parse_rfc3339("2026-07-15T00:00:00Z")).abbreviation, "CEST");
}

TEST(TimeZone, local_times_that_are_skipped_or_come_twice) {
  TimeZone berlin = *TimeZone::load("Europe/Berlin");
  using namespace std::chrono;
  LocalTime skipped(local_days(2026y / March / 29).time_since_epoch() + hours(2) + minutes(30));
  EXPECT_EQ(format_rfc3339(berlin.from_local(skipped)), "2026-03-29T01:00:00Z");
  LocalTime twice(local_days(2026y / October / 25).time_since_epoch() + hours(2) + minutes(30));
  EXPECT_EQ(format_rfc3339(berlin.from_local(twice)), "2026-10-25T00:30:00Z");
  EXPECT_EQ(berlin.to_local(berlin.from_local(twice)), twice);
}

TEST(TimeZone, unknown_names_are_told) {
  EXPECT_EQ(TimeZone::load("Mars/Base").error().message(), "unknown time zone Mars/Base");
  EXPECT_EQ(TimeZone::load("")->at(Time{}).abbreviation, "UTC");
}

TEST(TimeZone, is_that_of_the_process_where_it_is_named) {
  const char* before = std::getenv("TZ");
  std::string kept = before ? before : "";
  ::setenv("TZ", ":Asia/Tokyo", 1);
  EXPECT_EQ(TimeZone::local().at(Time()).offset, std::chrono::hours(9));
  ::setenv("TZ", "Mars/Base", 1);
  EXPECT_EQ(TimeZone::local().at(Time()).abbreviation, "UTC");
  before ? ::setenv("TZ", kept.c_str(), 1) : ::unsetenv("TZ");
}

}  // namespace
}  // namespace taut
