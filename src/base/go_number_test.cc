#include "base/go_number.hh"

#include <gtest/gtest.h>

#include <cmath>

namespace taut {
namespace {

constexpr NumberFault kNone = NumberFault::kNone, kSyntax = NumberFault::kSyntax, kRange = NumberFault::kRange;

void expect_int(std::string_view text, int64_t value, NumberFault fault = kNone, int base = 0) {
  ParsedInt parsed = parse_go_int(text, base);
  EXPECT_EQ(parsed.value, value) << text;
  EXPECT_EQ(parsed.fault, fault) << text;
}

TEST(GoInt, takes_the_base_from_the_text) {
  expect_int("0x1F", 31);
  expect_int("-0x10", -16);
  expect_int("0b11", 3);
  expect_int("0o17", 15);
  expect_int("010", 8);
  expect_int("0", 0);
  expect_int("08", 0, kSyntax);
  expect_int("0x", 0, kSyntax);
}

TEST(GoInt, wants_underscores_between_digits) {
  expect_int("1_000", 1000);
  expect_int("0x_1", 1);
  expect_int("1__0", 0, kSyntax);
  expect_int("_1", 0, kSyntax);
  expect_int("1_", 0, kSyntax);
  expect_int("1_0", 0, kSyntax, 10);
}

TEST(GoInt, gives_the_nearest_number_when_out_of_range) {
  expect_int("9223372036854775808", INT64_MAX, kRange);
  expect_int("-9223372036854775808", INT64_MIN);
  expect_int("-99999999999999999999", INT64_MIN, kRange);
}

void expect_float(std::string_view text, double value, NumberFault fault = kNone) {
  ParsedFloat parsed = parse_go_float(text);
  EXPECT_EQ(parsed.value, value) << text;
  EXPECT_EQ(parsed.fault, fault) << text;
}

TEST(GoFloat, reads_what_go_reads) {
  expect_float("+1.5", 1.5);
  expect_float(".5", 0.5);
  expect_float("5.", 5);
  expect_float("1_0.5", 10.5);
  expect_float("0x1p4", 16);
  expect_float("-Infinity", -HUGE_VAL);
  expect_float("1e400", HUGE_VAL, kRange);
  expect_float("1e-400", 0);
  EXPECT_TRUE(std::isnan(parse_go_float("NaN").value));
}

TEST(GoFloat, refuses_the_rest) {
  for (std::string_view text : {"", " 1", "1 ", "1e+", "0x10", "0b1", "-nan", "infi", "nan(1)", "."})
    expect_float(text, 0, kSyntax);
}

TEST(GoNumber, unsigned_integers) {
  EXPECT_EQ(parse_go_uint("0xFFFFFFFFFFFFFFFF", 0).value, UINT64_MAX);
  EXPECT_EQ(parse_go_uint("18446744073709551616", 0).fault, NumberFault::kRange);
  EXPECT_EQ(parse_go_uint("-1", 0).fault, NumberFault::kSyntax);
  EXPECT_EQ(parse_go_uint("+1", 0).fault, NumberFault::kSyntax);
}

}  // namespace
}  // namespace taut
