#include "lang/gotmpl/print.hh"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lang/gotmpl/heap.hh"

namespace taut::gotmpl {
namespace {

std::string format(std::string_view text, std::initializer_list<Value> args) { return sprintf(text, {args.begin(), args.size()}); }

TEST(Format, integers) {
  Value n = Value::integer(-42);
  EXPECT_EQ(format("%d|%5d|%-5d|%05d|%+d|%x|%#X|%b|%o|%#o|%O", {n, n, n, n, Value::integer(7), n, n, n, n, n, n}),
            "-42|  -42|-42  |-0042|+7|-2a|-0X2A|-101010|-52|-052|-0o52");
  EXPECT_EQ(format("%c|%q|%U|%#U", {Value::integer(0x65e5), Value::integer('x'), Value::integer(0x1F600), Value::integer('a')}),
            "日|'x'|U+1F600|U+0061 'a'");
  EXPECT_EQ(format("%.0d|%8.3d", {Value::integer(0), Value::int64(7)}), "|     007");
}

TEST(Format, floats_print_the_fewest_digits) {
  auto shown = [](double number) { return to_text(Value::real(number)); };
  EXPECT_EQ(shown(100000), "100000");
  EXPECT_EQ(shown(1000000), "1e+06");
  EXPECT_EQ(shown(2147483648), "2.147483648e+09");
  EXPECT_EQ(shown(0.000001), "1e-06");
  EXPECT_EQ(shown(-0.0), "-0");
  EXPECT_EQ(shown(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(shown(std::nan("")), "NaN");
}

TEST(Format, floats_with_precision_and_flags) {
  Value pi = Value::real(3.14159);
  EXPECT_EQ(format("%f|%.2f|%8.1f|%-8.1f|%08.3f|%+.0f|%e|%g|%G", {pi, pi, pi, pi, pi, pi, pi, pi, Value::real(1e-10)}),
            "3.141590|3.14|     3.1|3.1     |0003.142|+3|3.141590e+00|3.14159|1E-10");
  EXPECT_EQ(format("%b|%x|%#g|%#.3x", {Value::real(8080), Value::real(1.5), Value::real(1), Value::real(1)}),
            "8884053952430080p-40|0x1.8p+00|1.00000|0x1.000p+00");
  EXPECT_EQ(format("%.0f|%.0f|%.1f", {Value::real(0.5), Value::real(1.5), Value::real(0.25)}), "0|2|0.2");
}

TEST(Format, text) {
  Value text = Value::text("h\xC3\xA9\n");
  EXPECT_EQ(format("%s|%q|%+q|%x|% X|%.1s|%5s", {text, text, text, text, text, text, Value::text("ab")}),
            "h\xC3\xA9\n|\"h\xC3\xA9\\n\"|\"h\\u00e9\\n\"|68c3a90a|68 C3 A9 0A|h|   ab");
  EXPECT_EQ(format("%#q|%#q", {Value::text("a\"b"), Value::text("a`b")}), "`a\"b`|\"a`b\"");
  EXPECT_EQ(format("%v|%s|%x|%d", {Value::bytes("ab"), Value::bytes("ab"), Value::bytes("ab"), Value::bytes("ab")}),
            "[97 98]|ab|6162|[97 98]");
}

TEST(Format, lists_and_maps) {
  Heap heap;
  List& list = heap.list();
  list.push(Value::integer(1));
  list.push(Value::text("b"));
  list.push(Value::nil());
  Map& map = heap.map();
  map.set("k", Value(&list));
  map.set("a", Value::real(2.5));
  EXPECT_EQ(format("%v|%d|%s|%q", {Value(&map), Value(&list), Value(&list), Value(&list)}),
            "map[a:2.5 k:[1 b <nil>]]|[1 %!d(string=b) <nil>]|[%!s(int=1) b <nil>]|['\\x01' \"b\" <nil>]");
  EXPECT_EQ(format("%#v|%T", {Value(&map), Value(&map)}),
            "map[string]interface {}{\"a\":2.5, \"k\":[]interface {}{1, \"b\", interface {}(nil)}}|map[string]interface {}");
}

TEST(Format, mistakes_are_told_in_the_text) {
  EXPECT_EQ(format("%d %s", {Value::real(8080)}), "%!d(float64=8080) %!s(MISSING)");
  EXPECT_EQ(format("%d", {Value::text("x"), Value::integer(1), Value::nil()}), "%!d(string=x)%!(EXTRA int=1, <nil>)");
  EXPECT_EQ(format("%z %", {Value::boolean(true)}), "%!z(bool=true) %!(NOVERB)");
  EXPECT_EQ(format("%[3]d|%*d", {Value::text("x"), Value::integer(1)}), "%!d(BADINDEX)|%!(BADWIDTH)1");
  EXPECT_EQ(format("%s", {Value::nil()}), "%!s(<nil>)");
}

TEST(Format, indexes_and_stars) {
  EXPECT_EQ(format("%[2]d %[1]d", {Value::integer(1), Value::integer(2)}), "2 1");
  EXPECT_EQ(format("%*d|%-*d|%.*f", {Value::integer(4), Value::integer(7), Value::integer(4), Value::integer(7),
                                     Value::integer(1), Value::real(2.55)}),
            "   7|7   |2.5");
}

TEST(Print, spaces_stand_between_what_is_no_text) {
  Value args[] = {Value::integer(1), Value::integer(2), Value::text("a"), Value::text("b"), Value::nil(), Value::boolean(true)};
  EXPECT_EQ(sprint(args), "1 2ab<nil> true");
  EXPECT_EQ(sprintln(args), "1 2 a b <nil> true\n");
}

TEST(Print, a_value_that_holds_itself_is_a_limit_and_no_crash) {
  Heap heap;
  Map& map = heap.map();
  map.set("self", Value(&map));
  EXPECT_THROW(to_text(Value(&map)), LimitPassed);
  EXPECT_EQ(to_document(Value(&map)).error().code(), Code::kLimit);
}

TEST(Print, few_values_that_stand_for_many_are_a_limit) {
  Heap heap;
  Value doubled = Value::text("x");
  Value twin = doubled;
  for (int i = 0; i < 60; ++i) {
    List &list = heap.list(), &other = heap.list();
    for (int copy = 0; copy < 2; ++copy) {
      list.push(doubled);
      other.push(twin);
    }
    doubled = Value(&list);
    twin = Value(&other);
  }
  EXPECT_THROW(deep_equal(doubled, twin), LimitPassed);
  EXPECT_THROW(to_document(doubled), LimitPassed);
}

TEST(DeepEqual, types_count) {
  Heap heap;
  List &a = heap.list(), &b = heap.list(types::kInts);
  a.push(Value::integer(1));
  b.push(Value::integer(1));
  EXPECT_FALSE(deep_equal(Value(&a), Value(&b)));
  EXPECT_FALSE(deep_equal(Value::integer(3), Value::real(3)));
  List& c = heap.list();
  c.push(Value::integer(1));
  EXPECT_TRUE(deep_equal(Value(&a), Value(&c)));
}

}  // namespace
}  // namespace taut::gotmpl
