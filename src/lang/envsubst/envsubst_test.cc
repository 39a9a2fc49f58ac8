#include "lang/envsubst/envsubst.hh"

#include <gtest/gtest.h>

namespace taut::envsubst {
namespace {

// With the variables a=abcABC, p=/home/x/y.tar.gz, u=héllo and e, which is empty.
std::string text(std::string_view input) {
  auto out = substitute(input, [](std::string_view name) -> std::optional<std::string> {
    if (name == "a") return "abcABC";
    if (name == "p") return "/home/x/y.tar.gz";
    if (name == "u") return "h\xC3\xA9llo";
    if (name == "e") return "";
    return std::nullopt;
  });
  return out ? *out : "error: " + out.error().message();
}

TEST(Envsubst, replaces_variables_and_leaves_the_rest) {
  EXPECT_EQ(text("x ${a} $a } {y}"), "x abcABC $a } {y}");
  EXPECT_EQ(text("$${a} $$a $"), "${a} $a $");
}

TEST(Envsubst, operators) {
  EXPECT_EQ(text("${#u} ${u^} ${u^^} ${a,,}"), "6 H\xC3\xA9llo H\xC3\x89LLO abcabc");
  EXPECT_EQ(text("${a:1} ${a:1:2} ${a:-2:1} ${a: -1}"), "bcABC bc abcABC abcABC");
  EXPECT_EQ(text("${p#*/} ${p##*/} ${p%.*} ${p%%.*}"), "home/x/y.tar.gz y.tar.gz /home/x/y.tar /home/x/y");
  EXPECT_EQ(text("${a/b/x} ${p//\\//-} ${a/#ab/} ${a/%BC/x}"), "axcABC -home-x-y.tar.gz abcABC abcAx");
}

TEST(Envsubst, defaults_stand_for_empty_and_missing_alike) {
  EXPECT_EQ(text("${e:-d} ${m:=d} ${m=d} ${a:+d} ${m:?d} ${m:-${e:-${a}}x}"), "d d d abcABC d abcABCx");
  EXPECT_EQ(text("${m:-{}}"), "{}");
}

TEST(Envsubst, errors_are_the_librarys) {
  EXPECT_EQ(text("${a-d}"), "error: missing closing brace");
  EXPECT_EQ(text("${a.b}"), "error: missing closing brace");
  EXPECT_EQ(text("${ a}"), "error: unable to parse variable name");
  EXPECT_EQ(text("${a^^x}"), "error: bad substitution");
  EXPECT_EQ(text("${a:é}"), "error: bad substitution");
  EXPECT_EQ(text("${a:"), "error: bad substitution");
  EXPECT_EQ(text("${m^^}"), "error: variable not set (strict mode): \"m\"");
  EXPECT_EQ(text("${a:-${m}}"), "error: variable not set (strict mode): \"m\"");
}

TEST(Envsubst, what_crashes_the_library_is_an_error) {
  EXPECT_EQ(text("${a:1:-1}"), "error: substring of length -1 is out of range");
  EXPECT_EQ(text("${a:9223372036854775807:9}"), "error: substring of length 9 is out of range");
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "${a:-";
  EXPECT_EQ(text(deep), "error: substitutions are nested more than 500 deep");
}

}  // namespace
}  // namespace taut::envsubst
