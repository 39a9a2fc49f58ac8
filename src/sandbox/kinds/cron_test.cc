#include "sandbox/kinds/cron.hh"

#include <gtest/gtest.h>

namespace taut::sandbox::kinds {
namespace {

std::string next(std::string_view schedule, std::string_view after) {
  return format_rfc3339(*CronSchedule::parse(schedule)->next(*parse_rfc3339(after)));
}

TEST(Cron, finds_the_next_time_that_fits) {
  EXPECT_EQ(next("* * * * *", "2026-01-01T00:00:30Z"), "2026-01-01T00:01:00Z");
  EXPECT_EQ(next("*/15 3 * * *", "2026-01-01T03:20:00Z"), "2026-01-01T03:30:00Z");
  EXPECT_EQ(next("0 0 29 2 *", "2026-01-01T00:00:00Z"), "2028-02-29T00:00:00Z");
  EXPECT_EQ(next("0 9 * * mon-fri", "2026-01-02T10:00:00Z"), "2026-01-05T09:00:00Z");
  EXPECT_EQ(next("@daily", "2026-01-01T00:00:00Z"), "2026-01-02T00:00:00Z");
  EXPECT_EQ(next("@every 90s", "2026-01-01T00:00:00Z"), "2026-01-01T00:01:30Z");
}

TEST(Cron, takes_either_day_when_both_are_given) {
  EXPECT_EQ(next("0 0 13 * fri", "2026-01-01T12:00:00Z"), "2026-01-02T00:00:00Z");
}

TEST(Cron, refuses_in_the_library_s_words) {
  EXPECT_EQ(CronSchedule::parse("bad").error().message(), "expected exactly 5 fields, found 1: [bad]");
  EXPECT_EQ(CronSchedule::parse("61 * * * *").error().message(), "end of range (61) above maximum (59): 61");
  EXPECT_EQ(CronSchedule::parse("@sometimes").error().message(), "unrecognized descriptor: @sometimes");
}

}  // namespace
}  // namespace taut::sandbox::kinds
