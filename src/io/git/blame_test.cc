#include "io/git/blame.hh"

#include <gtest/gtest.h>

namespace taut::git {
namespace {

TEST(Blame, headers_come_once_a_commit) {
  const std::string a(40, 'a'), b(40, 'b');
  auto lines = parse_blame(a + " 1 1 1\nauthor Ann Bee\nauthor-mail <ann@acme.io>\nauthor-time 1700000000\nauthor-tz +0100\nsummary web: two\nfilename f\n\tx: 1\n" +
                           b + " 2 2 1\nauthor Bo\nauthor-mail <bo@acme.io>\nauthor-time 1600000000\nsummary first\nfilename f\n\t" + a + " 1 1\n" +
                           a + " 3 3\nfilename f\n\t\n");
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->size(), 3U);
  EXPECT_EQ((*lines)[0].author, "Ann Bee");
  EXPECT_EQ((*lines)[0].email, "ann@acme.io");
  EXPECT_EQ((*lines)[0].summary, "web: two");
  EXPECT_EQ(format_rfc3339((*lines)[0].time), "2023-11-14T22:13:20Z");
  EXPECT_EQ((*lines)[1].sha, b);
  EXPECT_EQ((*lines)[2], (*lines)[0]);
  EXPECT_FALSE(parse_blame("fatal: no such path\n"));
  EXPECT_FALSE(parse_blame("\tx\n"));
  EXPECT_TRUE(parse_blame("")->empty());
}

}  // namespace
}  // namespace taut::git
