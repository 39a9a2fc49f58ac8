#include <gtest/gtest.h>

#include "lang/gotmpl/funcs/decimal.hh"
#include "lang/gotmpl/funcs/testing.hh"

namespace taut::gotmpl {
namespace {

using testing::fault;
using testing::render;

TEST(Casts, read_texts_as_cast_does) {
  EXPECT_EQ(render(R"({{ int "0x10" }} {{ int "010" }} {{ int "12abc" }} {{ int "1.9" }} {{ int "1.00" }})"),
            "16 8 0 0 1");
  EXPECT_EQ(render(R"({{ int 1.9 }} {{ int true }} {{ int nil }} {{ int64 "9223372036854775808" }})"), "1 1 0 0");
  EXPECT_EQ(render(R"({{ int64 1e300 }} {{ float64 "1e3" }} {{ float64 "x" }} {{ atoi "-5" }} {{ toDecimal "777" }})"),
            "-9223372036854775808 1000 0 -5 511");
}

TEST(Integers, arguments_are_truncated_first) {
  EXPECT_EQ(render("{{ add 1.9 1.9 }} {{ sub 3 1.5 }} {{ mul 2 \"3\" }} {{ div 7 2 }} {{ mod -7 2 }} {{ add1 1 }}"),
            "2 2 6 3 -1 2");
  EXPECT_EQ(render("{{ max 1 5 3 }} {{ min 4 2.9 }} {{ add }} {{ kindOf (add 1 1) }}"), "5 2 0 int64");
  EXPECT_EQ(fault("{{ div 1 0 }}"), "runtime error: integer divide by zero");
  EXPECT_EQ(fault("{{ mod 1 nil }}"), "runtime error: integer divide by zero");
}

TEST(Integers, counting) {
  EXPECT_EQ(render("{{ until 3 }} {{ until -2 }} {{ untilStep 0 10 4 }} {{ untilStep 0 10 0 }}"), "[0 1 2] [0 -1] [0 4 8] []");
  EXPECT_EQ(render("{{ seq 3 }}|{{ seq 2 0 }}|{{ seq 0 2 6 }}|{{ seq }}|{{ seq 3 1 1 }}"), "1 2 3|2 1 0|0 2 4 6||");
}

TEST(Floats, sums_are_decimal) {
  EXPECT_EQ(render("{{ addf 0.1 0.2 }} {{ mulf 0.1 3 }} {{ divf 1 3 }} {{ subf 1 0.9 }} {{ add1f 1.5 }}"),
            "0.3 0.3 0.3333333333333333 0.1 2.5");
  EXPECT_EQ(fault("{{ divf 1 0 }}"), "decimal division by 0");
  EXPECT_EQ(fault("{{ addf (float64 \"inf\") }}"), "Cannot create a Decimal from +Inf");
}

TEST(Floats, rounding_goes_down_from_halves_below_zero) {
  EXPECT_EQ(render("{{ round 2.5 0 }} {{ round -2.5 0 }} {{ round 123.5555 3 }} {{ round 1.15 1 0.6 }}"), "3 -3 123.556 1.1");
  EXPECT_EQ(render("{{ floor 123.9 }} {{ ceil 1.1 }} {{ maxf 1 2.5 }} {{ minf 1 -0.5 }}"), "123 2 2.5 -0.5");
}

double quotient(double a, double b) { return Decimal::from(a)->divided_by(*Decimal::from(b))->to_double(); }

TEST(Decimal, quotients_have_16_places) {
  EXPECT_EQ(quotient(2, 3), 0.6666666666666667);
  EXPECT_EQ(quotient(-1, 3), -0.3333333333333333);
  EXPECT_EQ(quotient(1e-20, 3), 0);
  EXPECT_EQ(quotient(1e300, 1e-300), HUGE_VAL);
}

}  // namespace
}  // namespace taut::gotmpl
