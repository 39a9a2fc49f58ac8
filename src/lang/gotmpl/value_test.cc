#include <gtest/gtest.h>

#include "lang/gotmpl/function.hh"
#include "lang/gotmpl/heap.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl {
namespace {

taut::Value document() {
  using taut::Value;
  return Value::map({{"list", Value::list({1, Value::map({{"k", "v"}})})}, {"map", Value::map({{"a", 1}, {"b", 2.5}})}, {"text", "a text of some length"}});
}

TEST(Heap, copies_texts_and_keeps_large_ones) {
  Heap heap;
  std::string large(3 << 20, 'x');
  std::string_view copy = heap.copy(large);
  std::string_view small = heap.copy("small");
  EXPECT_EQ(copy, large);
  EXPECT_NE(copy.data(), large.data());
  EXPECT_EQ(small, "small");
  EXPECT_GE(heap.used(), large.size());
}

TEST(Heap, has_a_limit) {
  Heap heap(1000);
  EXPECT_THROW(heap.copy(std::string(2000, 'x')), LimitPassed);
  EXPECT_EQ(heap.copy("fits"), "fits");
}

TEST(Wrapped, numbers_are_as_asked) {
  Heap heap;
  Value floats = heap.wrap(document(), Numbers::kFloat64), integers = heap.wrap(document(), Numbers::kInt64);
  EXPECT_EQ(type_text(floats.map().get("map").map().get("a")), "float64");
  EXPECT_EQ(type_text(integers.map().get("map").map().get("a")), "int64");
  EXPECT_EQ(type_text(integers.map().get("map").map().get("b")), "float64");
}

TEST(Wrapped, reads_without_copying_and_outlives_its_source) {
  Heap heap;
  Value root;
  {
    taut::Value source = document();
    root = heap.wrap(source);
  }
  EXPECT_EQ(root.map().get("text").as_text(), "a text of some length");
  EXPECT_EQ(root.map().size(), 3u);
  EXPECT_EQ(root.map().key(1), "map");
  EXPECT_FALSE(root.map().contains("none"));
  EXPECT_TRUE(root.map().get("list").same(root.map().value(0)));
}

TEST(Wrapped, is_shared_until_something_in_it_changes) {
  Heap heap;
  taut::Value source = document();
  Value root = heap.wrap(source);
  EXPECT_TRUE(to_document(root).value().same(source));
  root.map().get("list").list().at(1).map().set("k", Value::text("new"));
  EXPECT_EQ(root.map().document(), nullptr);
  EXPECT_NE(root.map().get("map").map().document(), nullptr);
  EXPECT_EQ(to_document(root).value()["list"][1]["k"].as_string(), "new");
  EXPECT_EQ(source["list"][1]["k"].as_string(), "v");
}

TEST(Wrapped, children_that_were_handed_out_stay_in_their_parent) {
  Heap heap;
  Value root = heap.wrap(document());
  Value child = root.map().get("map");
  root.map().set("other", Value::integer(1));
  child.map().erase("a");
  EXPECT_EQ(to_text(root), "map[list:[1 map[k:v]] map:map[b:2.5] other:1 text:a text of some length]");
}

TEST(Map, keeps_its_keys_in_order) {
  Heap heap;
  Map& map = heap.map();
  for (const char* key : {"b", "a", "c", "aa", "b"}) map.set(key, Value::text(key));
  EXPECT_EQ(to_text(Value(&map)), "map[a:a aa:aa b:b c:c]");
  map.erase("aa");
  map.erase("zz");
  EXPECT_EQ(map.size(), 3u);
  EXPECT_FALSE(map.get("aa").is_valid());
}

TEST(Zero, is_of_its_type) {
  Heap heap;
  EXPECT_EQ(heap.zero(types::kString).as_text(), "");
  EXPECT_TRUE(heap.zero(types::kMap).map().is_nil());
  EXPECT_TRUE(heap.zero(types::kAny).is_nil());
  Value map = heap.zero(types::kMap);
  map.map().set("a", Value::nil());
  EXPECT_FALSE(map.map().is_nil());
}

TEST(Struct, has_the_fields_of_its_type) {
  static constexpr std::string_view kFields[] = {"Name", "Version"};
  static const Type kType{.kind = Kind::kStruct, .name = "*chart.Metadata", .fields = kFields, .pointer = true};
  Heap heap;
  Value value(&heap.object(kType, {Value::text("web")}));
  EXPECT_EQ(value.object().get("Name").as_text(), "web");
  EXPECT_TRUE(value.object().get("Version").is_nil());
  EXPECT_FALSE(value.object().get("version").is_valid());
  EXPECT_EQ(to_text(value), "&{web <nil>}");
  EXPECT_EQ(kind_text(value), "ptr");
}

TEST(Time, prints_as_in_go) {
  Heap heap;
  Value time = heap.time({.seconds = 1709212455, .nanoseconds = 5'000'000});
  EXPECT_EQ(to_text(time), "2024-02-29 13:14:15.005 +0000 UTC");
  EXPECT_EQ(to_document(time).value().as_string(), "2024-02-29T13:14:15.005Z");
}

TEST(Signature, is_read_from_its_text) {
  Signature signature = parse_signature("string, map[string]any, ...sprig.certificate");
  EXPECT_TRUE(signature.variadic);
  EXPECT_EQ(signature.least(), 2u);
  EXPECT_EQ(signature.at(1).type, &types::kMap);
  EXPECT_EQ(signature.at(7).type, nullptr);
  EXPECT_EQ(signature.at(7).name, "sprig.certificate");
  EXPECT_EQ(parse_signature("").parameters.size(), 0u);
}

}  // namespace
}  // namespace taut::gotmpl
