#include "lang/cron/cron.hh"

#include <gtest/gtest.h>

namespace taut::cron {
namespace {

std::string next(std::string_view schedule, std::string_view after) {
  auto parsed = Schedule::parse(schedule);
  if (!parsed) return parsed.error().message();
  auto time = parsed->next(*parse_rfc3339(after));
  return time ? format_rfc3339(*time) : "never";
}

TEST(Cron, fields_say_when) {
  EXPECT_EQ(next("* 10 * * *", "2026-11-23T08:30:15Z"), "2026-11-23T10:00:00Z");
  EXPECT_EQ(next("*/15 * * * *", "2026-11-23T08:30:00Z"), "2026-11-23T08:45:00Z");
  EXPECT_EQ(next("5/20 * * * *", "2026-11-23T08:30:00Z"), "2026-11-23T08:45:00Z");
  EXPECT_EQ(next("0 0 1,15 * *", "2026-11-23T08:30:00Z"), "2026-12-01T00:00:00Z");
  EXPECT_EQ(next("0 9 * * mon-FRI", "2026-11-20T10:00:00Z"), "2026-11-23T09:00:00Z");
  EXPECT_EQ(next("30 6 ? feb *", "2026-11-23T10:00:00Z"), "2027-02-01T06:30:00Z");
  EXPECT_EQ(next("0 0 30 2 *", "2026-11-23T10:00:00Z"), "never");
}

TEST(Cron, day_of_month_and_day_of_week_are_either_or_when_both_are_given) {
  EXPECT_EQ(next("0 0 13 * fri", "2026-11-23T00:00:00Z"), "2026-11-27T00:00:00Z");
  EXPECT_EQ(next("0 0 * * fri", "2026-11-23T00:00:00Z"), "2026-11-27T00:00:00Z");
  EXPECT_EQ(next("0 0 13 * *", "2026-11-23T00:00:00Z"), "2026-12-13T00:00:00Z");
  // A step makes a star a list.
  EXPECT_EQ(next("0 0 */30 * fri", "2026-11-23T00:00:00Z"), "2026-11-27T00:00:00Z");
}

TEST(Cron, zones_and_the_change_of_clocks) {
  EXPECT_EQ(next("TZ=Europe/Berlin 30 2 * * *", "2026-03-28T12:00:00Z"), "2026-03-30T00:30:00Z");
  EXPECT_EQ(next("CRON_TZ=Europe/Berlin 30 2 * * *", "2026-10-25T00:30:00Z"), "2026-10-25T01:30:00Z");
  EXPECT_EQ(next("TZ=Mars/Base * * * * *", "2026-03-28T12:00:00Z"), "provided bad location Mars/Base: unknown time zone Mars/Base");
}

TEST(Cron, what_is_wrong_is_said_as_robfig_says_it) {
  EXPECT_EQ(next("* * *", "2026-01-01T00:00:00Z"), "expected exactly 5 fields, found 3: [* * *]");
  EXPECT_EQ(next("", "2026-01-01T00:00:00Z"), "empty spec string");
  EXPECT_EQ(next("@daily", "2026-01-01T00:00:00Z"), "parser does not accept descriptors: @daily");
  EXPECT_EQ(next("60 * * * *", "2026-01-01T00:00:00Z"), "end of range (60) above maximum (59): 60");
  EXPECT_EQ(next("* * 0 * *", "2026-01-01T00:00:00Z"), "beginning of range (0) below minimum (1): 0");
  EXPECT_EQ(next("9-5 * * * *", "2026-01-01T00:00:00Z"), "beginning of range (9) beyond end of range (5): 9-5");
  EXPECT_EQ(next("1-2-3 * * * *", "2026-01-01T00:00:00Z"), "too many hyphens: 1-2-3");
  EXPECT_EQ(next("1/2/3 * * * *", "2026-01-01T00:00:00Z"), "too many slashes: 1/2/3");
  EXPECT_EQ(next("*/0 * * * *", "2026-01-01T00:00:00Z"), "step of range should be a positive number: */0");
  EXPECT_EQ(next("a * * * *", "2026-01-01T00:00:00Z"),
            "failed to parse int from a: strconv.Atoi: parsing \"a\": invalid syntax");
}

}  // namespace
}  // namespace taut::cron
