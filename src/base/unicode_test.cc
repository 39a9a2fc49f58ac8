#include "base/unicode.hh"

#include <gtest/gtest.h>

#include "base/strings.hh"

namespace taut {
namespace {

TEST(Unicode, knows_the_categories_that_go_knows) {
  EXPECT_TRUE(is_upper(0xC9));     // É
  EXPECT_TRUE(is_title(0x1C5));    // ǅ
  EXPECT_TRUE(is_letter(0x65E5));  // 日
  EXPECT_TRUE(is_number(0xBD));    // ½
  EXPECT_FALSE(is_digit(0xBD));
  EXPECT_TRUE(is_punct('_'));
  EXPECT_FALSE(is_punct('+'));
  EXPECT_TRUE(is_space(0x3000));
  EXPECT_FALSE(is_space(0x200B));
}

TEST(Unicode, changes_case_by_the_simple_mappings) {
  EXPECT_EQ(to_upper(0xE9), 0xC9u);
  EXPECT_EQ(to_upper(0xDF), 0xDFu);
  EXPECT_EQ(to_title(0x1C6), 0x1C5u);
  EXPECT_EQ(to_lower(0x130), 'i' + 0u);
  EXPECT_EQ(to_upper(0x110000), 0x110000u);
}

TEST(Quote, escapes_what_go_does_not_print) {
  EXPECT_EQ(quote("a\"\\\n\x01\x7f"), R"("a\"\\\n\x01\x7f")");
  EXPECT_EQ(quote("日本 😀"), "\"日本 😀\"");
  EXPECT_EQ(quote("\u00a0\u200b\ufeff\ufffd"), "\"\\u00a0\\u200b\\ufeff\ufffd\"");
  EXPECT_EQ(quote("\U000E0001"), "\"\\U000e0001\"");
  EXPECT_EQ(quote("\xff"), "\"\\xff\"");
}

}  // namespace
}  // namespace taut
