#include "base/go_time.hh"

#include <gtest/gtest.h>

namespace taut {
namespace {

// 2024-02-29T13:14:15.120Z
constexpr int64_t kLeapDay = 1'709'212'455;

std::string utc(std::string_view layout) {
  return format_go_time(in_zone(kLeapDay, 120'000'000, TimeZone()), layout);
}

TEST(GoTimeFormat, writes_the_elements_of_a_layout) {
  EXPECT_EQ(utc("2006-01-02T15:04:05Z07:00"), "2024-02-29T13:14:15Z");
  EXPECT_EQ(utc("Mon Jan _2 15:04:05.000 MST 2006"), "Thu Feb 29 13:14:15.120 UTC 2024");
  EXPECT_EQ(utc("Monday, 2-January-06 3:4:5pm .999 -0700"), "Thursday, 29-February-24 1:14:15pm .12 +0000");
  EXPECT_EQ(utc("002 __2 03PM"), "060  60 01PM");
}

TEST(GoTimeFormat, leaves_words_alone) {
  EXPECT_EQ(utc("Month Janet _2006"), "Month Janet _2024");
  EXPECT_EQ(utc("20060102"), "20240229");
}

TEST(GoTimeFormat, shows_other_zones) {
  TimeZone york = *TimeZone::load("America/New_York");
  EXPECT_EQ(format_go_time(in_zone(kLeapDay, 0, york), "15:04 MST -07 Z07:00"), "08:14 EST -05 -05:00");
  EXPECT_EQ(format_go_time({kLeapDay, 0, 5400, ""}, "15:04 MST"), "14:44 +0130");
}

TEST(GoTimeFormat, reaches_the_year_1) {
  EXPECT_EQ(format_go_time(in_zone(kGoZeroSeconds, 0, TimeZone()), "2006-01-02 Mon"), "0001-01-01 Mon");
}

int64_t seconds(std::string_view layout, std::string_view text) {
  auto parsed = parse_go_time(layout, text, TimeZone());
  return parsed ? parsed->seconds : -1;
}

TEST(GoTimeParse, reads_what_format_writes) {
  EXPECT_EQ(seconds("2006-01-02T15:04:05Z07:00", "2024-02-29T13:14:15Z"), kLeapDay);
  EXPECT_EQ(seconds("2006-01-02T15:04:05Z07:00", "2024-02-29T14:14:15.5+01:00"), kLeapDay);
  EXPECT_EQ(seconds("Jan 2, 2006 at 3:04:05pm (MST)", "feb 29, 2024 at 1:14:15pm (UTC)"), kLeapDay);
  EXPECT_EQ(seconds("2006 002", "2024 060"), kLeapDay / 86'400 * 86'400);
}

TEST(GoTimeParse, takes_a_text_without_zone_as_local) {
  TimeZone york = *TimeZone::load("America/New_York");
  auto parsed = parse_go_time("2006-01-02 15:04:05", "2024-02-29 08:14:15", york);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->seconds, kLeapDay);
  EXPECT_EQ(parsed->zone, "EST");
}

std::string refusal(std::string_view layout, std::string_view text) {
  auto parsed = parse_go_time(layout, text, TimeZone());
  return parsed ? "" : parsed.error().message();
}

TEST(GoTimeParse, refuses_in_the_words_of_go) {
  EXPECT_EQ(refusal("2006-01-02", "bad"), R"(parsing time "bad" as "2006-01-02": cannot parse "bad" as "2006")");
  EXPECT_EQ(refusal("2006-01-02", "2024-13-01"), R"(parsing time "2024-13-01": month out of range)");
  EXPECT_EQ(refusal("2006-01-02", "2023-02-29"), R"(parsing time "2023-02-29": day out of range)");
  EXPECT_EQ(refusal("2006-01-02", "2024-02-29x"), R"(parsing time "2024-02-29x": extra text: "x")");
}

}  // namespace
}  // namespace taut
