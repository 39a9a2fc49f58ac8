// Regular expressions, versions, encodings, URLs and paths.
#include <gtest/gtest.h>

#include "lang/gotmpl/funcs/base_n.hh"
#include "lang/gotmpl/funcs/go_regex.hh"
#include "lang/gotmpl/funcs/go_url.hh"
#include "lang/gotmpl/funcs/testing.hh"

namespace taut::gotmpl {
namespace {

using testing::environment;
using testing::fault;
using testing::render;

TEST(Regex, names_in_replacements_are_as_long_as_they_can_be) {
  Heap heap;
  GoRegex regex = *GoRegex::compile("(?P<first>a)(b)?");
  EXPECT_EQ(regex.replace_all("ab", "$1x", heap), "");
  EXPECT_EQ(regex.replace_all("ab", "${1}x$2$$$", heap), "axb$$");
  EXPECT_EQ(regex.replace_all("aab", "<$first>", heap), "<a><a>");
  EXPECT_EQ(regex.replace_all("ab", "$01${", heap), "${");
  EXPECT_EQ(regex.replace_all_literal("ab", "$1", heap), "$1");
}

TEST(Regex, no_empty_match_stands_behind_another) {
  Heap heap;
  GoRegex regex = *GoRegex::compile("b*");
  EXPECT_EQ(regex.replace_all("abc", "-", heap), "-a-c-");
  EXPECT_EQ(regex.find_all("abc", -1, heap), (std::vector<std::string_view>{"", "b", ""}));
  EXPECT_EQ(regex.split("abc", -1, heap), (std::vector<std::string_view>{"a", "c"}));
}

TEST(Regex, takes_both_forms_of_named_groups) {
  Heap heap;
  EXPECT_EQ(GoRegex::compile("(?<n>a)[(?<]")->replace_all("a(", "$n", heap), "a");
  EXPECT_FALSE(GoRegex::compile("(?<=a)b"));
}

TEST(Regex, refuses_in_the_words_of_go) {
  auto refusal = [](std::string_view pattern) { return GoRegex::compile(pattern).error().message(); };
  EXPECT_EQ(refusal("(a"), "error parsing regexp: missing closing ): `(a`");
  EXPECT_EQ(refusal("a{1001}"), "error parsing regexp: invalid repeat count: `{1001}`");
  EXPECT_EQ(refusal("*"), "error parsing regexp: missing argument to repetition operator: `*`");
  EXPECT_EQ(refusal("a\\"), "error parsing regexp: trailing backslash at end of expression: ``");
  EXPECT_EQ(fault("{{ regexFind \"(\" \"\" }}"), "regexp: Compile(`(`): error parsing regexp: missing closing ): `(`");
  EXPECT_EQ(render("{{ regexMatch \"(\" \"\" }}"), "false");
}

TEST(Regex, nothing_found_is_nil) {
  EXPECT_EQ(render("{{ regexFindAll \"x\" \"a\" -1 | toJson }} {{ regexSplit \"x\" \"a\" 0 | toJson }} {{ regexFind \"x\" \"a\" | quote }}"),
            "null null \"\"");
}

TEST(Semver, versions_have_methods) {
  EXPECT_EQ(render("{{ $v := semver \"v1.2.3-rc.1+b\" }}{{ $v.Major }} {{ $v.Prerelease }} {{ $v.Original }} {{ $v }} "
                   "{{ $v.Compare (semver \"1.2.3\") }} {{ $v.IncPatch }} {{ $v | toJson }}"),
            "1 rc.1 v1.2.3-rc.1+b 1.2.3-rc.1+b -1 1.2.3 \"1.2.3-rc.1+b\"");
}

TEST(Semver, the_error_is_that_of_the_helm) {
  EXPECT_EQ(render("{{ semverCompare \">=1.2\" \"1.10.0\" }}"), "true");
  EXPECT_NE(render("{{ semverCompare \"bogus\" \"1\" }}", environment(41)).find("improper constraint: bogus"), std::string::npos);
  EXPECT_NE(render("{{ semverCompare \"bogus\" \"1\" }}", environment(42)).find("improper constraint: \"bogus\""), std::string::npos);
}

TEST(Encoding, faults_say_where) {
  EXPECT_EQ(*base64_decode_or_fault("YWJj\nZA=="), "abcd");
  EXPECT_EQ(base64_decode_or_fault("YWJj=").error().message(), "illegal base64 data at input byte 4");
  EXPECT_EQ(base64_decode_or_fault("YW").error().message(), "illegal base64 data at input byte 0");
  EXPECT_EQ(base32_encode("abcd"), "MFRGGZA=");
  EXPECT_EQ(*base32_decode("MFRGGZA="), "abcd");
  EXPECT_EQ(base32_decode("MFRGG").error().message(), "illegal base32 data at input byte 0");
  EXPECT_EQ(render("{{ b64dec \"!\" }}"), "illegal base64 data at input byte 0");
}

TEST(Encoding, sums) {
  EXPECT_EQ(render("{{ sha1sum \"a\" }} {{ adler32sum \"hello\" }}"),
            "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8 103547413");
  EXPECT_EQ(render("{{ sha256sum \"\" | trunc 8 }} {{ sha512sum \"\" | trunc 8 }}"), "e3b0c442 cf83e135");
}

TEST(Url, parts_are_decoded) {
  GoUrl url = *GoUrl::parse("https://u:p%40w@h.example:8443/p%20a/b?q=1#f%21");
  EXPECT_EQ(url.host, "h.example:8443");
  EXPECT_EQ(url.hostname(), "h.example");
  EXPECT_EQ(url.path, "/p a/b");
  EXPECT_EQ(*url.user->password, "p@w");
  EXPECT_EQ(url.to_string(), "https://u:p%40w@h.example:8443/p%20a/b?q=1#f%21");
}

TEST(Url, forms_without_a_host) {
  EXPECT_EQ(GoUrl::parse("mailto:x@y")->opaque, "x@y");
  EXPECT_EQ(GoUrl::parse("//host/p")->host, "host");
  EXPECT_EQ(GoUrl::parse("a/b?")->to_string(), "a/b?");
  EXPECT_EQ(GoUrl::parse("file:/x")->to_string(), "file:/x");
}

TEST(Url, refuses_in_the_words_of_go) {
  auto refusal = [](std::string_view text) { return GoUrl::parse(text).error().message(); };
  EXPECT_EQ(refusal("%zz"), "parse \"%zz\": invalid URL escape \"%zz\"");
  EXPECT_EQ(refusal("ht tp://x"), "parse \"ht tp://x\": first path segment in URL cannot contain colon");
  EXPECT_EQ(refusal("http://h:x/"), "parse \"http://h:x/\": invalid port \":x\" after host");
  EXPECT_EQ(refusal("http://[::1/"), "parse \"http://[::1/\": missing ']' in host");
  EXPECT_EQ(refusal(":x"), "parse \":x\": missing protocol scheme");
}

TEST(Url, joined_from_its_parts) {
  EXPECT_EQ(render("{{ urlJoin (dict \"scheme\" \"http\" \"host\" \"h:80\" \"path\" \"/a b\" \"query\" \"q=1\" \"userinfo\" \"u:p@x\") }}"),
            "http://u:p%40x@h:80/a%20b?q=1");
  EXPECT_EQ(fault("{{ urlJoin (dict \"host\" 1) }}"),
            "unable to parse host key, must be of type string, but int found");
}

TEST(Paths, as_in_go) {
  EXPECT_EQ(render("{{ base \"/a/b/\" }} {{ base \"\" }} {{ dir \"/a/b.c\" }} {{ dir \"a\" }} {{ ext \"x.tar.gz\" }} {{ isAbs \"/\" }}"),
            "b . /a . .gz true");
  EXPECT_EQ(render("{{ clean \"/../a/./b//../c\" }} {{ clean \"../../x\" }} {{ clean \"\" }} {{ clean \"/\" }}"), "/a/c ../../x . /");
}

}  // namespace
}  // namespace taut::gotmpl
