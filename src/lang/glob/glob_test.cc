#include "lang/glob/glob.hh"

#include <gtest/gtest.h>

#include "lang/glob/path_match.hh"

namespace taut {
namespace {

TEST(Glob, stars_stop_at_separators_and_double_stars_do_not) {
  EXPECT_TRUE(glob_matches("https://github.com/argoproj/*", "https://github.com/argoproj/argo-cd", "/"));
  EXPECT_FALSE(glob_matches("https://gitlab.com/group/*", "https://gitlab.com/group/repo/owner", "/"));
  EXPECT_TRUE(glob_matches("https://gitlab.com/group/**", "https://gitlab.com/group/repo/owner", "/"));
  EXPECT_TRUE(glob_matches("action/*", "action/argoproj.io/NewCrd/abort"));
  EXPECT_TRUE(glob_matches("a?c", "abc", "/"));
  EXPECT_FALSE(glob_matches("a?c", "a/c", "/"));
  EXPECT_TRUE(glob_matches("*", "", "/"));
  EXPECT_FALSE(glob_matches("?", ""));
  EXPECT_TRUE(glob_matches("", ""));
  EXPECT_FALSE(glob_matches("", "a"));
}

TEST(Glob, alternatives_nest) {
  EXPECT_TRUE(glob_matches("{config.json,env-usw2/*}", "env-usw2/web.yaml"));
  EXPECT_TRUE(glob_matches("{config.json,env-usw2/*}", "config.json"));
  EXPECT_FALSE(glob_matches("{config.json,env-usw2/*}", "config.yaml"));
  EXPECT_TRUE(glob_matches("{*.{yml,yaml},a}x", "b.yamlx"));
  EXPECT_TRUE(glob_matches("a{,b}c", "ac"));
  EXPECT_TRUE(glob_matches("{a,b", "b")) << "an open alternative ends with the glob";
  EXPECT_TRUE(glob_matches("a,b}", "a,b}")) << "outside they are plain text";
}

TEST(Glob, ranges_and_escapes) {
  EXPECT_TRUE(glob_matches("[a-c]x", "bx"));
  EXPECT_FALSE(glob_matches("[!a-c]x", "bx"));
  EXPECT_TRUE(glob_matches("[!abc]", "d"));
  EXPECT_TRUE(glob_matches("[abc]", "c"));
  EXPECT_TRUE(glob_matches("\\*", "*"));
  EXPECT_FALSE(glob_matches("\\*", "x"));
  EXPECT_TRUE(glob_matches("[ä-ü]?", "öé"));
}

TEST(Glob, refuses_in_the_words_of_the_library) {
  EXPECT_EQ(Glob::compile("e[[a*").error().message(), "unexpected end of input");
  EXPECT_EQ(Glob::compile("[]").error().message(), "could not parse range");
  EXPECT_EQ(Glob::compile("[c-a]").error().message(), "hi character 'a' should be greater than lo 'c'");
  EXPECT_EQ(Glob::compile("[a-cd]").error().message(), "expected close range character");
  EXPECT_EQ(Glob::compile("\xff").error().message(), "could not read rune");
  EXPECT_FALSE(glob_matches("e[[a*", "e[[a*"));
}

TEST(Glob, takes_no_exponential_time) {
  std::string pattern, text(2000, 'a');
  for (int i = 0; i < 200; ++i) pattern += "{a*,*a}";
  EXPECT_FALSE(glob_matches(pattern + "b", text));
}

TEST(PathMatch, is_that_of_go) {
  EXPECT_TRUE(*path_match("a*c", "abbc"));
  EXPECT_FALSE(*path_match("a*", "a/b"));
  EXPECT_TRUE(*path_match("a*/b", "a/b"));
  EXPECT_TRUE(*path_match("a*b*c*d*e*/f", "axbxcxdxe/f"));
  EXPECT_FALSE(*path_match("a*b*c*d*e*/f", "axbxcxdxexxx/fff"));
  EXPECT_TRUE(*path_match("a*b?c*x", "abxbbxdbxebxczzx"));
  EXPECT_FALSE(*path_match("a*b?c*x", "abxbbxdbxebxczzy"));
  EXPECT_TRUE(*path_match("ab[^e-g]", "abc"));
  EXPECT_TRUE(*path_match("[a-ζ]*", "α"));
  EXPECT_TRUE(*path_match("[\\]a]", "]"));
  EXPECT_TRUE(*path_match("a\\*b", "a*b"));
  EXPECT_TRUE(*path_match("*", ""));
  EXPECT_FALSE(*path_match("a?b", "a/b"));
}

TEST(PathMatch, bad_patterns_are_told_even_after_a_mismatch) {
  for (const char* bad : {"[]a]", "[-]", "[x-]", "[-x]", "\\", "[a-b-c]", "[", "[^", "[^bc", "a[", "zzz["}) {
    auto match = path_match(bad, "a");
    ASSERT_FALSE(match) << bad;
    EXPECT_EQ(match.error().message(), "syntax error in pattern");
  }
}

}  // namespace
}  // namespace taut
