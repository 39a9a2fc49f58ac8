#include "smd/set.hh"

#include <gtest/gtest.h>

#include <random>

#include "value/json.hh"

namespace taut::smd {
namespace {

Value json(std::string_view text) { return parse_json(text).value_or(Value()); }

Set decode(std::string_view text) {
  auto out = Set::decode(json(text));
  EXPECT_TRUE(out) << text;
  return out ? *out : Set();
}

TEST(FieldsV1, reads_and_writes_what_the_server_writes) {
  for (const char* text :
       {R"({"f:data":{".":{},"f:a":{}}})", R"({"f:spec":{"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}}}})",
        R"({"f:metadata":{"f:finalizers":{"v:\"x\"":{}}}})", R"({"f:l":{"i:3":{}}})", "{}"})
    EXPECT_EQ(to_json(decode(text).encode()), text);
}

TEST(FieldsV1, drops_elements_of_unknown_kinds_and_refuses_malformed_ones) {
  EXPECT_EQ(to_json(decode(R"({"q:x":{},"f:a":{}})").encode()), R"({"f:a":{}})");
  for (const char* text : {R"({"f":{}})", R"({"fa":{}})", R"({"k:{":{}})", R"({"i:x":{}})", R"({"f:a":3})"})
    EXPECT_FALSE(Set::decode(json(text))) << text;
}

TEST(Paths, are_printed_as_the_server_prints_them) {
  std::string printed;
  decode(R"({"f:a":{"k:{\"n\":\"x\",\"p\":80}":{"f:b":{}},"v:\"s\"":{},"v:2":{}}})").for_each([&](const Path& p) {
    printed += to_string(p) + " ";
  });
  EXPECT_EQ(printed, R"(.a[=2] .a[="s"] .a[n="x",p=80].b )");
}

TEST(Sets, a_parent_does_not_take_its_children_unless_asked) {
  Set both = decode(R"({"f:a":{".":{},"f:b":{}}})"), parent = decode(R"({"f:a":{}})");
  EXPECT_EQ(to_json(both.without(parent).encode()), R"({"f:a":{"f:b":{}}})");
  EXPECT_TRUE(both.without_recursively(parent).empty());
}

// Random sets over few names, so that they overlap.
Set random_set(std::mt19937& random) {
  Set out;
  for (int i = 0; i < 12; ++i) {
    Path path;
    for (unsigned depth = 1 + random() % 3; depth > 0; --depth)
      path.push_back(PathElement::field(std::string(1, static_cast<char>('a' + random() % 3))));
    out.insert(path);
  }
  return out;
}

TEST(Sets, obey_the_laws_of_sets) {
  std::mt19937 random(1);
  for (int i = 0; i < 500; ++i) {
    Set a = random_set(random), b = random_set(random);
    EXPECT_EQ(a.united(b), b.united(a));
    EXPECT_EQ(a.intersected(b), b.intersected(a));
    EXPECT_EQ(a.without(b).united(a.intersected(b)), a);
    EXPECT_TRUE(a.without(b).intersected(b).empty());
    EXPECT_EQ(a.united(b).size(), a.size() + b.size() - a.intersected(b).size());
    auto again = Set::decode(a.encode());
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, a);
  }
}

}  // namespace
}  // namespace taut::smd
