#include "base/semver.hh"

#include <gtest/gtest.h>

namespace taut {
namespace {

bool in(std::string_view range, std::string_view version) {
  return VersionRange::parse(range)->contains(*Version::parse(version));
}

TEST(Version, reads_what_masterminds_reads) {
  EXPECT_EQ(Version::parse("v1.2")->to_string(), "1.2.0");
  EXPECT_EQ(Version::parse("01.2.3")->to_string(), "1.2.3");
  EXPECT_EQ(Version::parse("1.2.3-rc.1+b.2")->to_string(), "1.2.3-rc.1+b.2");
  EXPECT_EQ(Version::parse("v1.2")->original, "v1.2");
  for (const char* bad : {"", "a", "1.2.3.4", "1.2.3 ", "1.2.3-", "1.2.3+", "V1", "1..2", "-1"}) {
    auto version = Version::parse(bad);
    ASSERT_FALSE(version) << bad;
    EXPECT_EQ(version.error().message(), "invalid semantic version") << bad;
  }
  EXPECT_EQ(Version::parse("1.2.3-01").error().message(), "version segment starts with 0");
  EXPECT_EQ(
      Version::parse("99999999999999999999.0.0").error().message(),
      "error parsing version segment: strconv.ParseUint: parsing \"99999999999999999999\": value out of range");
}

TEST(Version, strict_wants_all_three) {
  EXPECT_TRUE(Version::parse_strict("1.2.3-a.b+c"));
  EXPECT_EQ(Version::parse_strict("1.2").error().message(), "invalid semantic version");
  EXPECT_EQ(Version::parse_strict("v1.2.3").error().message(), "invalid characters in version");
  EXPECT_EQ(Version::parse_strict("1.02.3").error().message(), "version segment starts with 0");
  EXPECT_EQ(Version::parse_strict("1.2.3-").error().message(), "invalid prerelease string");
  EXPECT_EQ(Version::parse_strict("1.2.3+").error().message(), "invalid metadata string");
  EXPECT_EQ(Version::parse_strict("").error().message(), "version string empty");
}

TEST(Version, orders_by_precedence) {
  const char* ascending[] = {"1.0.0-alpha",
                             "1.0.0-alpha.1",
                             "1.0.0-alpha.beta",
                             "1.0.0-beta.2",
                             "1.0.0-beta.11",
                             "1.0.0-rc.1",
                             "1.0.0",
                             "1.0.1",
                             "1.10",
                             "2"};
  for (size_t i = 0; i + 1 < std::size(ascending); ++i) {
    EXPECT_TRUE(compare(*Version::parse(ascending[i]), *Version::parse(ascending[i + 1])) < 0) << ascending[i];
  }
  EXPECT_TRUE(compare(*Version::parse("1.0.0+a"), *Version::parse("1.0.0+b")) == 0);
}

TEST(VersionRange, operators) {
  EXPECT_TRUE(in("1.x", "1.9.9"));
  EXPECT_FALSE(in("1.x", "2.0.0"));
  EXPECT_TRUE(in("^0.2.3", "0.2.9"));
  EXPECT_FALSE(in("^0.2.3", "0.3.0"));
  EXPECT_TRUE(in("~1.2.3", "1.2.9"));
  EXPECT_FALSE(in("~1.2.3", "1.3.0"));
  EXPECT_TRUE(in(">= 1.0.0, < 2.0.0", "1.5"));
  EXPECT_TRUE(in("<1 || >=3 <4", "3.5"));
  EXPECT_FALSE(in("<1 || >=3 <4", "4.0"));
  EXPECT_TRUE(in("1.2 - 1.4", "1.4.9"));
  EXPECT_FALSE(in(">11", "11.1.0"));
  EXPECT_TRUE(in("!=1.x", "2.0"));
  EXPECT_TRUE(in("*", "0.0.1"));
}

TEST(VersionRange, prereleases_only_where_the_group_names_one) {
  EXPECT_FALSE(in(">=1.0.0", "1.1.0-rc.1"));
  EXPECT_TRUE(in(">=1.0.0-0", "1.1.0-rc.1"));
  EXPECT_TRUE(in(">=2 || >=1.0.0-0", "1.1.0-rc.1"));
  EXPECT_TRUE(VersionRange::parse(">=1.0.0")->contains(*Version::parse("1.1.0-rc.1"), true));
}

TEST(VersionRange, refuses_in_the_words_of_the_library) {
  EXPECT_EQ(VersionRange::parse("a").error().message(), "improper constraint: \"a\"");
  EXPECT_EQ(VersionRange::parse("1.2.3.4").error().message(), "improper constraint: \"1.2.3.4\"");
  EXPECT_EQ(VersionRange::parse("1x").error().message(), "constraint parser error");
  EXPECT_EQ(VersionRange::parse("").error().message(), "improper constraint: \"\"");
  EXPECT_EQ(VersionRange::parse("1 ||").error().message(), "improper constraint: \"\"");
}

TEST(VersionRange, picks_the_highest) {
  EXPECT_EQ(highest(*VersionRange::parse("1.x"), {"v1.2.0", "latest", "v1.10.0", "v2.0.0", "v1.11.0-rc.1"}),
            "v1.10.0");
  EXPECT_EQ(highest(*VersionRange::parse(">3"), {"v1.2.0"}), "");
}

}  // namespace
}  // namespace taut
