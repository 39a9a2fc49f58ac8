#include "value/value.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut {
namespace {

TEST(Value, copies_share_until_one_is_edited) {
  Value a = Value::map({{"spec", Value::map({{"replicas", 1}})}});
  Value b = a;
  EXPECT_TRUE(a.same(b));
  b.edit("spec").set("replicas", 2);
  EXPECT_EQ(a["spec"]["replicas"].as_int(), 1);
  EXPECT_EQ(b["spec"]["replicas"].as_int(), 2);
}

TEST(Value, maps_are_equal_whatever_the_order_of_insertion) {
  Value a, b;
  a.set("x", 1);
  a.set("a long key that is not stored in place", 2);
  b.set("a long key that is not stored in place", 2);
  b.set("x", 1.0);
  EXPECT_EQ(a, b);
  EXPECT_EQ(a.hash(), b.hash());
  b.set("x", 3);
  EXPECT_NE(a, b);
  EXPECT_NE(a.hash(), b.hash());
}

TEST(Value, large_integers_are_told_apart) {
  constexpr int64_t kLarge = int64_t{1} << 53;
  EXPECT_EQ(Value(kLarge), Value(0x1p53));
  EXPECT_EQ(Value(kLarge).hash(), Value(0x1p53).hash());
  for (auto [a, b] : {std::pair(Value(kLarge + 1), Value(kLarge)), std::pair(Value(kLarge + 1), Value(0x1p53)),
                      std::pair(Value(int64_t{9223372036854775807}), Value(int64_t{9223372036854775296})),
                      std::pair(Value(0x1p63), Value(int64_t{9223372036854775807}))}) {
    EXPECT_NE(a, b);
    EXPECT_NE(a.hash(), b.hash());
    EXPECT_GT(Value::compare(a, b), 0);
    EXPECT_LT(Value::compare(b, a), 0);
  }
}

TEST(Value, absent_reads_as_null_and_null_is_told_from_absent) {
  Value v = Value::map({{"n", nullptr}});
  EXPECT_TRUE(v["n"].is_null());
  EXPECT_TRUE(v["m"]["deeper"][3].is_null());
  EXPECT_TRUE(v.contains("n"));
  EXPECT_FALSE(v.contains("m"));
}

TEST(Value, list_editing_keeps_order) {
  Value v = Value::list({1, 2, 3});
  Value before = v;
  v.insert(1, 9);
  v.erase_at(0);
  v.push_back("tail");
  EXPECT_EQ(to_json(v), R"([9,2,3,"tail"])");
  EXPECT_EQ(to_json(before), "[1,2,3]");
}

TEST(Value, keys_may_point_into_the_map_that_grows) {
  Value v;
  for (int i = 0; i < 100; ++i) {
    v.set("key number " + std::to_string(i), i);
    v.edit(v.entries().front().key()) = i;
  }
  EXPECT_EQ(v.size(), 100u);
  EXPECT_TRUE(v.erase("key number 50"));
  EXPECT_FALSE(v.contains("key number 50"));
}

TEST(Json, round_trips_text_that_go_wrote) {
  for (std::string_view text : {R"({"a":[1,-2,18446744073709551615,1.5,1e+21,1e-7],"b":{"c":null,"d":true}})",
                                R"(["\u2028<&>","\"\\\n","é😀"])", "[]", "{}", R"("")", "0"}) {
    auto value = parse_json(text);
    ASSERT_TRUE(value) << value.error().to_string();
    EXPECT_EQ(to_json(*value), text);
  }
}

TEST(Json, errors_are_go_s_with_line_and_column) {
  auto error = [](std::string_view text) { return parse_json(text).error().to_string(); };
  EXPECT_EQ(error("{\"a\": tru}"), "1:10: invalid character '}' in literal true (expecting 'e')");
  EXPECT_EQ(error("[1,\n x]"), "2:2: invalid character 'x' looking for beginning of value");
  EXPECT_EQ(error("{\"a\":1"), "1:7: unexpected end of JSON input");
  EXPECT_EQ(error("1 2"), "1:3: invalid character '2' after top-level value");
}

TEST(Value, an_empty_list_and_an_empty_map_have_hashes_of_their_own) {
  const uint64_t map = Value::map().hash(), list = Value::list().hash();
  EXPECT_NE(map, list);
  Value emptied = Value::list({1});
  emptied.erase_at(0);
  EXPECT_EQ(emptied.hash(), list);
}

}  // namespace
}  // namespace taut
