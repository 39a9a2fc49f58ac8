#include <gtest/gtest.h>

#include "lang/gotmpl/funcs/testing.hh"
#include "lang/gotmpl/funcs/text_case.hh"
#include "lang/gotmpl/funcs/text_wrap.hh"

namespace taut::gotmpl {
namespace {

using testing::fault;
using testing::render;

TEST(Case, words_are_cut_as_xstrings_cuts_them) {
  EXPECT_EQ(joined_case("FirstName", '_'), "first_name");
  EXPECT_EQ(joined_case("HTTPServer", '_'), "http_server");
  EXPECT_EQ(joined_case("HTTP20xOK", '_'), "http_20x_ok");
  EXPECT_EQ(joined_case("Duration2m3s", '-'), "duration-2m3s");
  EXPECT_EQ(joined_case("Bld4Floor3rd", '_'), "bld4_floor_3rd");
  EXPECT_EQ(joined_case("GO PATH", '-'), "go-path");
  EXPECT_EQ(joined_case("a.b", '_'), "a.b");
}

TEST(Case, pascal_case_keeps_connectors_that_lead) {
  EXPECT_EQ(pascal_case("http_server"), "HttpServer");
  EXPECT_EQ(pascal_case("_complex__case_"), "_Complex_Case_");
  EXPECT_EQ(pascal_case("HTTP_server"), "HttpServer");
  EXPECT_EQ(pascal_case("-"), "--");
}

TEST(Case, other_forms) {
  EXPECT_EQ(title_case("it's a dog_house"), "It'S A Dog_house");
  EXPECT_EQ(untitle_case("First Try"), "first try");
  EXPECT_EQ(swap_case("This Is a.Test"), "tHIS iS A.tEST");
  EXPECT_EQ(upper_case("\xC3\xA9\xff"), "\xC3\x89\xEF\xBF\xBD");
}

TEST(Wrap, breaks_at_blanks) {
  EXPECT_EQ(wrap_text("Hello World and more", 5, "", false), "Hello\nWorld\nand\nmore");
  EXPECT_EQ(wrap_text("a verylongword b", 6, "<br>", true), "a<br>verylo<br>ngword<br>b");
  EXPECT_EQ(wrap_text("a verylongword b", 6, "", false), "a\nverylongword\nb");
}

TEST(Wrap, abbreviations) {
  EXPECT_EQ(abbreviate("hello world", 5), "he...");
  EXPECT_EQ(abbreviate("hello world", 3), "hello world");
  EXPECT_EQ(abbreviate_both("1234 5678 9123", 5, 10), "...5678...");
}

TEST(Wrap, deleting_blanks_takes_bytes_for_latin_1) {
  EXPECT_EQ(delete_white_space("h\xC3\xA9"), "h\xC3\xA9");
  EXPECT_EQ(delete_white_space("h \xC3\xA9"), "h\xC3\x83\xC2\xA9");
}

TEST(StringFunctions, positions_are_bytes) {
  EXPECT_EQ(render(R"({{ substr 0 3 "hello" }}|{{ substr 2 -1 "hello" }}|{{ trunc -2 "hello" }})"), "hel|llo|lo");
  EXPECT_EQ(fault(R"({{ substr 63 -1 "hello" }})"), "runtime error: slice bounds out of range [63:5]");
  EXPECT_EQ(fault(R"({{ substr -1 9 "hello" }})"), "runtime error: slice bounds out of range [:9] with length 5");
}

TEST(StringFunctions, quotes_leave_nil_away) {
  EXPECT_EQ(render(R"({{ quote "a\"b" nil 1.5 (list 1) }} {{ squote nil "it's" }})"), R"("a\"b" "1.5" "[1]" 'it's')");
}

TEST(StringFunctions, indentation) {
  EXPECT_EQ(render(R"({{ indent 2 "a\n\nb\n" }}|{{ nindent 1 "x" }})"), "  a\n  \n  b\n  |\n x");
  EXPECT_EQ(fault(R"({{ indent -1 "" }})"), "strings: negative Repeat count");
}

TEST(StringFunctions, replacing_nothing_stands_between_characters) {
  EXPECT_EQ(render(R"({{ replace "" "-" "日x" }}|{{ replace "l" "L" "hello" }})"), "-日-x-|heLLo");
}

TEST(StringFunctions, splitting) {
  EXPECT_EQ(render(R"({{ split "," "a,b" | toJson }} {{ splitn "," 2 "a,b,c" | toJson }} {{ splitList "" "日x" }})"),
            R"({"_0":"a","_1":"b"} {"_0":"a","_1":"b,c"} [日 x])");
}

TEST(StringFunctions, sorting_a_string_list_sorts_it_in_place) {
  EXPECT_EQ(render(R"({{ $l := splitList "," "b,a" }}{{ $_ := sortAlpha $l }}{{ $l }} {{ sortAlpha 3 | toJson }})"),
            R"([a b] ["3"])");
}

TEST(StringFunctions, trimming) {
  EXPECT_EQ(render(R"([{{ trim "\u00a0 a\n\u3000" }}] {{ trimAll "日-" "-日a-b日" }} {{ trimSuffix "/" "a//" }})"),
            "[a] a-b a/");
}

TEST(StringFunctions, memory_is_limited) {
  EXPECT_NE(render(R"({{ repeat 9000000000 "x" }})").find("the limit on the size of a text"), std::string::npos);
  EXPECT_EQ(fault(R"({{ repeat 9000000000000000000 "xx" }})"), "strings: Repeat output length overflow");
}

}  // namespace
}  // namespace taut::gotmpl
