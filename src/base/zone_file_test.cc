#include "base/zone_file.hh"

#include <gtest/gtest.h>

#include "base/time_zone.hh"

namespace taut {
namespace {

using namespace std::string_literals;

// A file of version 2 with one kind, "LMT" of 1:00:00, no changes and this rule.
std::string file_with(std::string_view rule) {
  std::string counts("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"s);
  std::string block = "TZif2" + std::string(15, '\0') + counts + "\0\0\x0e\x10\0\0LMT\0"s;
  return block + block + "\n" + std::string(rule) + "\n";
}

std::string abbreviation(const char* zone, const char* time) { return TimeZone::load(zone)->at(*parse_rfc3339(time)).abbreviation; }

TEST(ZoneFile, the_rule_holds_for_years_that_are_not_listed) {
  EXPECT_EQ(abbreviation("Europe/Berlin", "2150-03-29T00:59:59Z"), "CET");
  EXPECT_EQ(abbreviation("Europe/Berlin", "2150-03-29T01:00:00Z"), "CEST");
  EXPECT_EQ(abbreviation("Europe/Berlin", "2150-12-31T23:59:59Z"), "CET");
}

TEST(ZoneFile, summer_may_hold_the_turn_of_the_year_or_be_behind) {
  EXPECT_EQ(abbreviation("Australia/Sydney", "2100-01-01T00:00:00Z"), "AEDT");
  EXPECT_EQ(abbreviation("Europe/Dublin", "2100-01-01T00:00:00Z"), "GMT");
  EXPECT_EQ(abbreviation("Europe/Dublin", "2100-07-01T00:00:00Z"), "IST");
}

TEST(ZoneFile, reads_all_forms_of_a_rule) {
  auto fixed = ZoneFile::parse(file_with("<+0330>-3:30"));
  ASSERT_TRUE(fixed);
  EXPECT_EQ(fixed->period(0).abbreviation, "+0330");
  EXPECT_EQ(fixed->period(0).offset, 12600);
  // Day 60 is the first of March in every year by J, the 29th of February in leap years by its count from 0 (59).
  auto julian = ZoneFile::parse(file_with("AAA0BBB,J60/0,J61/0"));
  ASSERT_TRUE(julian);
  EXPECT_EQ(julian->period(951868800).abbreviation, "BBB");  // 2000-03-01
  EXPECT_EQ(julian->period(951868799).abbreviation, "AAA");
  auto counted = ZoneFile::parse(file_with("AAA0BBB,59/0,60/0"));
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->period(951782400).abbreviation, "BBB");  // 2000-02-29
  auto west = ZoneFile::parse(file_with("<-02>2<-01>,M3.5.0/-1,M10.5.0/0"));
  ASSERT_TRUE(west);
  EXPECT_EQ(west->period(1774746000).begin, 1774746000);  // 2026-03-29T01:00:00Z is the evening before, 23:00
  EXPECT_EQ(west->period(1774746000).offset, -3600);
}

TEST(ZoneFile, refuses_what_makes_no_sense) {
  std::string good = file_with("CET-1");
  ASSERT_TRUE(ZoneFile::parse(good));
  for (size_t size = 0; size < good.size(); size++) EXPECT_FALSE(ZoneFile::parse(good.substr(0, size))) << size;
  for (const char* rule : {"C", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
                           "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J5", "CET-168", "CET-1:60", "CET-1CEST,M3.5.0,M10.5.0x"})
    EXPECT_FALSE(ZoneFile::parse(file_with(rule))) << rule;
}

TEST(TimeZone, names_do_not_lead_out_of_the_database) {
  EXPECT_FALSE(TimeZone::load("../zoneinfo/UTC"));
  EXPECT_FALSE(TimeZone::load("/usr/share/zoneinfo/Europe/Berlin"));
  EXPECT_FALSE(TimeZone::load("Europe"));
  EXPECT_FALSE(TimeZone::load("zone.tab"));
}

}  // namespace
}  // namespace taut
